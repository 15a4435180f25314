using System.Diagnostics;
using FsCheck;
using FsCheck.Fluent;
using Gating.Labels.Explicit;
using Gating.Labels.Tests.Samples;
using Shouldly;
using Xunit;

namespace Gating.Labels.Tests;

/// <summary>Files that are damaged in several places at once, and labels of any content. A failure prints the seed that repeats it.</summary>
public sealed class PropertyTests
{
    private const int Runs = 2000;
    private const long MostAllocated = 32L * 1024 * 1024;

    private static readonly Sample[] Files = [.. Sample.All, .. TextSamples.All];

    /// <summary>One piece of damage: what is done at a place, both as shares of the file.</summary>
    public sealed record Damage(int Kind, int At, int Length, byte Value);

    [Fact]
    public void A_damaged_file_ends_in_an_outcome_in_time_and_in_bounded_memory() =>
        Prop.ForAll(Arb.From(Damaged), damaged => ShouldEnd(damaged.Sample, damaged.Damages)).Check(Config.QuickThrowOnFailure.WithMaxTest(Runs));

    [Fact]
    public void Any_label_that_the_standard_allows_comes_back_from_any_file_that_has_room_for_it() =>
        Prop.ForAll(Arb.From(Labelled), wanted =>
        {
            using var output = new MemoryStream();
            var written = LabelWriter.Write(new MemoryStream(wanted.Sample.Bytes), output, TestLabels.Content() with { Label = wanted.Label }, LabelPolicy.Careful);
            if (written is LabelOutcome.Refused { Reason: LabelRefusal.Unsupported } && wanted.Sample is { Format: "AVI", What: "of several RIFFs" })
            {
                return;
            }

            var outcome = written.ShouldBeOfType<LabelOutcome.Labelled>(written.ToString());
            outcome.After.Labels.ShouldHaveSingleItem().Content.Label.ShouldBe(wanted.Label);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(Runs));

    private static Gen<(Sample Sample, Damage[] Damages)> Damaged =>
        from sample in Gen.Elements(Files)
        from damages in Gen.NonEmptyListOf(
            from kind in Gen.Choose(0, 4)
            from at in Gen.Choose(0, 9999)
            from length in Gen.Choose(1, 64)
            from value in Gen.Elements<byte>(0, 1, 0x7F, 0x80, 0xFF, (byte)'<', (byte)'"')
            select new Damage(kind, at, length, value))
        select (sample, damages.Take(8).ToArray());

    private static Gen<(Sample Sample, Label Label)> Labelled =>
        from sample in Gen.Elements(Sample.All.ToArray())
        from number in Value(1, 200)
        from code in Value(0, 600)
        select (sample, Label.Generated(TestLabels.Ours, number, code));

    private static Gen<string> Value(int least, int most) =>
        from length in Gen.Choose(least, most)
        from characters in Gen.ArrayOf(Gen.Choose('!', '~').Select(static c => (char)c).Where(Label.IsAllowed), length)
        select new string(characters);

    private static void ShouldEnd(Sample sample, Damage[] damages)
    {
        var file = damages.Aggregate(sample.Bytes, Apply);
        var (started, allocated) = (Stopwatch.GetTimestamp(), GC.GetAllocatedBytesForCurrentThread());
        using var output = new MemoryStream();
        LabelReader.Read(new MemoryStream(file)).ShouldNotBeNull();
        ExplicitLabel.Read(new MemoryStream(file)).ShouldNotBeNull();
        if (LabelWriter.Write(new MemoryStream(file), output, TestLabels.Content(), new(ForeignLabel.Propagate, C2paBinding.Break)) is LabelOutcome.Refused refused)
        {
            refused.Reason.ShouldNotBe(LabelRefusal.ReadBackDiffers, $"{sample}: {refused.Detail}");
            output.Length.ShouldBe(0);
        }

        (GC.GetAllocatedBytesForCurrentThread() - allocated).ShouldBeLessThan(MostAllocated, sample.ToString());
        started.ShouldNotHaveHung(sample.ToString());
    }

    private static byte[] Apply(byte[] file, Damage damage)
    {
        var at = (int)((long)file.Length * damage.At / 10_000);
        var length = Math.Min(damage.Length, file.Length - at);
        return damage.Kind switch
        {
            0 => [.. file[..at], .. Enumerable.Repeat(damage.Value, length), .. file[(at + length)..]],
            1 => [.. file[..at], .. file[(at + length)..]],
            2 => [.. file[..at], .. file[at..(at + length)], .. file[at..]],
            3 => [.. file[..at], .. Enumerable.Repeat(damage.Value, damage.Length), .. file[at..]],
            _ => file[..at],
        };
    }
}
