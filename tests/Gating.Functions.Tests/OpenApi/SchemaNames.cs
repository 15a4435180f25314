using System.Text.Json.Nodes;

namespace Gating.Functions.Tests.OpenApi;

/// <summary>References as fragments write them (<c>Name</c>, <c>registry/app</c>) and as the registry's schema does (<c>#/$defs/app</c>), made those of one OpenAPI document.</summary>
internal static class SchemaNames
{
    private const string Ours = "#/components/schemas/";
    private const string InFragment = "registry/";
    private const string InSchema = "#/$defs/";

    /// <summary>What a definition of the registry's schema is called here.</summary>
    public static string Registry(string name) => "Registry." + name;

    /// <summary>Definitions of the registry's schema that are named anywhere in it.</summary>
    public static IEnumerable<string> OfRegistry(JsonNode node) => References(node).Select(static reference => (string)reference["$ref"]!)
        .Where(static name => name.StartsWith(InFragment, StringComparison.Ordinal) || name.StartsWith(InSchema, StringComparison.Ordinal))
        .Select(static name => name[(name.LastIndexOf('/') + 1)..]).Distinct(StringComparer.Ordinal);

    public static void Resolve(JsonNode document)
    {
        foreach (var reference in References(document).ToList())
        {
            var name = (string)reference["$ref"]!;
            reference["$ref"] = name.StartsWith(InFragment, StringComparison.Ordinal) ? Ours + Registry(name[InFragment.Length..])
                : name.StartsWith(InSchema, StringComparison.Ordinal) ? Ours + Registry(name[InSchema.Length..])
                : name.StartsWith('#') ? name
                : Ours + name;
        }
    }

    private static IEnumerable<JsonObject> References(JsonNode? node) => node switch
    {
        JsonObject json => (json["$ref"] is JsonValue value && value.TryGetValue<string>(out _) ? [json] : Enumerable.Empty<JsonObject>()).Concat(json.SelectMany(static member => References(member.Value))),
        JsonArray list => list.SelectMany(References),
        _ => [],
    };
}
