using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;

namespace Gating.Admission;

/// <summary>What the app asks for: one <c>authorization_details</c> object of type <c>synthetic_media</c> (RFC 9396).</summary>
/// <param name="Tool">The tool's resource URI; null where the object does not repeat it.</param>
/// <param name="Units">At least 1.</param>
/// <param name="InputDigest">SHA-256 of the input, base64url, 43 characters.</param>
/// <param name="ConsentIds">Consents of the persons depicted.</param>
/// <param name="ModerationReceipt">A compact JWS by a moderation provider.</param>
public sealed record MediaDetail(
    string? Tool,
    string Operation,
    int Units,
    string? InputDigest,
    ImmutableArray<string> ConsentIds,
    string? ModerationReceipt)
{
    public const string Type = "synthetic_media";

    /// <summary>Bytes of JSON that are read at most.</summary>
    public const int MaxSize = 16 * 1024;

    /// <summary>Characters of an operation's name.</summary>
    public const int MaxWord = 64;

    public const int MaxConsents = 16;

    /// <summary>Characters of a consent's id.</summary>
    public const int MaxConsent = 128;

    /// <summary>Characters of a moderation receipt.</summary>
    public const int MaxReceipt = 8192;

    private const int DigestLength = 43;

    private static readonly SearchValues<char> Words = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_");
    private static readonly SearchValues<char> Base64Url = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    /// <summary>
    /// Reads the parameter: an array of exactly one object. Unknown members, members twice and wrong types are refused, as RFC 9396 5 demands;
    /// <paramref name="problem"/> then names what and where.
    /// </summary>
    public static MediaDetail? Parse(ReadOnlySpan<byte> json, out string problem)
    {
        if (json.Length > MaxSize)
        {
            problem = $"authorization_details has {json.Length} bytes of at most {MaxSize}";
            return null;
        }

        try
        {
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 4 });
            var detail = ReadArray(ref reader, out problem);
            if (detail is not null && reader.Read())
            {
                problem = "authorization_details goes on after its array";
                return null;
            }

            return detail;
        }
        catch (JsonException)
        {
            problem = "authorization_details is not JSON";
            return null;
        }
        catch (InvalidOperationException)
        {
            // A string with a lone surrogate or bytes that are not UTF-8.
            problem = "authorization_details has a string that is not Unicode text";
            return null;
        }
    }

    /// <summary>The object as granted and recorded, members in a fixed order. The moderation receipt is evidence, not part of the grant.</summary>
    public byte[] ToJson(string resource) =>
        JsonBytes.OfObject((Detail: this, resource), static (json, granted) =>
        {
            var detail = granted.Detail;
            json.WriteString("type"u8, Type);
            json.WriteString("tool"u8, granted.resource);
            json.WriteString("operation"u8, detail.Operation);
            json.WriteNumber("units"u8, detail.Units);
            if (detail.InputDigest is not null)
            {
                json.WriteString("input_digest"u8, detail.InputDigest);
            }

            if (!detail.ConsentIds.IsEmpty)
            {
                json.WriteStartArray("consent_ids"u8);
                foreach (var consent in detail.ConsentIds)
                {
                    json.WriteStringValue(consent);
                }

                json.WriteEndArray();
            }
        });

    /// <summary>Of what <see cref="ToJson"/> wrote.</summary>
    internal static int ReadUnits(ReadOnlyMemory<byte> details)
    {
        using var json = JsonDocument.Parse(details);
        return json.RootElement.GetProperty("units").GetInt32();
    }

    private static MediaDetail? ReadArray(ref Utf8JsonReader reader, out string problem)
    {
        problem = "authorization_details is not an array of one object";
        if (!reader.Read() || reader.TokenType is not JsonTokenType.StartArray || !reader.Read() || reader.TokenType is not JsonTokenType.StartObject)
        {
            return null;
        }

        var detail = ReadObject(ref reader, out var inside);
        if (detail is null)
        {
            problem = $"authorization_details[0]{inside}";
            return null;
        }

        return reader.Read() && reader.TokenType is JsonTokenType.EndArray ? detail : null;
    }

    private static MediaDetail? ReadObject(ref Utf8JsonReader reader, out string problem)
    {
        string? type = null, tool = null, operation = null, digest = null, receipt = null;
        int? units = null;
        ImmutableArray<string>? consents = null;
        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            var read = name switch
            {
                "type" => type is null && (type = Text(ref reader, MaxWord)) is not null,
                "tool" => tool is null && (tool = Text(ref reader, 512)) is not null,
                "operation" => operation is null && (operation = Text(ref reader, MaxWord, Words)) is not null,
                "input_digest" => digest is null && (digest = Text(ref reader, DigestLength, Base64Url)) is { Length: DigestLength },
                "moderation_receipt" => receipt is null && (receipt = Text(ref reader, MaxReceipt)) is not null,
                "units" => units is null && (units = Number(ref reader)) is >= 1,
                "consent_ids" => consents is null && (consents = Texts(ref reader)) is not null,
                _ => false,
            };
            if (!read)
            {
                problem = $".{Shown(name)} is unknown, there twice, or not what it must be";
                return null;
            }
        }

        problem = !string.Equals(type, Type, StringComparison.Ordinal) ? $".type is not {Type}" : ".operation is missing";
        return string.Equals(type, Type, StringComparison.Ordinal) && operation is not null
            ? new(tool, operation, units ?? 1, digest, consents ?? [], receipt)
            : null;
    }

    // A name from outside is shown only as far as it is a plain word.
    private static string Shown(string name) => name.Length <= MaxWord && !name.AsSpan().ContainsAnyExcept(Words) ? name : "…";

    private static string? Text(ref Utf8JsonReader reader, int max, SearchValues<char>? allowed = null) =>
        reader.TokenType is JsonTokenType.String && reader.GetString() is { Length: > 0 } text && text.Length <= max
            && (allowed is null || !text.AsSpan().ContainsAnyExcept(allowed))
            ? text
            : null;

    private static int? Number(ref Utf8JsonReader reader) =>
        reader.TokenType is JsonTokenType.Number && reader.TryGetInt32(out var number) ? number : null;

    private static ImmutableArray<string>? Texts(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is not JsonTokenType.StartArray)
        {
            return null;
        }

        var texts = ImmutableArray.CreateBuilder<string>();
        while (reader.Read() && reader.TokenType is not JsonTokenType.EndArray)
        {
            if (texts.Count == MaxConsents || Text(ref reader, MaxConsent, Base64Url) is not { } text)
            {
                return null;
            }

            texts.Add(text);
        }

        return texts.ToImmutable();
    }
}
