using System.Diagnostics;
using System.Globalization;
using Gating.Labels.Perceptual;
using Gating.Labels.Png;
using Gating.Labels.Tests.Samples;
using Gating.Testing;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace Gating.Labels.Tests;

public sealed class PerceptualTests(ITestOutputHelper output)
{
    public static TheoryData<Sample> Samples => [.. Sample.All.Where(static sample => sample.Format is "JPEG" or "PNG" or "GIF"), .. PngPixelSamples.All, .. GifPixelSamples.All];

    [Fact]
    public void The_hash_of_version_1_is_the_same_on_every_machine() =>
        Hash(Looks.Png(8, 0, isInterlaced: false, static value => [value])).Hash.ToString().ShouldBe("f63386ff71330ca032b394bf16748544");

    [Fact]
    public void However_a_file_holds_a_picture_its_hash_is_the_same()
    {
        var expected = Hash(Looks.Png(8, 0, isInterlaced: false, static value => [value])).Hash;
        foreach (var (what, file) in Looks.All())
        {
            Hash(file).Hash.Distance(expected).ShouldBeLessThanOrEqualTo(2, what);
        }
    }

    [Fact]
    public void A_hash_is_told_by_its_text()
    {
        var hash = new PerceptualHash(((UInt128)0x0123 << 112) | 0xAB);
        PerceptualHash.TryParse(hash.ToString(), out var read).ShouldBeTrue();
        read.ShouldBe(hash);
        hash.ToString().ShouldBe("012300000000000000000000000000ab");
        hash.Bands.ShouldBe([0x1000123u, 0x1010000u, 0x1020000u, 0x1030000u, 0x1040000u, 0x1050000u, 0x1060000u, 0x10700ABu]);
        foreach (var wrong in (string?[])[null, "", "12", new('g', 32), new('1', 31), " " + new string('1', 31), new('1', 33)])
        {
            PerceptualHash.TryParse(wrong, out _).ShouldBeFalse(wrong);
        }
    }

    [Fact]
    public void Seven_differences_leave_a_band_in_common()
    {
        var random = new Random(7);
        for (var i = 0; i < 2000; i++)
        {
            var (one, other) = (new PerceptualHash(new((ulong)random.NextInt64(), (ulong)random.NextInt64())), default(PerceptualHash));
            other = one;
            for (var turned = 0; turned < PerceptualHash.SharesBand; turned++)
            {
                other = new(other.Value ^ (UInt128.One << random.Next(128)));
            }

            one.Bands.Intersect(other.Bands).ShouldNotBeEmpty();
        }
    }

    [Fact]
    public void What_has_no_hash_says_why()
    {
        None(Looks.Png(8, 0, isInterlaced: false, static _ => [99])).ShouldBe(PerceptualAbsence.Flat);
        None(Looks.Png(8, 0, isInterlaced: false, static value => [(byte)(100 + (value / 128))])).ShouldBe(PerceptualAbsence.Flat);
        None(Looks.Png(8, 0, isInterlaced: false, static value => [value])[..5000]).ShouldBe(PerceptualAbsence.Broken);
        None(PngPixelSamples.All[1].Bytes).ShouldBe(PerceptualAbsence.TooSmall);
        None(Sample.All.First(static sample => sample.Format is "WebP").Bytes).ShouldBe(PerceptualAbsence.OtherFormat);
        None([]).ShouldBe(PerceptualAbsence.OtherFormat);
        None(PngPixelSamples.File(PngPixelSamples.Header(200_000, 200_000, 1, 0, isInterlaced: false), PngChunk.Of("IDAT", []))).ShouldBe(PerceptualAbsence.Unsupported);
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void Cut_off_anywhere_or_with_any_byte_wrong_a_file_ends_in_an_outcome(Sample sample) => ShouldEnd(sample.Bytes, step: 1);

    [CorpusFact("media/MANIFEST.csv")]
    public void Files_of_others_end_in_an_outcome()
    {
        var table = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var file in Corpora.Files("media"))
        {
            using var input = File.OpenRead(file);
            var started = Stopwatch.GetTimestamp();
            var row = PerceptualHash.Of(input) is PerceptualOutcome.None none ? none.Reason is PerceptualAbsence.OtherFormat ? "other formats" : $"{none.Reason}: {none.Detail}" : "hashed";
            started.ShouldNotHaveHung(file);
            table[row] = table.GetValueOrDefault(row) + 1;
        }

        foreach (var (row, count) in table)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{count,4} {row}"));
        }
    }

    [CorpusFact("media/jpeg/libvips__2.jpg")]
    public void Cut_off_or_changed_a_progressive_file_ends_in_an_outcome() => ShouldEnd(Corpora.Read("media/jpeg/libvips__2.jpg"), step: 397);

    [CorpusFact("media/jpeg/exiv2__Reagan.jpg")]
    public void Cut_off_or_changed_a_file_with_restarts_ends_in_an_outcome() => ShouldEnd(Corpora.Read("media/jpeg/exiv2__Reagan.jpg"), step: 397);

    internal static PerceptualOutcome.Hashed Hash(byte[] file) => PerceptualHash.Of(new MemoryStream(file)).ShouldBeOfType<PerceptualOutcome.Hashed>();

    private static PerceptualAbsence None(byte[] file) => PerceptualHash.Of(new MemoryStream(file)).ShouldBeOfType<PerceptualOutcome.None>().Reason;

    // The structure in front byte by byte, of a larger file's pixels some.
    private static void ShouldEnd(byte[] shared, int step)
    {
        // Other classes read the same sample at the same time.
        var file = shared.ToArray();
        for (var at = 0; at < file.Length; at += at < 1000 ? 1 : step)
        {
            ShouldEnd(file[..at]);
            foreach (var changed in (byte[])[0, 0xFF, (byte)(file[at] ^ 1), (byte)(file[at] ^ 0x80)])
            {
                var kept = file[at];
                file[at] = changed;
                ShouldEnd(file);
                file[at] = kept;
            }
        }
    }

    private static void ShouldEnd(byte[] file)
    {
        var started = Stopwatch.GetTimestamp();
        PerceptualHash.Of(new MemoryStream(file)).ShouldNotBeNull();
        started.ShouldNotHaveHung();
    }
}
