using System.Reflection;
using System.Text.RegularExpressions;
using Shouldly;
using Xunit;

namespace Gating.Functions.Tests.Infra;

/// <summary>Every setting that the code reads is set by Bicep, told to operators by README, and in the sample for a developer's host; and no other is named in any of the three.</summary>
public sealed partial class SettingsTests
{
    // Said by the Functions host to whom it starts.
    private const string OfTheHost = "FUNCTIONS_CUSTOMHANDLER_PORT";

    // For a developer's machine: on Azure the gate refuses to start with the one, and without it the other is refused.
    private static readonly string[] DevelopmentOnly = ["Gating__Development", "Gating__Keys__DevelopmentFolder"];

    [Fact]
    public async Task Code_Bicep_README_and_sample_name_the_same_settings() => (await FaultsAsync(InfraFolder.Real)).ShouldBeEmpty();

    [Theory]
    [InlineData("infra/modules/function.bicep", "Gating__Storage__TryTimeout", "Gating__Storage__TryTimeOut", "Gating__Storage__TryTimeout is not set by Bicep")]
    [InlineData("infra/modules/function.bicep", "Gating__Storage__TryTimeout", "Gating__Storage__TryTimeOut", "Gating__Storage__TryTimeOut is set by Bicep, and nobody reads it")]
    [InlineData("infra/modules/function.bicep", "Gating__DrivesItself: 'false'", "Gating__Development: 'true'", "Gating__Development is for a developer's machine alone, and set by Bicep")]
    [InlineData("infra/modules/function.bicep", "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT is not set by Bicep")]
    [InlineData("README.md", "`Gating__IdentifyPerMinute`", "`Gating__Identify`", "Gating__IdentifyPerMinute is not in README")]
    [InlineData("README.md", "`Gating__IdentifyPerMinute`", "`Gating__Identify`", "Gating__Identify is in README, and nobody reads it")]
    [InlineData("local.settings.sample.json", "Gating__Log__Witnesses", "Gating__Log__Witness", "Gating__Log__Witnesses is not in the sample")]
    public async Task A_setting_that_one_of_them_lacks_or_misspells_is_found(string file, string what, string by, string fault)
    {
        using var copy = InfraFolder.Copy();
        copy.Damage(file, what, by);
        (await FaultsAsync(copy)).ShouldContain(fault);
    }

