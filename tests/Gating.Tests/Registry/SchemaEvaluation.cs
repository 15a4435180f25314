using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Gating.Tests.Registry;

/// <summary>As much of JSON Schema 2020-12 as the registry's schema uses. A keyword that it does not know throws, so that none is silently not evaluated.</summary>
internal static class SchemaEvaluation
{
    public static bool IsValid(JsonObject root, JsonNode? instance) => Holds(root, root, instance);

    private static bool Holds(JsonObject root, JsonNode? schema, JsonNode? instance) => schema switch
    {
        JsonValue flag => flag.GetValue<bool>(),
        JsonObject keywords => keywords.All(keyword => Keyword(root, keywords, keyword.Key, keyword.Value!, instance)),
        _ => throw new NotSupportedException(),
    };

    private static bool Keyword(JsonObject root, JsonObject schema, string name, JsonNode value, JsonNode? instance) => name switch
    {
        "$schema" or "$id" or "$defs" or "title" or "description" or "then" => true,
        "$ref" => Holds(root, root["$defs"]![value.ToString()["#/$defs/".Length..]], instance),
        "type" => IsOf(value.ToString(), instance),
        "const" => JsonNode.DeepEquals(value, instance),
        "enum" => value.AsArray().Any(one => JsonNode.DeepEquals(one, instance)),
        "allOf" => value.AsArray().All(one => Holds(root, one, instance)),
        "anyOf" => value.AsArray().Any(one => Holds(root, one, instance)),
        "oneOf" => value.AsArray().Count(one => Holds(root, one, instance)) == 1,
        "not" => !Holds(root, value, instance),
        "if" => !Holds(root, value, instance) || Holds(root, schema["then"], instance),
        "minLength" => Text(instance) is not { } text || Length(text) >= Number(value),
        "maxLength" => Text(instance) is not { } text || Length(text) <= Number(value),
        "pattern" => Text(instance) is not { } text || Regex.IsMatch(text, value.ToString().Replace("$", @"\z", StringComparison.Ordinal), RegexOptions.None, TimeSpan.FromSeconds(5)),
        "minimum" => !IsOf("number", instance) || Number(instance!) >= Number(value),
        "maximum" => !IsOf("number", instance) || Number(instance!) <= Number(value),
        "minItems" => instance is not JsonArray list || list.Count >= Number(value),
        "maxItems" => instance is not JsonArray list || list.Count <= Number(value),
        "uniqueItems" => instance is not JsonArray list || !list.Where((one, index) => list.Take(index).Any(other => JsonNode.DeepEquals(one, other))).Any(),
        "items" => instance is not JsonArray list || list.All(one => Holds(root, value, one)),
        "required" => instance is not JsonObject owner || value.AsArray().All(member => owner.ContainsKey(member!.ToString())),
        "maxProperties" => instance is not JsonObject owner || owner.Count <= Number(value),
        "properties" => instance is not JsonObject owner || owner.All(member => value[member.Key] is not { } known || Holds(root, known, member.Value)),
        "additionalProperties" => instance is not JsonObject owner
            || owner.All(member => schema["properties"]?.AsObject().ContainsKey(member.Key) == true || Holds(root, value, member.Value)),
        _ => throw new NotSupportedException($"The evaluator does not know \"{name}\"."),
    };

    private static bool IsOf(string type, JsonNode? instance) => type switch
    {
        "object" => instance is JsonObject,
        "array" => instance is JsonArray,
        "string" => Kind(instance) is JsonValueKind.String,
        "boolean" => Kind(instance) is JsonValueKind.True or JsonValueKind.False,
        "number" => Kind(instance) is JsonValueKind.Number,
        "integer" => Kind(instance) is JsonValueKind.Number && decimal.IsInteger(Number(instance!)),
        _ => throw new NotSupportedException(type),
    };

    private static JsonValueKind Kind(JsonNode? node) => node?.GetValueKind() ?? JsonValueKind.Null;

    private static string? Text(JsonNode? node) => Kind(node) is JsonValueKind.String ? node!.GetValue<string>() : null;

    private static int Length(string text) => text.EnumerateRunes().Count();

    private static decimal Number(JsonNode node) => decimal.Parse(node.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture);
}
