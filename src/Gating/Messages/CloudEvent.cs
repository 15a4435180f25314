using System.Runtime.InteropServices;
using System.Text.Json;
using Gating.Identity.Jose;
using Gating.Registry.Reading;

namespace Gating.Messages;

/// <summary>
/// An event in the JSON format of CloudEvents 1.0, as far as a gate reads one: the required attributes, the subject, the time, and one JSON object as data. It proves nothing by itself:
/// whoever may write to a queue can write any.
/// </summary>
/// <param name="Id">Of the event; together with <paramref name="Source"/> it names it. 1 to <see cref="MaxText"/> characters without controls, as all texts here.</param>
/// <param name="Subject">Null where there is none.</param>
/// <param name="Time">Null where there is none.</param>
/// <param name="Data">A JSON object in UTF-8, as it stands in the event.</param>
public sealed record CloudEvent(string Id, string Source, string Type, string? Subject, DateTimeOffset? Time, ReadOnlyMemory<byte> Data)
{
    /// <summary>Bytes of JSON that are read at most: what a queue's message holds.</summary>
    public const int MaxSize = 48 * 1024;

    /// <summary>Characters of an attribute at most.</summary>
    public const int MaxText = 512;

    private const string SpecVersion = "1.0";
    private const string DataType = "application/json";
    private const int MaxDepth = 16;

    // Those of the specification have at most 15; it asks for no more than 20 of anybody's.
    private const int MaxName = 20;
    private const int MaxMembers = 32;

    /// <summary>Attributes of others (<c>traceparent</c>) are passed over where they are attributes. Null where <paramref name="problem"/> says what is wrong, without a word of the event.</summary>
    public static CloudEvent? Parse(ReadOnlyMemory<byte> json, out string problem)
    {
        problem = $"It is not one JSON object of at most {MaxSize} bytes without repeated members.";
        if (json.Length > MaxSize || !StrictJson.TryParseObject(json, MaxDepth, out var document))
        {
            return null;
        }

        using (document)
        {
            return Read(document.RootElement, out problem);
        }
    }

    /// <summary>JSON, UTF-8, members in a fixed order. Throws <see cref="InvalidOperationException"/> for an event that <see cref="Parse"/> would not take.</summary>
    public byte[] ToBytes()
    {
        var bytes = JsonBytes.OfObject(this, static (json, one) =>
        {
            json.WriteString("specversion"u8, SpecVersion);
            json.WriteString("id"u8, one.Id);
            json.WriteString("source"u8, one.Source);
            json.WriteString("type"u8, one.Type);
            if (one.Subject is { } subject)
            {
                json.WriteString("subject"u8, subject);
            }

            if (one.Time is { } time)
            {
                json.WriteString("time"u8, Rfc3339.Text(time));
            }

            json.WriteString("datacontenttype"u8, DataType);
            json.WritePropertyName("data"u8);
            json.WriteRawValue(one.Data.Span, skipInputValidation: true);
        });
        return Parse(bytes, out var problem) is null ? throw new InvalidOperationException(problem) : bytes;
    }

    private static CloudEvent? Read(JsonElement root, out string problem)
    {
        var data = root.TryGetProperty("data"u8, out var found) ? found : default;
        var hasSubject = root.TryGetProperty("subject"u8, out _);
        var time = ReadTime(root, out var isTime);
        var (id, source, type, subject) = (Text(root, "id"), Text(root, "source"), Text(root, "type"), Text(root, "subject"));
        problem = Text(root, "specversion") is not SpecVersion ? $"specversion is not {SpecVersion}."
            : id is null ? Not("id")
            : source is null ? Not("source")
            : type is null ? Not("type")
            : hasSubject && subject is null ? Not("subject")
            : !isTime ? "time is no RFC 3339 time."
            : root.TryGetProperty("datacontenttype"u8, out _) && Text(root, "datacontenttype") is not DataType ? $"datacontenttype is not {DataType}."
            : data.ValueKind is not JsonValueKind.Object ? "data is no JSON object."
            : !AreAttributes(root) ? $"A member's name is not 1 to {MaxName} small letters and digits, its value no text, number or boolean, or there are more than {MaxMembers}."
            : string.Empty;
        return problem.Length == 0 ? new(id!, source!, type!, subject, time, JsonMarshal.GetRawUtf8Value(data).ToArray()) : null;
    }

    private static string Not(string name) => $"{name} is not a text of 1 to {MaxText} characters without controls.";

    // data_base64 has a name that no attribute may have: it is refused with them.
    private static bool AreAttributes(JsonElement root)
    {
        var members = root.EnumerateObject().Where(static member => !member.NameEquals("data"u8)).ToList();
        return members.Count <= MaxMembers && members.TrueForAll(static member =>
            member.Name.Length is > 0 and <= MaxName && member.Name.All(static c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c))
            && member.Value.ValueKind is JsonValueKind.String or JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False);
    }

    private static string? Text(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String && value.GetString() is { Length: > 0 and <= MaxText } text && !text.Any(char.IsControl)
            ? text
            : null;

    private static DateTimeOffset? ReadTime(JsonElement root, out bool isGood)
    {
        if (!root.TryGetProperty("time"u8, out var value))
        {
            isGood = true;
            return null;
        }

        // A time without an offset would be read as this machine's.
        isGood = value.ValueKind is JsonValueKind.String && value.GetString() is { Length: >= 20 and <= 40 } text && text.Contains('T', StringComparison.Ordinal)
            && (text[^1] is 'Z' || (text[^3] is ':' && text[^6] is '+' or '-')) && value.TryGetDateTimeOffset(out _);
        return isGood ? value.GetDateTimeOffset() : null;
    }
}