    [Fact]
    public void The_sample_is_taken_by_a_developer_s_gate_as_it_is()
    {
        using var json = System.Text.Json.JsonDocument.Parse(InfraFolder.Real.Read("local.settings.sample.json"));
        var values = json.RootElement.GetProperty("Values").EnumerateObject().ToDictionary(static member => member.Name, static member => member.Value.GetString(), StringComparer.Ordinal);
        values["FUNCTIONS_WORKER_RUNTIME"].ShouldBe("custom");
        var keys = Directory.CreateTempSubdirectory("gating-sample");
        values["Gating__Keys__DevelopmentFolder"] = keys.FullName;
        try
        {
            using var app = GateApp.Build([], builder =>
            {
                builder.Configuration.Sources.Clear();
                Microsoft.Extensions.Configuration.MemoryConfigurationBuilderExtensions.AddInMemoryCollection(
                    builder.Configuration, values.ToDictionary(static pair => pair.Key.Replace("__", ":", StringComparison.Ordinal), static pair => pair.Value, StringComparer.Ordinal));
            });
        }
        finally
        {
            keys.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Functions_take_messages_from_the_queues_of_the_data_account_and_not_from_the_host_s_own() => (await ConnectionsAsync(InfraFolder.Real, Path.Combine(InfraFolder.Real.Root, "src"))).ShouldBeEmpty();

    [Theory]
    [InlineData("AzureWebJobsStorage", 0)]
    [InlineData("Elsewhere", 1)]
    public async Task A_function_on_other_queues_is_found(string connection, int faults)
    {
        using var copy = InfraFolder.Copy();
        Directory.CreateDirectory(Path.Combine(copy.Root, "src"));
        await File.WriteAllTextAsync(Path.Combine(copy.Root, "src", "trace.function.json"), $$"""{"bindings":[{"type":"queueTrigger","direction":"in","name":"message","queueName":"trace","connection":"{{connection}}"}]}""");
        (await ConnectionsAsync(copy, Path.Combine(copy.Root, "src"))).Count.ShouldBe(faults);
    }

    /// <summary>A connection is the data account's where Bicep gives its <c>__queueServiceUri</c> the address that the gate itself has.</summary>
    private static async Task<IReadOnlyList<string>> ConnectionsAsync(InfraFolder folder, string functions)
    {
        var text = (await BicepFile.ReadAsync(folder)).Single(static file => file.Name.EndsWith("/function.bicep", StringComparison.Ordinal)).Text;
        return
        [
            .. from file in Directory.GetFiles(functions, "*function.json", SearchOption.AllDirectories)
               where !file.Split(Path.DirectorySeparatorChar).Any(static part => part is "bin" or "obj" or "node_modules")
               from binding in System.Text.Json.JsonDocument.Parse(File.ReadAllText(file)).RootElement.GetProperty("bindings").EnumerateArray()
               where binding.GetProperty("type").GetString() is "queueTrigger"
               let connection = binding.TryGetProperty("connection", out var said) ? said.GetString() : "AzureWebJobsStorage"
               where !text.Contains($"{connection}__queueServiceUri: queueServiceUri\n", StringComparison.Ordinal)
               select $"{Path.GetFileName(file)} is triggered by '{connection}', which is not the data account's: AzureWebJobsStorage is",
        ];
    }

    private static async Task<IReadOnlyList<string>> FaultsAsync(InfraFolder folder)
    {
        var read = SettingsOf(typeof(GateSettings), "Gating").Concat(VariablesOfCode()).Where(static name => name is not OfTheHost).ToHashSet(StringComparer.Ordinal);
        var bicep = (await BicepFile.ReadAsync(folder)).Single(static file => file.Name.EndsWith("/function.bicep", StringComparison.Ordinal)).Keys.ToHashSet(StringComparer.Ordinal);
        var (readme, sample) = (folder.Read("README.md"), folder.Read("local.settings.sample.json"));
        var faults = new List<string>();
        foreach (var name in read)
        {
            var isDevelopment = DevelopmentOnly.Contains(name);
            if (isDevelopment == bicep.Contains(name))
            {
                faults.Add(isDevelopment ? $"{name} is for a developer's machine alone, and set by Bicep" : $"{name} is not set by Bicep");
            }

            if (!ReadmeNames(readme).Contains(name))
            {
                faults.Add($"{name} is not in README");
            }

            if (!Whole(sample, name))
            {
                faults.Add($"{name} is not in the sample");
            }
        }

        faults.AddRange(bicep.Where(name => name.StartsWith("Gating__", StringComparison.Ordinal) && !read.Contains(name)).Select(static name => $"{name} is set by Bicep, and nobody reads it"));
        faults.AddRange(ReadmeNames(readme).Where(name => !read.Contains(name)).Select(static name => $"{name} is in README, and nobody reads it"));
        faults.AddRange(GatingName().Matches(sample).Select(static match => match.Value).Where(name => !read.Contains(name)).Distinct(StringComparer.Ordinal).Select(static name => $"{name} is in the sample, and nobody reads it"));
        return faults;
    }

    private static IEnumerable<string> SettingsOf(Type type, string prefix) => type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .SelectMany(property => property.PropertyType.Assembly == typeof(GateSettings).Assembly ? SettingsOf(property.PropertyType, $"{prefix}__{property.Name}") : [$"{prefix}__{property.Name}"]);

    /// <summary>Environment variables that are named in the code that is deployed, but for those of builds that tests kill.</summary>
    private static IEnumerable<string> VariablesOfCode() => new[] { "Gating", "Gating.Azure", "Gating.Functions" }
        .SelectMany(static project => Directory.GetFiles(Path.Combine(InfraFolder.Real.Root, "src", project), "*.cs", SearchOption.AllDirectories))
        .Where(static file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal) && Path.GetFileName(file) is not "CrashPoint.cs")
        .SelectMany(static file => Variable().Matches(File.ReadAllText(file)).Select(static match => match.Groups["name"].Value));

    /// <summary>In the table of settings a row may name several: what follows the first is the end of its name, after an ellipsis.</summary>
    private static IEnumerable<string> ReadmeNames(string readme)
    {
        foreach (var line in readme.Split('\n'))
        {
            var stem = string.Empty;
            foreach (Match match in ReadmeName().Matches(line))
            {
                var name = match.Groups["whole"].Success ? match.Groups["whole"].Value : stem + match.Groups["end"].Value;
                if (match.Groups["whole"].Success)
                {
                    stem = name[..(name.LastIndexOf('_') + 1)];
                }

                if (name.StartsWith("Gating__", StringComparison.Ordinal) || name.StartsWith("OTEL_", StringComparison.Ordinal))
                {
                    yield return name;
                }
            }
        }
    }

    private static bool Whole(string text, string name) => Regex.IsMatch(text, $@"(?<!\w){Regex.Escape(name)}(?!\w)", RegexOptions.None, TimeSpan.FromSeconds(1));

    [GeneratedRegex(@"(?<!\w)Gating__\w+", RegexOptions.None, 1000)]
    private static partial Regex GatingName();

    [GeneratedRegex(@"`(?<whole>(Gating__|OTEL_)\w+)`|`…(?<end>\w+)`", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ReadmeName();

    [GeneratedRegex(@"""(?<name>(OTEL|FUNCTIONS|AZURE|GATING)_[A-Z0-9_]+)""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Variable();
}
