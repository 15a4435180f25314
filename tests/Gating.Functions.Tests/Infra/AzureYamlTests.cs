using Shouldly;
using Xunit;

namespace Gating.Functions.Tests.Infra;

/// <summary><c>azure.yaml</c> says what azd needs to find templates, project and target.</summary>
public sealed class AzureYamlTests
{
    [Fact]
    public async Task It_names_the_template_the_project_and_the_service_that_is_tagged() => (await FaultsAsync(InfraFolder.Real)).ShouldBeEmpty();

    [Theory]
    [InlineData("azure.yaml", "host: function", "host: appservice", "services.gate.host is appservice, not function")]
    [InlineData("azure.yaml", "    language: csharp\n", "", "services.gate.language is missing, not csharp")]
    [InlineData("azure.yaml", "Gating.Functions.csproj", "Gating.csproj", "services.gate.project names ./src/Gating.Functions/Gating.csproj, which is not there")]
    [InlineData("azure.yaml", "  path: infra", "  path: deploy", "infra.path names deploy, which has no main.bicep")]
    [InlineData("azure.yaml", "  gate:", "  gating:", "the tag azd-service-name is gate, and the services are gating")]
    [InlineData("infra/modules/function.bicep", "'azd-service-name': 'gate'", "'azd-service-name': 'api'", "the tag azd-service-name is api, and the services are gate")]
    public async Task A_damage_is_found(string file, string what, string by, string fault)
    {
        using var copy = InfraFolder.Copy();
        copy.Damage(file, what, by);
        (await FaultsAsync(copy)).ShouldContain(fault);
    }

    private static async Task<IReadOnlyList<string>> FaultsAsync(InfraFolder folder)
    {
        var yaml = Read(folder.Read("azure.yaml"));
        var faults = new List<string>();
        void Demand(string path, string value)
        {
            if (!string.Equals(yaml.GetValueOrDefault(path), value, StringComparison.Ordinal))
            {
                faults.Add($"{path} is {yaml.GetValueOrDefault(path) ?? "missing"}, not {value}");
            }
        }

        var services = yaml.Keys.Where(static path => path.StartsWith("services.", StringComparison.Ordinal)).Select(static path => path.Split('.')[1]).Distinct(StringComparer.Ordinal).ToArray();
        Demand("name", "gating");
        Demand("infra.provider", "bicep");
        foreach (var service in services)
        {
            Demand($"services.{service}.host", "function");
            Demand($"services.{service}.language", "csharp");
            var project = yaml.GetValueOrDefault($"services.{service}.project") ?? string.Empty;
            if (!File.Exists(Path.Combine(InfraFolder.Real.Root, project)) || !project.EndsWith(".csproj", StringComparison.Ordinal))
            {
                faults.Add($"services.{service}.project names {project}, which is not there");
            }
        }

        var path = yaml.GetValueOrDefault("infra.path") ?? string.Empty;
        if (!File.Exists(Path.Combine(folder.Root, path, $"{yaml.GetValueOrDefault("infra.module")}.bicep")))
        {
            faults.Add($"infra.path names {path}, which has no main.bicep");
        }

        var site = (await BicepFile.ReadAsync(folder)).SelectMany(static file => file.Resources).Single(static resource => resource.Type is "Microsoft.Web/sites" && !resource.IsExisting);
        var tag = site.Body.GetProperty("tags").GetProperty("args")[1].GetProperty("azd-service-name").GetString()!;
        if (!services.SequenceEqual([tag], StringComparer.Ordinal))
        {
            faults.Add($"the tag azd-service-name is {tag}, and the services are {string.Join(", ", services)}");
        }

        return faults;
    }

    /// <summary>Members by their path, of a file that has nothing but nested members.</summary>
    private static Dictionary<string, string> Read(string text)
    {
        var (members, place) = (new Dictionary<string, string>(StringComparer.Ordinal), new List<string>());
        foreach (var line in text.Split('\n').Where(static line => line.Trim() is [not '#', ..]))
        {
            var (name, value) = line.Split(':', 2) is [var left, var right] ? (left, right.Trim()) : throw new FormatException($"'{line}' is no member.");
            var depth = (name.Length - name.TrimStart().Length) / 2;
            place = [.. place.Take(depth), name.Trim()];
            place.Count.ShouldBe(depth + 1, $"'{line}' is indented deeper than its parent");
            if (value.Length > 0)
            {
                members.Add(string.Join('.', place), value.Trim('"'));
            }
        }

        return members;
    }
}
