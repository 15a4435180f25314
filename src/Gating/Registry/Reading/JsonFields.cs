using System.Collections.Immutable;
using System.Text.Json;

namespace Gating.Registry.Reading;

/// <summary>
/// The members of one object, each at most once and none unknown. A value that is missing or wrong is reported and replaced by a harmless one, so that
/// reading goes on and finds the other errors; a registry with errors is never used.
/// </summary>
internal sealed class JsonFields
{
    private readonly JsonPlace _place;
    private readonly Dictionary<string, JsonElement> _members = new(StringComparer.Ordinal);

    private JsonFields(JsonPlace place) => _place = place;

    public JsonPlace Place => _place;

    public static JsonFields Of(JsonPlace place, params ReadOnlySpan<string> known)
    {
        var fields = new JsonFields(place);
        foreach (var (name, value) in Members(place))
        {
            if (!known.Contains(name))
            {
                value.RefuseAs("an unknown member", string.Join(", ", known));
            }

            fields._members[name] = value.Value;
        }

        return fields;
    }

    /// <summary>Members of an object whose names are free; a name that comes twice is refused.</summary>
    public static List<(string Name, JsonPlace Value)> Members(JsonPlace place)
    {
        var members = new List<(string, JsonPlace)>();
        if (place.Value.ValueKind is not JsonValueKind.Object)
        {
            place.Refuse("an object");
            return members;
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var property in place.Value.EnumerateObject())
        {
            if (NameOf(property) is not { } name)
            {
                place.RefuseAs("a member name that is not Unicode", "Unicode");
            }
            else if (seen.Add(name))
            {
                members.Add((name, place.Member(name, property.Value)));
            }
            else
            {
                place.Member(name, property.Value).RefuseAs("a second member of that name", "one");
            }
        }

        return members;
    }

    public JsonPlace? Optional(string name) => _members.TryGetValue(name, out var value) ? _place.Member(name, value) : null;

    public JsonPlace? Required(string name)
    {
        if (_members.TryGetValue(name, out var value))
        {
            return _place.Member(name, value);
        }

        // What is no object at all was reported as that.
        if (_place.Value.ValueKind is JsonValueKind.Object)
        {
            _place.Member(name, default).RefuseAs("nothing", "this member is required");
        }

        return null;
    }

    public string Text(string name, TextRule rule) => Required(name)?.Text(rule) ?? "";

    public string? OptionalText(string name, TextRule rule) => Optional(name)?.Text(rule);

    public long Integer(string name, long min, long max) => Required(name)?.Integer(min, max) ?? min;

    public TimeSpan Seconds(string name, TimeSpan min, TimeSpan max) =>
        TimeSpan.FromSeconds(Integer(name, (long)min.TotalSeconds, (long)max.TotalSeconds));

    public TimeSpan? OptionalSeconds(string name, TimeSpan min, TimeSpan max) =>
        Optional(name)?.Integer((long)min.TotalSeconds, (long)max.TotalSeconds) is { } seconds ? TimeSpan.FromSeconds(seconds) : null;

    public bool Flag(string name) => Required(name)?.Flag() ?? false;

    /// <summary>False where it is not said.</summary>
    public bool OptionalFlag(string name) => Optional(name)?.Flag() ?? false;

    public T Choice<T>(string name, Choices<T> choices)
        where T : struct => Required(name)?.Choice(choices) ?? choices.First;

    public DateOnly? OptionalDate(string name) => Optional(name)?.Date();

    public List<JsonPlace> Items(string name, int min, int max) => Required(name)?.Items(min, max) ?? [];

    /// <summary>Texts that keep the rule, each once.</summary>
    public ImmutableArray<Located<string>> Texts(string name, int min, int max, TextRule rule, StringComparer? comparer = null) =>
        Required(name) is { } list ? Texts(list, min, max, rule, comparer) : [];

    public static ImmutableArray<Located<string>> Texts(JsonPlace list, int min, int max, TextRule rule, StringComparer? comparer = null)
    {
        var texts = ImmutableArray.CreateBuilder<Located<string>>();
        var seen = new HashSet<string>(comparer ?? StringComparer.Ordinal);
        foreach (var item in list.Items(min, max))
        {
            if (item.Text(rule) is not { } text)
            {
                continue;
            }

            if (seen.Add(text))
            {
                texts.Add(new(text, item));
            }
            else
            {
                item.Refuse("each only once");
            }
        }

        return texts.ToImmutable();
    }

    private static string? NameOf(JsonProperty property)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
