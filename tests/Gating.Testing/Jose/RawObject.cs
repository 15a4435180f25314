namespace Gating.Testing.Jose;

/// <summary>A JSON object as text, member by member, so that a test can write what no serialiser would: duplicates, bare words, odd spellings.</summary>
public sealed class RawObject
{
    private readonly List<(string Name, string Value)> _members = [];

    /// <summary>Sets or adds a member; <paramref name="json"/> is written as it is.</summary>
    public RawObject Set(string name, string json)
    {
        var at = _members.FindIndex(member => member.Name == name);
        if (at < 0)
        {
            return Add(name, json);
        }

        _members[at] = (name, json);
        return this;
    }

    public RawObject Text(string name, string value) => Set(name, System.Text.Json.JsonSerializer.Serialize(value));

    public RawObject Number(string name, long value) => Set(name, value.ToString(System.Globalization.CultureInfo.InvariantCulture));

    public RawObject Drop(string name)
    {
        _members.RemoveAll(member => member.Name == name);
        return this;
    }

    /// <summary>Adds a member even where there is one of that name.</summary>
    public RawObject Add(string name, string json)
    {
        _members.Add((name, json));
        return this;
    }

    public override string ToString() => "{" + string.Join(',', _members.Select(member => $"\"{member.Name}\":{member.Value}")) + "}";
}
