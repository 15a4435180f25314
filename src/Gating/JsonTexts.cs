using System.Text.Json;

namespace Gating;

/// <summary>Lists of texts as members of what is written.</summary>
public static class JsonTexts
{
    public static void WriteTexts(this Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }

    /// <summary>Nothing where there are none: no list is no limit.</summary>
    public static void WriteAnyTexts(this Utf8JsonWriter json, string name, IReadOnlyCollection<string> values)
    {
        if (values.Count > 0)
        {
            json.WriteTexts(name, values);
        }
    }
}
