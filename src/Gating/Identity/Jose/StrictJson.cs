using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;

namespace Gating.Identity.Jose;

/// <summary>
/// Exactly one JSON object: no second member of one name at any depth, nothing before or after it, valid UTF-8, no half of a surrogate pair.
/// What passes can be read without an exception, and no two readers can see different values in it.
/// </summary>
public static class StrictJson
{
    public static bool TryParseObject(ReadOnlyMemory<byte> utf8, int maxDepth, [NotNullWhen(true)] out JsonDocument? document)
    {
        document = null;
        if (!Utf8.IsValid(utf8.Span) || HasLoneSurrogate(utf8.Span))
        {
            return false;
        }

        try
        {
            document = JsonDocument.Parse(utf8, new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = maxDepth });
        }
        catch (JsonException)
        {
            return false;
        }

        if (document.RootElement.ValueKind == JsonValueKind.Object)
        {
            return true;
        }

        document.Dispose();
        document = null;
        return false;
    }

    // \uD800 without its other half is valid JSON and no text; reading it as a string would throw.
    private static bool HasLoneSurrogate(ReadOnlySpan<byte> json)
    {
        var highPending = false;
        while (true)
        {
            var next = json.IndexOf((byte)'\\');
            if (next < 0 || next + 1 >= json.Length)
            {
                return highPending;
            }

            if (highPending && next > 0)
            {
                return true;
            }

            var unit = EscapedUnit(json[next..]);
            if (highPending != char.IsLowSurrogate(unit))
            {
                return true;
            }

            highPending = char.IsHighSurrogate(unit);
            json = json[(next + (json[next + 1] == (byte)'u' ? Math.Min(6, json.Length - next) : 2))..];
        }
    }

    // The UTF-16 unit that an escape stands for; NUL for all the escapes that cannot be a surrogate, malformed ones too (the parser refuses those).
    private static char EscapedUnit(ReadOnlySpan<byte> escape) =>
        escape.Length >= 6 && escape[1] == (byte)'u'
            && ushort.TryParse(escape.Slice(2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit)
            ? (char)unit
            : '\0';
}
