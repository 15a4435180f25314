using System.Text.Json;
using System.Text.RegularExpressions;

namespace Gating.Functions.Tests.Infra;

/// <summary>What must hold of the Bicep files, whatever is deployed by them. Each rule gives a sentence for each fault.</summary>
internal static partial class InfraRules
{
    // All that a template asks of Bicep itself; another one is a misspelling or a thing to look at first.
    private static readonly HashSet<string> Functions = new(StringComparer.Ordinal)
    {
        "allowed", "concat", "contains", "description", "empty", "environment", "guid", "length", "max", "maxLength", "maxValue", "metadata", "min", "minLength", "minValue", "range", "replace", "resourceGroup", "string",
        "subscription", "subscriptionResourceId", "take", "tenant", "toLower", "union", "uniqueString",
    };

    // Owner, Contributor, User Access Administrator, Storage Account Contributor, Storage Blob Data Contributor on a whole account: more than anything here needs.
    private static readonly string[] TooMuch =
        ["8e3af657-a8ff-443c-a75c-2fe8c4bcb635", "b24988ac-6180-42a0-ab88-20f7382dd24c", "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9", "17d1049b-9a84-46fb-8f53-869881c3d3ab", "ba92f5b4-2d11-453d-a403-e96b0029c9fe"];

    public static IEnumerable<string> Faults(IReadOnlyList<BicepFile> files) => files
        .SelectMany(static file => Syntax(file).Concat(Names(file)).Concat(Resources(file)).Concat(Secrets(file)))
        .Concat(Modules(files))
        .Concat(Outputs(files));

    private static IEnumerable<string> Syntax(BicepFile file) => file.Errors.Select(error => $"{file.Name}: not Bicep at {error}");

    private static IEnumerable<string> Names(BicepFile file)
    {
        foreach (var name in file.References.Distinct(StringComparer.Ordinal).Where(name => !file.Declared.Contains(name) && !Functions.Contains(name)))
        {
            yield return $"{file.Name}: '{name}' is declared nowhere";
        }

        foreach (var call in file.Calls.Distinct(StringComparer.Ordinal).Where(static call => !Functions.Contains(call)))
        {
            yield return $"{file.Name}: calls '{call}', which is not on the list";
        }

        foreach (var parameter in file.Json.GetProperty("parameters").EnumerateArray())
        {
            var name = parameter.GetProperty("name").GetString()!;
            if (!file.References.Contains(name))
            {
                yield return $"{file.Name}: parameter '{name}' is not used";
            }

            if (file.Name.EndsWith("main.bicep", StringComparison.Ordinal) && name is not ("environmentName" or "location")
                && !parameter.GetProperty("decorators").EnumerateArray().Any(static decorator => decorator.GetProperty("$call").GetString() is "description"))
            {
                yield return $"{file.Name}: parameter '{name}' has no description";
            }
        }
    }

    private static IEnumerable<string> Resources(BicepFile file)
    {
        foreach (var resource in file.Resources)
        {
            if (!ResourceTable.Versions.TryGetValue(resource.Type, out var version))
            {
                yield return $"{file.Name}: {resource.Type} is not on the list";
                continue;
            }

            if (!string.Equals(version, resource.Version, StringComparison.Ordinal))
            {
                yield return $"{file.Name}: {resource.Type} is of {resource.Version}, not {version}";
            }

            if (resource.IsExisting)
            {
                continue;
            }

            foreach (var (path, value) in ResourceTable.Required.Where(row => string.Equals(row.Type, resource.Type, StringComparison.Ordinal)).Select(static row => (row.Path, row.Value)))
            {
                var found = resource.At(path);
                if (value is null ? found is null : !string.Equals(found, value, StringComparison.Ordinal))
                {
                    yield return $"{file.Name}: {resource.Name}.{path} is {found ?? "missing"}, not {value ?? "set"}";
                }
            }

            // An app's settings are members of our own naming, and held against the code.
            foreach (var member in resource.Members.Except(ResourceTable.Members.GetValueOrDefault(resource.Type) ?? [], StringComparer.Ordinal).Where(_ => resource.Type is not "Microsoft.Web/sites/config"))
            {
                yield return $"{file.Name}: {resource.Name}.properties has no member '{member}'";
            }

            if (ResourceTable.Tagged.Contains(resource.Type) && resource.At("tags") is null)
            {
                yield return $"{file.Name}: {resource.Name} has no tags";
            }
        }
    }

