using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Gating.Client.Jose;

namespace Gating.Client;

/// <summary>What a user wants to do with a tool (RFC 8693, and RFC 9396 with the type <c>synthetic_media</c>). The gate checks it: what it refuses is an <see cref="ExchangeOutcome.Refused"/>.</summary>
public sealed class GrantRequest
{
    /// <summary>The user's ID token, issued to this app.</summary>
    public required string IdToken { get; init; }

    /// <summary>The tool's URI, as the gate's registry has it.</summary>
    public required string Resource { get; init; }

    /// <summary>Small letters, digits and <c>_</c>, at most 64: <c>face_swap</c>.</summary>
    public required string Operation { get; init; }

    /// <summary>1 or more; 1 unless set.</summary>
    public int Units { get; init; } = 1;

    /// <summary>SHA-256 of what goes into the tool, base64url: <see cref="DigestOf"/>.</summary>
    public string? InputDigest { get; init; }

    /// <summary>Consents of the persons depicted, at most 16.</summary>
    public IReadOnlyList<string> ConsentIds { get; init; } = [];

    /// <summary>A compact JWS by a moderation provider.</summary>
    public string? ModerationReceipt { get; init; }

    /// <summary>
    /// Names what the app is doing (an order, a job), 1 to 255 visible ASCII characters but <c>" \ , ;</c>: the same request under the same name is one grant and charged once, for a day, whichever process asks. Null: a random
    /// one for this call, under which it is repeated.
    /// </summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>SHA-256, base64url, 43 characters: the form of every digest here.</summary>
    public static string DigestOf(ReadOnlySpan<byte> bytes) => Base64Url.EncodeToString(SHA256.HashData(bytes));

    internal IEnumerable<KeyValuePair<string, string>> ToForm() =>
    [
        new("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
        new("subject_token", IdToken),
        new("subject_token_type", "urn:ietf:params:oauth:token-type:id_token"),
        new("resource", Resource),
        new("authorization_details", Details()),
    ];

    private string Details()
    {
        var detail = JsonText.Object(this, static (json, request) =>
        {
            json.WriteString("type"u8, "synthetic_media"u8);
            json.WriteString("operation"u8, request.Operation);
            json.WriteNumber("units"u8, request.Units);
            json.WriteOptional("input_digest", request.InputDigest);
            json.WriteOptional("consent_ids", request.ConsentIds);
            json.WriteOptional("moderation_receipt", request.ModerationReceipt);
        });
        return $"[{Encoding.UTF8.GetString(detail)}]";
    }
}
