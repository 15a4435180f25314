using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Unicode;
using Gating.Registry;

namespace Gating.Clients;

/// <summary>What a Basic header (RFC 7617) says, its two halves form-url-decoded as RFC 6749 section 2.3.1 has clients encode them.</summary>
/// <param name="SecretDigest">SHA-256 of the secret's UTF-8 bytes: the secret itself goes no further.</param>
internal readonly record struct BasicCredentials(string ClientId, byte[] SecretDigest)
{
    private const string Scheme = "Basic ";
    private const int MaxCharacters = 1024;

    // As many comparisons for every client as for one in the middle of a rotation, so that their number tells nothing.
    private const int Comparisons = 2;
    private static readonly byte[] NoDigest = new byte[SHA256.HashSizeInBytes];
    private static readonly SearchValues<char> White = SearchValues.Create(" \t\r\n");

    public static ClientRefusal? Read(string header, out BasicCredentials credentials)
    {
        credentials = default;
        if (!header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return ClientRefusal.UnsupportedMethod;
        }

        var encoded = header.AsSpan(Scheme.Length).TrimStart(' ');
        Span<byte> decoded = stackalloc byte[MaxCharacters];
        if (encoded.Length > MaxCharacters || encoded.ContainsAny(White) || !Convert.TryFromBase64Chars(encoded, decoded, out var length))
        {
            return ClientRefusal.MalformedCredentials;
        }

        decoded = decoded[..length];
        var colon = decoded.IndexOf((byte)':');
        if (colon <= 0 || !TryDecodeForm(decoded[..colon], out var clientId) || !TryDecodeForm(decoded[(colon + 1)..], out var secret))
        {
            return ClientRefusal.MalformedCredentials;
        }

        credentials = new BasicCredentials(Encoding.UTF8.GetString(clientId), SHA256.HashData(secret));
        CryptographicOperations.ZeroMemory(decoded);
        CryptographicOperations.ZeroMemory(secret);
        return null;
    }

    /// <summary>Constant in time: every digest is compared whole, and none is the answer's last.</summary>
    public bool Matches(App? app)
    {
        var matches = false;
        var digests = app?.SecretDigests ?? [];
        for (var i = 0; i < Math.Max(digests.Length, Comparisons); i++)
        {
            var known = i < digests.Length;
            matches |= CryptographicOperations.FixedTimeEquals(SecretDigest, known ? digests[i].Span : NoDigest) & known;
        }

        return matches;
    }

    private static bool TryDecodeForm(ReadOnlySpan<byte> encoded, out byte[] decoded)
    {
        decoded = new byte[encoded.Length];
        var written = 0;
        for (var i = 0; i < encoded.Length; i++)
        {
            switch (encoded[i])
            {
                case (byte)'+':
                    decoded[written++] = (byte)' ';
                    break;
                case (byte)'%':
                    if (i + 2 >= encoded.Length
                        || !byte.TryParse(encoded.Slice(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out decoded[written++]))
                    {
                        return false;
                    }

                    i += 2;
                    break;
                default:
                    decoded[written++] = encoded[i];
                    break;
            }
        }

        Array.Resize(ref decoded, written);
        return Utf8.IsValid(decoded);
    }
}
