using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Gating.Functions.Tests.OpenApi;

/// <summary>A YAML file as the JSON that it stands for: by the core schema of YAML 1.2, so a plain <c>no</c> or <c>2026-01-01</c> is text.</summary>
internal static partial class Yaml
{
    public static JsonObject Read(string file)
    {
        var yaml = new YamlStream();
        using var reader = File.OpenText(file);
        yaml.Load(reader);
        return (JsonObject)Json(yaml.Documents.Single().RootNode)!;
    }

    private static JsonNode? Json(YamlNode node) => node switch
    {
        YamlMappingNode map => new JsonObject(map.Select(static pair => KeyValuePair.Create(((YamlScalarNode)pair.Key).Value!, Json(pair.Value)))),
        YamlSequenceNode list => new JsonArray([.. list.Select(Json)]),
        YamlScalarNode { Style: ScalarStyle.Plain, Value: var plain } => Json(plain),
        YamlScalarNode { Value: var text } => JsonValue.Create(text),
        _ => throw new InvalidDataException($"{node.NodeType} at line {node.Start.Line}."),
    };

    private static JsonValue? Json(string? plain) => plain switch
    {
        null or "" or "null" or "~" => null,
        "true" => JsonValue.Create(true),
        "false" => JsonValue.Create(false),
        _ when Whole().IsMatch(plain) => JsonValue.Create(long.Parse(plain, CultureInfo.InvariantCulture)),
        _ when Fraction().IsMatch(plain) => JsonValue.Create(double.Parse(plain, CultureInfo.InvariantCulture)),
        _ => JsonValue.Create(plain),
    };

    [GeneratedRegex("^-?(0|[1-9][0-9]*)$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Whole();

    [GeneratedRegex(@"^-?(0|[1-9][0-9]*)\.[0-9]+$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Fraction();
}