    private static IEnumerable<string> Secrets(BicepFile file)
    {
        foreach (Match host in CloudHost().Matches(Uncommented(file)))
        {
            yield return $"{file.Name}: the literal host '{host.Value}'; take it from environment() or the resource";
        }

        foreach (Match key in LooksLikeKey().Matches(file.Text))
        {
            yield return $"{file.Name}: '{key.Value}' looks like a key";
        }

        foreach (var role in TooMuch.Where(role => file.Text.Contains(role, StringComparison.OrdinalIgnoreCase)))
        {
            yield return $"{file.Name}: role {role} is more than anything here needs";
        }
    }

    private static IEnumerable<string> Modules(IReadOnlyList<BicepFile> files)
    {
        foreach (var file in files)
        {
            foreach (var module in file.Json.GetProperty("modules").EnumerateArray())
            {
                var name = module.GetProperty("name").GetString()!;
                var path = $"{file.Name[..(file.Name.LastIndexOf('/') + 1)]}{module.GetProperty("path").GetString()}";
                if (files.FirstOrDefault(other => string.Equals(other.Name, path, StringComparison.Ordinal)) is not { } target)
                {
                    yield return $"{file.Name}: module {name} is {path}, which is not there";
                    continue;
                }

                var given = module.GetProperty("body").GetProperty("params").EnumerateObject().Select(static member => member.Name).ToHashSet(StringComparer.Ordinal);
                var wanted = target.Json.GetProperty("parameters").EnumerateArray().ToDictionary(static parameter => parameter.GetProperty("name").GetString()!, static parameter => parameter.GetProperty("hasDefault").GetBoolean(), StringComparer.Ordinal);
                foreach (var missing in wanted.Where(pair => !pair.Value && !given.Contains(pair.Key)))
                {
                    yield return $"{file.Name}: module {name} is not given '{missing.Key}'";
                }

                foreach (var stray in given.Where(one => !wanted.ContainsKey(one)))
                {
                    yield return $"{file.Name}: module {name} is given '{stray}', which it does not take";
                }

                var outputs = target.Json.GetProperty("outputs").EnumerateArray().Select(static output => output.GetProperty("name").GetString()!).ToHashSet(StringComparer.Ordinal);
                foreach (var used in new Regex($@"\b{name}!?\.outputs\.(\w+)", RegexOptions.None, TimeSpan.FromSeconds(1)).Matches(file.Text).Select(static match => match.Groups[1].Value).Where(used => !outputs.Contains(used)))
                {
                    yield return $"{file.Name}: module {name} has no output '{used}'";
                }
            }
        }
    }

    /// <summary>azd copies every output into a developer's settings.</summary>
    private static IEnumerable<string> Outputs(IReadOnlyList<BicepFile> files) =>
        from file in files
        from output in file.Json.GetProperty("outputs").EnumerateArray()
        let text = $"{output.GetProperty("name").GetString()} = {output.GetProperty("text").GetString()}"
        where SaysSecret().IsMatch(text)
        select $"{file.Name}: output {text} may be a secret";

    private static string Uncommented(BicepFile file) => string.Join('\n', file.Text.Split('\n').Where(static line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal) && !line.StartsWith("@description", StringComparison.Ordinal)));

    [GeneratedRegex(@"[\w.-]*\.(windows\.net|azure\.(net|com|cn)|azurewebsites\.net|microsoftonline\.(com|cn)|chinacloudapi\.cn|chinacloudsites\.cn|usgovcloudapi\.net|trafficmanager\.net)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex CloudHost();

    [GeneratedRegex(@"AccountKey=|SharedAccessSignature|BEGIN [A-Z ]*PRIVATE KEY|PRIVATE\+KEY|[A-Za-z0-9+/]{43}=|[A-Za-z0-9+/]{86}==", RegexOptions.None, 1000)]
    private static partial Regex LooksLikeKey();

    [GeneratedRegex(@"secret|password|ConnectionString|\bkeys?\b|list[A-Z]", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex SaysSecret();
}
