using System.Diagnostics;
using Gating.Labels.Tests.Samples;
using Shouldly;
using Xunit;

namespace Gating.Labels.Tests;

/// <summary>Cut off anywhere, or with any byte wrong, a file ends in an outcome: no exception, no hang.</summary>
public sealed class HostileTests
{
    private static readonly TimeSpan Hang = TimeSpan.FromSeconds(1);

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
            foreach (var changed in (byte[])[0, 0xFF, (byte)(labelled[at] ^ 1), (byte)(labelled[at] ^ 0x80)])
            {
                var kept = labelled[at];
                labelled[at] = changed;
                ShouldEnd(labelled);
                labelled[at] = kept;
            }
        }
    }

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

        Stopwatch.GetElapsedTime(started).ShouldBeLessThan(Hang);
    }
}
