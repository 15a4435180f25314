using System.Globalization;
using System.Text.Json;

namespace Gating.Registry.Reading;

/// <summary>A value where it stands. Every reading either gives the value, or reports what is wrong and gives null.</summary>
internal readonly record struct JsonPlace(JsonElement Value, string Pointer, RegistryErrors Errors)
{
    private const int MostSeen = 80;

    public JsonPlace Member(string name, JsonElement value) => new(value, $"{Pointer}/{Escape(name)}", Errors);

    public JsonPlace Item(int index, JsonElement value) => new(value, string.Create(CultureInfo.InvariantCulture, $"{Pointer}/{index}"), Errors);

    /// <summary>RFC 6901, section 3.</summary>
    public static string Escape(string name) =>
        name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);

    public void Refuse(string allowed) => Errors.Add(Pointer, Describe(), allowed);

    /// <summary>For what may be a secret somebody put in the wrong place: only the kind and the length are told.</summary>
    public void RefuseUnseen(string allowed) => Errors.Add(Pointer, RawText() is { } text ? $"a text of {text.Length} characters" : Kind(), allowed);

    public void RefuseAs(string seen, string allowed) => Errors.Add(Pointer, seen, allowed);

    /// <summary>The text, whether or not the rule holds (the error is reported), so that references to it still find it; null if it is no text.</summary>
    public string? Text(TextRule rule)
    {
        var text = RawText();
        if (text is null || !rule.Holds(text))
        {
            Refuse(rule.Allowed);
        }

        return text;
    }

    public long? Integer(long min, long max)
    {
        if (Value.ValueKind is JsonValueKind.Number && Value.TryGetInt64(out var number) && number >= min && number <= max)
        {
            return number;
        }

        Refuse(string.Create(CultureInfo.InvariantCulture, $"a whole number from {min} to {max}"));
        return null;
    }

    public bool? Flag()
    {
        if (Value.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            return Value.GetBoolean();
        }

        Refuse("true or false");
        return null;
    }

    public T? Choice<T>(Choices<T> choices)
        where T : struct
    {
        if (RawText() is { } text && choices.TryGet(text, out var value))
        {
            return value;
        }

        Refuse(choices.Allowed);
        return null;
    }

    public DateOnly? Date()
    {
        if (DateOnly.TryParseExact(RawText(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
        {
            return date;
        }

        Refuse("a date as 2027-01-31");
        return null;
    }

    public List<JsonPlace> Items(int min, int max)
    {
        var items = new List<JsonPlace>();
        if (Value.ValueKind is not JsonValueKind.Array || Value.GetArrayLength() < min || Value.GetArrayLength() > max)
        {
            Refuse(string.Create(CultureInfo.InvariantCulture, $"a list of {min} to {max}"));
        }

        if (Value.ValueKind is JsonValueKind.Array)
        {
            foreach (var item in Value.EnumerateArray().Take(max))
            {
                items.Add(Item(items.Count, item));
            }
        }

        return items;
    }

    /// <summary>Null where the value is no text, or not Unicode: JSON can spell half a surrogate pair.</summary>
    public string? RawText()
    {
        if (Value.ValueKind is not JsonValueKind.String)
        {
            return null;
        }

        try
        {
            return Value.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private string Describe()
    {
        if (Value.ValueKind is JsonValueKind.Object or JsonValueKind.Undefined or JsonValueKind.Null)
        {
            return Kind();
        }

        if (Value.ValueKind is JsonValueKind.Array)
        {
            return string.Create(CultureInfo.InvariantCulture, $"a list of {Value.GetArrayLength()}");
        }

        var raw = Value.GetRawText();
        return raw.Length <= MostSeen ? raw : string.Concat(raw.AsSpan(0, MostSeen), "…");
    }

    private string Kind() => Value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => "a text that is not Unicode",
        JsonValueKind.Number => "a number",
        JsonValueKind.True or JsonValueKind.False => "a flag",
        JsonValueKind.Null => "null",
        JsonValueKind.Undefined => "nothing",
    };
}

/// <summary>A value and where it stood, for checks that come after reading.</summary>
internal readonly record struct Located<T>(T Value, JsonPlace Place);
