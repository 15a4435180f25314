using System.Diagnostics;
using System.Security.Cryptography;
using Gating.Labels.Explicit;
using Gating.Labels.Tests.Samples;
using Shouldly;
using Xunit;

namespace Gating.Labels.Tests;

/// <summary>What holds of explicit labels in every format that gets one.</summary>
public sealed class ExplicitTests
{
    /// <summary>Bytes at either end of a file where every one is tried: headers, tables, trailers. Between them are pixels or sound, of which one in thirteen is.</summary>
    private const int Structure = 1024;

    private const int Stride = 13;

    public static TheoryData<Sample> Samples => [.. ExplicitSample.All];

    public static TheoryData<Sample> SamplesWithMetadata => [.. ExplicitSample.All.Where(static sample => LabelFormats.All.Any(format => string.Equals(format.Name, sample.Format, StringComparison.Ordinal)))];

    [Fact]
    public void Every_format_has_samples() =>
        ExplicitFormats.All.Select(format => format.Name).Except(ExplicitSample.All.Select(sample => sample.Format), StringComparer.Ordinal).ShouldBeEmpty();

    [Theory]
    [MemberData(nameof(Samples))]
    public void A_sample_has_none(Sample sample) => ExplicitLabel.Read(new MemoryStream(sample.Bytes)).ShouldNotBeOfType<ExplicitFinding.Found>();

    [Theory]
    [MemberData(nameof(Samples))]
    public void A_label_that_is_written_is_found_again(Sample sample)
    {
        var (bytes, outcome) = Write(sample.Bytes);
        outcome.Format.ShouldBe(sample.Format);
        outcome.SourceSha256.ToArray().ShouldBe(SHA256.HashData(sample.Bytes));
        outcome.OutputSha256.ToArray().ShouldBe(SHA256.HashData(bytes));
        ExplicitLabel.Read(new MemoryStream(bytes)).ShouldBe(outcome.Label);
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void A_file_that_has_one_gets_no_second(Sample sample)
    {
        var (bytes, _) = Write(sample.Bytes);
        using var output = new MemoryStream();
        ExplicitLabel.Write(new MemoryStream(bytes), output, ExplicitWording.Usual, C2paBinding.Refuse).ShouldBeOfType<ExplicitOutcome.AlreadyThere>();
        output.Length.ShouldBe(0);
    }

    [Theory]
    [MemberData(nameof(SamplesWithMetadata))]
    public void Either_label_leaves_the_other_as_it_is(Sample sample)
    {
        var content = TestLabels.Content();
        var (both, outcome) = RoundTripTests.Write(Write(sample.Bytes).Bytes, content);
        outcome.After.Labels.ShouldHaveSingleItem().Content.Label.ShouldBe(content.Label);
        ExplicitLabel.Read(new MemoryStream(both)).ShouldBeOfType<ExplicitFinding.Found>();

        var (other, _) = Write(RoundTripTests.Write(sample.Bytes, content).Bytes);
        LabelReader.Read(new MemoryStream(other)).ShouldBeOfType<ReadOutcome.Read>().Report.Labels.ShouldHaveSingleItem().Content.Label.ShouldBe(content.Label);
    }

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
    public void With_any_byte_changed(Sample sample)
    {
        var bytes = sample.Bytes.ToArray();
        for (var at = 0; at < bytes.Length; at += at < Structure || at >= bytes.Length - Structure ? 1 : Stride)
        {
            foreach (var changed in HostileTests.WrongBytes(bytes, at))
            {
                var kept = bytes[at];
                bytes[at] = changed;
                ShouldEnd(bytes);
                bytes[at] = kept;
            }
        }
    }

    internal static (byte[] Bytes, ExplicitOutcome.Labelled Outcome) Write(byte[] file, ExplicitWording? wording = null)
    {
        using var output = new MemoryStream();
        var outcome = ExplicitLabel.Write(new MemoryStream(file), output, wording ?? ExplicitWording.Usual, C2paBinding.Refuse);
        return (output.ToArray(), outcome.ShouldBeOfType<ExplicitOutcome.Labelled>(outcome.ToString()));
    }

    private static void ShouldEnd(byte[] file)
    {
        var started = Stopwatch.GetTimestamp();
        using var output = new MemoryStream();
        ExplicitLabel.Read(new MemoryStream(file)).ShouldNotBeNull();
        if (ExplicitLabel.Write(new MemoryStream(file), output, ExplicitWording.Usual, C2paBinding.Break) is ExplicitOutcome.Refused refused)
        {
            output.Length.ShouldBe(0);
            refused.Reason.ShouldNotBe(LabelRefusal.ReadBackDiffers, refused.Detail);
        }

        started.ShouldNotHaveHung();
    }
}
