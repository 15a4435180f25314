using System.Buffers;
using System.Security.Cryptography;
using System.Text;
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
        if (colon <= 0)
        {
            return ClientRefusal.MalformedCredentials;
        }

        // Each half in its own place, so that one line wipes every copy.
        var clientId = decoded[..colon];
        var secret = decoded[(colon + 1)..];
        if (!FormEncoding.TryDecode(clientId, clientId, out var clientIdLength) || !FormEncoding.TryDecode(secret, secret, out var secretLength))
        {
            return ClientRefusal.MalformedCredentials;
        }

        credentials = new BasicCredentials(Encoding.UTF8.GetString(clientId[..clientIdLength]), SHA256.HashData(secret[..secretLength]));
        CryptographicOperations.ZeroMemory(decoded);
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
}
