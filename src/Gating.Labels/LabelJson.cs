using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Gating.Labels;

/// <summary>The label's JSON: written in one way, read in every way that is met.</summary>
public static class LabelJson
{
    /// <summary>The longest text that is looked into as a label.</summary>
    public const int MaxBytes = 64 * 1024;

    private const int MaxMembers = 64;

    private static readonly string[] Order = ["Label", "ContentProducer", "ProduceID", "ReservedCode1", "ContentPropagator", "PropagateID", "ReservedCode2"];
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 8 };

    /// <summary>The bare object, compact, ASCII: <c>{"Label":"1",…}</c>. For slots that are named AIGC.</summary>
    public static string Write(Label label)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer, Relaxed))
        {
            var values = Values(label);
            json.WriteStartObject();
            for (var i = 0; i < Order.Length; i++)
            {
                // The standard's escape of a quotation mark is \" and no other.
                json.WritePropertyName(Order[i]);
                json.WriteRawValue($"\"{values[i].Replace("\"", "\\\"", StringComparison.Ordinal)}\"", skipInputValidation: true);
            }

            json.WriteEndObject();
        }

        return Encoding.ASCII.GetString(buffer.WrittenSpan);
    }

    /// <summary>The object under its name, <c>{"AIGC":{…}}</c>: for slots that could hold anything.</summary>
    public static string WriteWrapped(Label label) => $$"""{"AIGC":{{Write(label)}}}""";

    /// <summary>Reads what stands in a slot: bare or wrapped, right or wrong. Never throws; what is wrong is among the defects.</summary>
    public static ReadLabel Read(string text)
    {
        if (text.Length > MaxBytes)
        {
            return ReadLabel.Unreadable(text[..64], LabelDefect.TooLong);
        }

        try
        {
            using var json = JsonDocument.Parse(text.Trim('\0', ' ', '\t', '\r', '\n'), Strict);
            var root = json.RootElement;
            return root.ValueKind is not JsonValueKind.Object ? ReadLabel.Unreadable(text, LabelDefect.NotAnObject)
                : root.TryGetProperty("AIGC", out var inner) && inner.ValueKind is JsonValueKind.Object ? Read(text, inner, isWrapped: true)
                : Read(text, root, isWrapped: false);
        }
        catch (JsonException)
        {
            return ReadLabel.Unreadable(text, LabelDefect.NotAnObject);
        }
    }

    private static ReadLabel Read(string text, JsonElement json, bool isWrapped)
    {
        var defects = new SortedSet<LabelDefect>();
        var members = ImmutableArray.CreateBuilder<(string Name, string Value)>();
        foreach (var member in json.EnumerateObject().Take(MaxMembers))
        {
            if (member.Value.ValueKind is not JsonValueKind.String)
            {
                defects.Add(LabelDefect.NotText);
                continue;
            }

            if (members.Any(earlier => string.Equals(earlier.Name, member.Name, StringComparison.Ordinal)))
            {
                defects.Add(LabelDefect.MemberTwice);
                continue;
            }

            members.Add((member.Name, member.Value.GetString()!));
        }

        Judge(members, defects);
        return new(text, isWrapped, members.ToImmutable(), Valid(members, defects), [.. defects]);
    }

    private static void Judge(IReadOnlyList<(string Name, string Value)> members, SortedSet<LabelDefect> defects)
    {
        var known = members.Select(static member => Array.IndexOf(Order, member.Name)).ToArray();
        Mark(known.Contains(-1), LabelDefect.MemberUnknown);
        Mark(Order.Any(name => members.All(member => !string.Equals(member.Name, name, StringComparison.Ordinal))), LabelDefect.MemberMissing);
        Mark(known.Zip(known.Skip(1)).Any(static pair => pair.First > pair.Second && pair.Second >= 0), LabelDefect.WrongOrder);
        Mark(members.Any(static member => !member.Value.All(Label.IsAllowed)), LabelDefect.WrongCharset);
        Mark(members.Any(static member => member.Value.Length > Label.MaxValueLength), LabelDefect.TooLong);
        Mark(members.Any(static member => member.Name is "Label" && member.Value is not ("1" or "2" or "3")), LabelDefect.UnknownKind);
        Mark(members.Any(static member => member.Name is "ContentProducer" or "ProduceID" && member.Value.Length == 0), LabelDefect.Empty);
        Mark(members.Any(static member => member.Name is "ContentProducer" or "ContentPropagator" && member.Value.Length == ProviderCode.Length && !ProviderCode.TryParse(member.Value, out _)),
            LabelDefect.BadProviderCode);

        void Mark(bool isBroken, LabelDefect defect)
        {
            if (isBroken)
            {
                defects.Add(defect);
            }
        }
    }

    private static Label? Valid(IReadOnlyList<(string Name, string Value)> members, SortedSet<LabelDefect> defects)
    {
        if (defects.Overlaps([LabelDefect.MemberMissing, LabelDefect.UnknownKind, LabelDefect.NotText, LabelDefect.MemberTwice]))
        {
            return null;
        }

        var values = Order.Select(name => members.First(member => string.Equals(member.Name, name, StringComparison.Ordinal)).Value).ToArray();
        return Label.Of((LabelKind)(values[0][0] - '0'), values[1..]);
    }

    private static string[] Values(Label label) =>
        [((int)label.Kind).ToString(System.Globalization.CultureInfo.InvariantCulture), label.ContentProducer, label.ProduceId, label.ReservedCode1, label.ContentPropagator, label.PropagateId, label.ReservedCode2];
}
