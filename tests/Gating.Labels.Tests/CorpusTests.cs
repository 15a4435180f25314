using System.Globalization;
using Gating.Testing;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace Gating.Labels.Tests;

/// <summary>Real, odd and malformed files of others: what a reader accepts is labelled, and whatever else ends in a clear refusal.</summary>
public sealed class CorpusTests(ITestOutputHelper output)
{
    [CorpusFact("media/MANIFEST.csv")]
    public void Every_file_ends_in_an_outcome_and_the_label_is_read_back()
    {
        var table = new SortedDictionary<string, (int Labelled, int Refused, SortedDictionary<string, int> Reasons)>(StringComparer.Ordinal);
        foreach (var file in Corpora.Files("media"))
        {
            using var input = File.OpenRead(file);
            using var labelled = new MemoryStream();
            var outcome = LabelWriter.Write(input, labelled, TestLabels.Content(), new(ForeignLabel.Propagate, C2paBinding.Break));
            var kind = Path.GetFileName(Path.GetDirectoryName(file)!);
            var row = table.GetValueOrDefault(kind, (0, 0, []));
            if (outcome is LabelOutcome.Refused refused)
            {
                refused.Reason.ShouldNotBe(LabelRefusal.ReadBackDiffers, $"{file}: {refused.Detail}");
                labelled.Length.ShouldBe(0);
                row.Reasons[refused.Reason.ToString()] = row.Reasons.GetValueOrDefault(refused.Reason.ToString()) + 1;
                row.Refused++;
            }
            else
            {
                row.Labelled++;
            }

            table[kind] = row;
        }

        foreach (var (kind, (done, refused, reasons)) in table)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{kind,-12} {done,4} labelled {refused,4} refused  {string.Join(", ", reasons.Select(static reason => $"{reason.Key} {reason.Value}"))}"));
        }
    }
}
