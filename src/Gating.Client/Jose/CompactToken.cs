using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace Gating.Client.Jose;

/// <summary>
/// A JWS in compact form (RFC 7515, 3.1), taken apart strictly: three parts of canonical base64url, one JSON object as header and one as payload, no extension (<c>crit</c>, <c>b64</c>, <c>zip</c>) and no pointer to a key
/// elsewhere (<c>jku</c>, <c>x5u</c>, <c>x5c</c>; RFC 8725, 3.10). What stands in it is worth something only after <see cref="IsSignedBy"/>.
/// </summary>
internal sealed class CompactToken
{
    /// <summary>Characters of a grant or a proof; the gate reads no longer ones either.</summary>
    public const int MaxCharacters = 16 * 1024;

    private static readonly SearchValues<char> Alphabet = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");
    private static readonly string[] NotUnderstood = ["crit", "b64", "zip", "enc", "cty", "jku", "x5u", "x5c"];

    private readonly byte[] _signed;
    private readonly byte[] _signature;

    private CompactToken(JsonElement header, JsonElement payload, byte[] signed, byte[] signature)
    {
        (Header, Payload, _signed, _signature) = (header, payload, signed, signature);
        Algorithm = header.Text("alg") ?? string.Empty;
        Type = header.Text("typ") ?? string.Empty;
        KeyId = header.Text("kid");
    }

    public JsonElement Header { get; }

    public JsonElement Payload { get; }

    public string Algorithm { get; }

    /// <summary>Empty where the header has none.</summary>
    public string Type { get; }

    public string? KeyId { get; }

    /// <summary>Null for anything else.</summary>
    public static CompactToken? Parse(string text, int maxCharacters = MaxCharacters)
    {
        if (text.Length > maxCharacters || text.Split('.') is not [var head, var body, var tail]
            || Decode(head) is not { } header || Decode(body) is not { } payload || Decode(tail) is not { } signature
            || !StrictJson.TryParse(header, out var read) || !StrictJson.TryParse(payload, out var claims)
            || NotUnderstood.Any(name => read.TryGetProperty(name, out _)))
        {
            return null;
        }

        return new(read, claims, Encoding.ASCII.GetBytes(text, 0, head.Length + 1 + body.Length), signature);
    }

    /// <summary>Whether the header says ES256 and the signature is that key's. An algorithm is never taken from the header: there is one (RFC 8725, 3.1).</summary>
    public bool IsSignedBy(P256PublicKey key) => Algorithm is "ES256" && key.Verify(_signed, _signature);

    /// <summary>Null where it is not canonical: other text of the same bytes would be another token with the same signature.</summary>
    public static byte[]? Decode(string text)
    {
        if (text.AsSpan().ContainsAnyExcept(Alphabet) || text.Length % 4 == 1)
        {
            return null;
        }

        var bytes = new byte[Base64Url.GetMaxDecodedLength(text.Length)];
        return Base64Url.TryDecodeFromChars(text, bytes, out var length) && string.Equals(Base64Url.EncodeToString(bytes.AsSpan(0, length)), text, StringComparison.Ordinal)
            ? bytes[..length]
            : null;
    }
}
