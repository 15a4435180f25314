using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Gating.Identity.Jose;

/// <summary>What is wrong with the form of a token, before anything in it is believed.</summary>
public enum JwsFault
{
    /// <summary>Longer than <see cref="CompactJws.MaxCharacters"/>.</summary>
    TooLarge = 1,

    /// <summary>Not three parts of canonical base64url with one JSON object as header, or a header member of the wrong type.</summary>
    Malformed = 2,

    /// <summary><c>crit</c>, <c>b64</c>, <c>zip</c>, <c>enc</c> or a nested token (RFC 7515 section 4.1.11, RFC 7797, RFC 7516): nothing here understands them.</summary>
    ExtensionNotSupported = 3,

    /// <summary><c>jku</c>, <c>x5u</c> or <c>x5c</c>: a token does not say where the key that judges it is.</summary>
    BringsOwnKey = 4,
}

/// <summary>
/// A JWS in compact form (RFC 7515), taken apart once and strictly. Its header members are still claims of whoever sent it; the payload is
/// whatever was signed, and is worth something only after <see cref="IsSignedBy"/>.
/// </summary>
public sealed class CompactJws
{
    public const int MaxCharacters = 16 * 1024;
    public const int MaxKeyIdCharacters = 256;
    private const int MaxHeaderDepth = 8;

    private readonly ArraySegment<byte> text;
    private readonly ArraySegment<byte> signingInput;
    private readonly byte[] signature;

    private CompactJws(JwsHeader header, ArraySegment<byte> text, int signed, ReadOnlyMemory<byte> payload, byte[] signature)
    {
        Header = header;
        Payload = payload;
        this.text = text;
        signingInput = text[..signed];
        this.signature = signature;
    }

    public JwsHeader Header { get; }

    /// <summary>The signed bytes, decoded.</summary>
    public ReadOnlyMemory<byte> Payload { get; }

    public static JwsFault? Parse(string text, out CompactJws jws)
    {
        jws = null!;
        if (text.Length > MaxCharacters)
        {
            return JwsFault.TooLarge;
        }

        var first = text.IndexOf('.', StringComparison.Ordinal);
        var second = first < 0 ? -1 : text.IndexOf('.', first + 1);
        if (second < 0 || text.AsSpan(second + 1).Contains('.'))
        {
            return JwsFault.Malformed;
        }

        // One buffer: the text, whose beginning is the signing input as it is signed, then the decoded header and payload. base64url yields fewer bytes than characters.
        var buffer = new byte[text.Length + second];
        var free = buffer.AsMemory(text.Length);
        if (!TryTake(text.AsSpan(0, first), ref free, out var header)
            || !TryTake(text.AsSpan(first + 1, second - first - 1), ref free, out var payload)
            || StrictBase64Url.Decode(text.AsSpan(second + 1)) is not { } signature)
        {
            return JwsFault.Malformed;
        }

        Encoding.ASCII.GetBytes(text, buffer);
        if (!StrictJson.TryParseObject(header, MaxHeaderDepth, out var document))
        {
            return JwsFault.Malformed;
        }

        using (document)
        {
            var fault = JwsHeader.Read(document.RootElement, out var read);
            if (fault is null)
            {
                jws = new CompactJws(read, new(buffer, 0, text.Length), second, payload, signature);
            }

            return fault;
        }
    }

    /// <summary>
    /// Whether <paramref name="key"/> made the signature with <paramref name="algorithm"/>, which the caller has taken from the header and found
    /// on the list that applies: a key that does not fit the algorithm has signed nothing.
    /// </summary>
    public bool IsSignedBy(VerificationKey key, SigningAlgorithm algorithm) => key.Verify(algorithm, signingInput, signature);

    /// <summary>SHA-256 over the whole text. There is one text for a signing input and a signature: its base64url is canonical.</summary>
    internal void HashTo(Span<byte> digest) => SHA256.HashData(text, digest);

    private static bool TryTake(ReadOnlySpan<char> part, ref Memory<byte> free, out ReadOnlyMemory<byte> decoded)
    {
        var taken = StrictBase64Url.TryDecode(part, free.Span, out var written);
        decoded = free[..written];
        free = free[written..];
        return taken;
    }
}

/// <summary>The members of a JOSE header that mean something here.</summary>
/// <param name="Type">Empty where the header has no <c>typ</c>.</param>
/// <param name="Jwk">The key a DPoP proof brings; in every other token a reason to refuse it.</param>
public sealed record JwsHeader(string Algorithm, string Type, string? KeyId, JsonElement? Jwk)
{
    internal static JwsFault? Read(JsonElement header, [NotNull] out JwsHeader? read)
    {
        string? algorithm = null, type = null, keyId = null;
        JsonElement? jwk = null;
        read = None;
        foreach (var member in header.EnumerateObject())
        {
            JwsFault? fault = member.Name switch
            {
                "alg" => Text(member.Value, out algorithm),
                "typ" => Text(member.Value, out type),
                "kid" => Text(member.Value, out keyId),
                "jwk" => Object(member.Value, out jwk),
                "cty" => ContentType(member.Value),
                "crit" or "b64" or "zip" or "enc" => JwsFault.ExtensionNotSupported,
                "jku" or "x5u" or "x5c" => JwsFault.BringsOwnKey,
                _ => null,
            };
            if (fault is not null)
            {
                return fault;
            }
        }

        if (algorithm is null || keyId is { Length: > CompactJws.MaxKeyIdCharacters })
        {
            return JwsFault.Malformed;
        }

        read = new JwsHeader(algorithm, type ?? "", keyId, jwk);
        return null;
    }

    private static JwsHeader None { get; } = new("", "", null, null);

    private static JwsFault? Text(JsonElement value, out string? text)
    {
        text = value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        return string.IsNullOrEmpty(text) ? JwsFault.Malformed : null;
    }

    // Cloned: the key outlives the parsed header. Only DPoP proofs pay for it.
    private static JwsFault? Object(JsonElement value, out JsonElement? element)
    {
        element = value.ValueKind == JsonValueKind.Object ? value.Clone() : null;
        return element is null ? JwsFault.Malformed : null;
    }

    // RFC 7519 section 5.2: "JWT" says that the payload is a token again.
    private static JwsFault? ContentType(JsonElement value) => Text(value, out var text)
        ?? (text!.EndsWith("jwt", StringComparison.OrdinalIgnoreCase) ? JwsFault.ExtensionNotSupported : null);
}
