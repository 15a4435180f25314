using System.Text.Json;
using Shouldly;

namespace Gating.Functions.Tests.Infra;

/// <summary>
/// What stands in a Bicep file, by tree-sitter's grammar (Bicep/read.mjs): the compiler cannot be had here. Bodies are JSON; what only a compiler could work out is its text.
/// </summary>
internal sealed record BicepFile(string Name, string Text, JsonElement Json)
{
    private static readonly NodeScripts Scripts = new("Infra", "Bicep");

    public IReadOnlyList<BicepResource> Resources => [.. Json.GetProperty("resources").EnumerateArray().Select(static json => new BicepResource(json))];

    public IReadOnlyList<string> Errors => Texts("errors");

    public IReadOnlyList<string> Declared => Texts("declared");

    public IReadOnlyList<string> References => Texts("references");

    public IReadOnlyList<string> Calls => Texts("calls");

    /// <summary>Names of all members of all objects.</summary>
    public IReadOnlyList<string> Keys => Texts("keys");

    public static async Task<IReadOnlyList<BicepFile>> ReadAsync(InfraFolder folder)
    {
        var (isGood, said) = await Scripts.RunAsync("read.mjs", folder.BicepFiles);
        isGood.ShouldBeTrue(said);
        return [.. said.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => Read(folder, line))];
    }

    private static BicepFile Read(InfraFolder folder, string line)
    {
        var json = JsonDocument.Parse(line).RootElement;
        var path = json.GetProperty("path").GetString()!;
        return new(Path.GetRelativePath(folder.Root, path).Replace('\\', '/'), File.ReadAllText(path), json);
    }

    private string[] Texts(string name) => [.. Json.GetProperty(name).EnumerateArray().Select(static text => text.GetString()!)];
}

internal sealed record BicepResource(JsonElement Json)
{
    public string Name => Json.GetProperty("name").GetString()!;

    public string Type => Json.GetProperty("type").GetString()!;

    public string Version => Json.GetProperty("version").GetString()!;

    public bool IsExisting => Json.GetProperty("isExisting").GetBoolean();

    public JsonElement Body => Json.GetProperty("body");

    /// <summary>Names of the members of <c>properties</c>.</summary>
    public IReadOnlyList<string> Members => Body.TryGetProperty("properties", out var properties) && properties.ValueKind is JsonValueKind.Object ? [.. properties.EnumerateObject().Select(static member => member.Name).Where(static name => name[0] != '$')] : [];

    /// <summary>The JSON text of a member by its path (<c>properties.minimumTlsVersion</c>); null where there is none.</summary>
    public string? At(string path)
    {
        var at = Body;
        foreach (var name in path.Split('.'))
        {
            // Of a choice, the first branch: what is built where the condition holds.
            if (at.ValueKind is JsonValueKind.Object && at.TryGetProperty("then", out var chosen) && at.TryGetProperty("$if", out _))
            {
                at = chosen;
            }

            if (at.ValueKind is not JsonValueKind.Object || !at.TryGetProperty(name, out at))
            {
                return null;
            }
        }

        return at.ValueKind is JsonValueKind.String ? at.GetString() : at.GetRawText();
    }
}
