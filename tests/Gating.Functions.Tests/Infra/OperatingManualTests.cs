using System.Text.RegularExpressions;
using Shouldly;
using Xunit;

namespace Gating.Functions.Tests.Infra;

/// <summary>The operator's manual has a row for each alert and for each event of the log from warning on, and for no other.</summary>
public sealed partial class OperatingManualTests
{
    private static readonly string Manual = InfraFolder.Real.Read("infra/OPERATING.md");

    [Fact]
    public async Task Each_alert_has_its_row()
    {
        var alerts = (await BicepFile.ReadAsync(InfraFolder.Real)).Single(static file => file.Name.EndsWith("/alerts.bicep", StringComparison.Ordinal)).Json.GetProperty("variables");
        string[] names = [.. new[] { "questions", "measured" }.SelectMany(list => alerts.GetProperty(list).EnumerateArray()).Select(static alert => alert.GetProperty("name").GetString()!)];
        names.Length.ShouldBe(15);
        Rows("Alerts").SelectMany(static row => Quoted().Matches(row).Select(static match => match.Groups["text"].Value)).Order(StringComparer.Ordinal).ShouldBe(names.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Each_event_from_warning_on_has_its_row()
    {
        var events = Directory.GetFiles(Path.Combine(InfraFolder.Real.Root, "src"), "*.cs", SearchOption.AllDirectories)
            .Where(static file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .SelectMany(static file => Event().Matches(File.ReadAllText(file)).Select(static match => match.Groups["id"].Value))
            .ToHashSet(StringComparer.Ordinal);
        var told = Rows("Events").SelectMany(static row => Number().Matches(row).Select(static match => match.Value)).ToHashSet(StringComparer.Ordinal);
        events.Count.ShouldBeGreaterThan(25);
        events.Except(told, StringComparer.Ordinal).ShouldBeEmpty("an event is logged that the manual has no row for");
        told.Except(events, StringComparer.Ordinal).ShouldBeEmpty("the manual has a row for an event that nothing logs");
    }

    /// <summary>First cells of the table under a heading.</summary>
    private static IEnumerable<string> Rows(string heading) => Manual.Split($"\n## {heading}\n")[1].Split("\n## ")[0].Split('\n')
        .Where(static line => line.StartsWith("| ", StringComparison.Ordinal)).Skip(1).Select(static line => line.Split('|')[1]);

    [GeneratedRegex("`(?<text>[a-z-]+)`", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Quoted();

    [GeneratedRegex(@"\b[0-9]+\b", RegexOptions.None, 1000)]
    private static partial Regex Number();

    [GeneratedRegex(@"LoggerMessage\((?<id>[0-9]+), LogLevel\.(Warning|Error|Critical)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Event();
}
