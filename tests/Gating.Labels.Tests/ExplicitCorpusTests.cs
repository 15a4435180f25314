using System.Globalization;
using Gating.Labels.Explicit;
using Gating.Testing;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace Gating.Labels.Tests;

/// <summary>Real, odd and malformed files of others: they have no label of ours, and either get one or a clear refusal.</summary>
public sealed class ExplicitCorpusTests(ITestOutputHelper output)
{
    [CorpusFact("media/MANIFEST.csv")]
    public void Every_file_has_no_label_and_gets_one_or_a_refusal()
    {
        var table = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var file in Corpora.Files("media"))
        {
            using var input = File.OpenRead(file);
            using var labelled = new MemoryStream();
            ExplicitLabel.Read(input).ShouldNotBeOfType<ExplicitFinding.Found>(file);
            var row = ExplicitLabel.Write(input, labelled, ExplicitWording.Usual, C2paBinding.Break) switch
            {
                ExplicitOutcome.Labelled done => $"{done.Format} labelled",
                ExplicitOutcome.Refused refused => Refusal(file, refused),
                var other => throw new InvalidOperationException($"{file}: {other}"),
            };
            table[row] = table.GetValueOrDefault(row) + 1;
        }

        foreach (var (row, count) in table)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{count,4} {row}"));
        }
    }

    private static string Refusal(string file, ExplicitOutcome.Refused refused)
    {
        refused.Reason.ShouldNotBe(LabelRefusal.ReadBackDiffers, $"{file}: {refused.Detail}");
        return refused.Reason is LabelRefusal.Unrecognised ? "other formats" : $"{Path.GetFileName(Path.GetDirectoryName(file))} refused, {refused.Reason}: {refused.Detail}";
    }
}
