using System.Security.Cryptography;
using Gating.Labels.Tests.Samples;
using Shouldly;
using Xunit;

namespace Gating.Labels.Tests;

/// <summary>What holds in every format: one label in, the same label out, and nobody else's touched without being asked.</summary>
public sealed class RoundTripTests
{
    public static TheoryData<Sample> Samples => [.. Sample.All];

    [Fact]
    public void Every_format_has_samples() =>
        LabelFormats.All.Select(format => format.Name).Except(Sample.All.Select(sample => sample.Format), StringComparer.Ordinal).ShouldBeEmpty();

    [Theory]
    [MemberData(nameof(Samples))]
    public void A_sample_is_recognised_as_what_it_is_and_has_no_label(Sample sample)
    {
        var report = Read(sample.Bytes);
        report.Format.ShouldBe(sample.Format);
        report.Labels.ShouldBeEmpty();
        report.Verdict.ShouldBe(LabelVerdict.None);
        report.Notes.ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void A_label_that_is_written_is_the_one_label_that_is_read(Sample sample)
    {
        var (labelled, outcome) = Write(sample.Bytes, TestLabels.Content());
        outcome.SourceSha256.ToArray().ShouldBe(SHA256.HashData(sample.Bytes));
        outcome.OutputSha256.ToArray().ShouldBe(SHA256.HashData(labelled));
        outcome.After.Labels.ShouldHaveSingleItem().Content.Label.ShouldBe(TestLabels.Content().Label);
        outcome.After.Verdict.ShouldBe(LabelVerdict.Confirmed);
        outcome.After.Breaches.ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void A_second_label_of_ours_replaces_the_first(Sample sample)
    {
        var (once, _) = Write(sample.Bytes, TestLabels.Content());
        var (twice, outcome) = Write(once, TestLabels.Content("another-id"));
        outcome.After.Labels.ShouldHaveSingleItem().Content.Label!.ProduceId.ShouldBe("another-id");
        Math.Abs(twice.Length - once.Length).ShouldBeLessThan(512);
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void The_same_label_again_is_the_same_file(Sample sample)
    {
        var (once, _) = Write(sample.Bytes, TestLabels.Content());
        Write(once, TestLabels.Content()).Bytes.ShouldBe(once);
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void Another_producers_label_is_refused_or_carried_on_as_the_caller_decides(Sample sample)
    {
        var (theirs, _) = Write(sample.Bytes, TestLabels.Content("their-id", TestLabels.Theirs));
        using var output = new MemoryStream();
        LabelWriter.Write(new MemoryStream(theirs), output, TestLabels.Content(), LabelPolicy.Careful).ShouldBeOfType<LabelOutcome.Refused>().Reason.ShouldBe(LabelRefusal.LabelOfAnother);
        output.Length.ShouldBe(0);

        var (_, outcome) = Write(theirs, TestLabels.Content(), LabelPolicy.Careful with { OfAnother = ForeignLabel.Propagate });
        var label = outcome.After.Labels.ShouldHaveSingleItem().Content.Label!;
        label.ContentProducer.ShouldBe(TestLabels.Theirs.Text);
        label.ProduceId.ShouldBe("their-id");
        label.ContentPropagator.ShouldBe(TestLabels.Ours.Text);
        label.PropagateId.ShouldBe(TestLabels.Content().Label.ProduceId);
    }

    internal static (byte[] Bytes, LabelOutcome.Labelled Outcome) Write(byte[] file, LabelContent content, LabelPolicy? policy = null)
    {
        using var output = new MemoryStream();
        var outcome = LabelWriter.Write(new MemoryStream(file), output, content, policy ?? LabelPolicy.Careful);
        return (output.ToArray(), outcome.ShouldBeOfType<LabelOutcome.Labelled>(outcome.ToString()));
    }

    private static LabelReport Read(byte[] file) => LabelReader.Read(new MemoryStream(file)).ShouldBeOfType<ReadOutcome.Read>().Report;
}
