using System.Diagnostics;
using Gating.Labels.Tests.Samples;
using Shouldly;
using Xunit;

namespace Gating.Labels.Tests;

/// <summary>Cut off anywhere, or with any byte wrong, a file ends in an outcome: no exception, no hang.</summary>
public sealed class HostileTests
{
    public static TheoryData<Sample> Samples => [.. Sample.All];

    [Theory]
    [MemberData(nameof(Samples))]
    public void Truncated_at_every_byte(Sample sample)
    {
        for (var length = 0; length < sample.Bytes.Length; length++)
        {
            ShouldEnd(sample.Bytes[..length]);
        }
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void With_every_byte_changed(Sample sample)
    {
        var labelled = RoundTripTests.Write(sample.Bytes, TestLabels.Content()).Bytes;
        for (var at = 0; at < labelled.Length; at++)
        {
            foreach (var changed in WrongBytes(labelled, at))
            {
                var kept = labelled[at];
                labelled[at] = changed;
                ShouldEnd(labelled);
                labelled[at] = kept;
            }
        }
    }

    /// <summary>Two of four wrong values, the other two at the next place: all four at every place cost CI two minutes and found nothing that these do not.</summary>
    internal static byte[] WrongBytes(byte[] file, int at) => at % 2 == 0 ? [0, (byte)(file[at] ^ 1)] : [0xFF, (byte)(file[at] ^ 0x80)];

    private static void ShouldEnd(byte[] file)
    {
        var started = Stopwatch.GetTimestamp();
        using var output = new MemoryStream();
        LabelReader.Read(new MemoryStream(file)).ShouldNotBeNull();
        if (LabelWriter.Write(new MemoryStream(file), output, TestLabels.Content(), LabelPolicy.Careful with { OfAnother = ForeignLabel.Propagate }) is LabelOutcome.Refused refused)
        {
            output.Length.ShouldBe(0);
            refused.Reason.ShouldNotBe(LabelRefusal.ReadBackDiffers, refused.Detail);
        }

        started.ShouldNotHaveHung();
    }
}
