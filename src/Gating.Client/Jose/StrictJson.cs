using System.Text.Json;

namespace Gating.Client.Jose;

/// <summary>
/// Exactly one JSON object in which no two readers can see different things: no member twice at any depth (RFC 8725, 2.4), nothing around it, and every string readable as text, so that reading it later throws nothing.
/// </summary>
internal static class StrictJson
{
    private const int MaxDepth = 8;

    /// <summary>False for anything else. What is read lives as long as it is referred to.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> utf8, out JsonElement value)
    {
        value = default;
        try
        {
            if (!HasReadableStrings(utf8.Span))
            {
                return false;
            }

            using var document = JsonDocument.Parse(utf8, new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = MaxDepth });
            value = document.RootElement.Clone();
            return value.ValueKind is JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>A text that is not empty; null where there is none.</summary>
    public static string? Text(this JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;

    /// <summary>A whole number of seconds since 1970 (RFC 7519, 2: NumericDate); null where there is none, or no time that can be told.</summary>
    public static DateTimeOffset? Time(this JsonElement json, string name) =>
        Number(json, name) is { } seconds and >= 0 and <= 253_402_300_799 ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;

    /// <summary>A time in the form of RFC 3339; null where there is none.</summary>
    public static DateTimeOffset? Time3339(this JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String && value.TryGetDateTimeOffset(out var time) ? time : null;

    public static long? Number(this JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.Number && value.TryGetInt64(out var number) ? number : null;

    /// <summary>Texts of an array; empty where there is none, null where it is none of texts.</summary>
    public static IReadOnlyList<string>? Texts(this JsonElement json, string name) =>
        !json.TryGetProperty(name, out var value) ? []
        : value.ValueKind is JsonValueKind.Array && value.EnumerateArray().All(static one => one.ValueKind is JsonValueKind.String) ? [.. value.EnumerateArray().Select(static one => one.GetString()!)]
        : null;

    public static bool TryGetObject(this JsonElement json, string name, out JsonElement value) =>
        json.TryGetProperty(name, out value) && value.ValueKind is JsonValueKind.Object;

    // Half of a surrogate pair, escaped, is valid JSON and no text.
    private static bool HasReadableStrings(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = MaxDepth });
        while (reader.Read())
        {
            try
            {
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName)
                {
                    _ = reader.GetString();
                }
            }
            catch (InvalidOperationException)
            {
                return false;
            }
        }

        return true;
    }
}
