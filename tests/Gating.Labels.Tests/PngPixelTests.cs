using Gating.Labels.Explicit;
using Gating.Labels.Explicit.Drawing;
using Gating.Labels.Media;
using Gating.Labels.Png;
using Gating.Labels.Tests.Samples;
using Shouldly;
using Xunit;

namespace Gating.Labels.Tests;

public sealed class PngPixelTests
{
    public static TheoryData<Sample> Samples => [.. PngPixelSamples.All];

    [Theory]
    [MemberData(nameof(Samples))]
    public void Every_pixel_outside_the_box_stays_as_it_was(Sample sample)
    {
        var (before, box) = Pixels(sample.Bytes);
        var (after, _) = Pixels(ExplicitTests.Write(sample.Bytes).Bytes);
        after.Count.ShouldBe(before.Count);
        foreach (var (place, pixel) in before)
        {
            if (place.X < box.X || place.X >= box.Right || place.Y < box.Y || place.Y >= box.Bottom)
            {
                after[place].ShouldBe(pixel, place.ToString());
            }
        }
    }

    [Fact]
    public void Frames_keep_their_number_and_are_counted_anew()
    {
        var bytes = ExplicitTests.Write(PngPixelSamples.All[^1].Bytes).Bytes;
        var source = new MediaSource(new MemoryStream(bytes));
        var numbers = PngChunk.ReadAll(source).Where(static chunk => chunk.Type is "fcTL" or "fdAT").Select(chunk => source.ReadUInt32BigEndian(chunk.Offset + PngChunk.HeaderSize));
        numbers.ShouldBe([0, 1, 2, 3, 4, 5, 6]);
    }

    [Fact]
    public void A_frame_that_wipes_the_label_away_is_refused() => PixelLabelTests.Refused(PngPixelSamples.File(
        PngPixelSamples.Header(60, 40, 8, 0, isInterlaced: false),
        PngPixelSamples.Control(0, 60, 40, 0, 0, 1),
        PngChunk.Of("IDAT", PngSamples.Packed(PngPixelSamples.Rows(60, 40, 8, isInterlaced: false))),
        PngPixelSamples.Control(1, 8, 8, 0, 0, 0),
        PngPixelSamples.Frame(2, 8, 8))).Detail.ShouldContain("wiped away");

    [Fact]
    public void A_later_whole_frame_without_the_label_is_no_labelled_picture()
    {
        var bytes = ExplicitTests.Write(PngPixelSamples.All[^1].Bytes).Bytes;
        var source = new MediaSource(new MemoryStream(bytes));
        var end = PngChunk.ReadAll(source)[^1].Offset;
        var more = (byte[])[.. bytes.AsSpan(0, (int)end), .. PngPixelSamples.Control(7, 60, 40, 0, 0, 0), .. PngPixelSamples.Frame(8, 60, 40), .. bytes.AsSpan((int)end)];
        ExplicitLabel.Read(new MemoryStream(more)).ShouldBeOfType<ExplicitFinding.Undetermined>();
    }

    [Fact]
    public void More_or_fewer_pixels_than_announced_are_refused_as_malformed()
    {
        var rows = PngPixelSamples.Rows(50, 18, 8, isInterlaced: false);
        foreach (var wrong in (byte[][])[rows[..^1], [.. rows, 0]])
        {
            using var output = new MemoryStream();
            var file = PngPixelSamples.File(PngPixelSamples.Header(50, 18, 8, 0, isInterlaced: false), PngChunk.Of("IDAT", PngSamples.Packed(wrong)));
            ExplicitLabel.Write(new MemoryStream(file), output, ExplicitWording.Usual, C2paBinding.Refuse).ShouldBeOfType<ExplicitOutcome.Refused>().Reason.ShouldBe(LabelRefusal.Malformed);
        }
    }

    private static (Dictionary<(int Frame, long X, long Y), string> Pixels, LabelBox Box) Pixels(byte[] file)
    {
        var source = new MediaSource(new MemoryStream(file));
        var chunks = PngChunk.ReadAll(source);
        var header = PngHeader.Of(source, chunks[0]);
        var pixels = new Dictionary<(int, long, long), string>();
        foreach (var (frame, number) in PngFrame.ReadAll(source, header, chunks).Select(static (frame, i) => (frame, i)))
        {
            PngRows.Walk(source, header, frame, (part, _, row, _) =>
            {
                for (var i = 0; i < part.Count; i++)
                {
                    pixels.Add((number, part.XOf(i), part.Y), header.Bits < 8 ? $"{PixelCode.Get(row, i, header.Bits)}" : Convert.ToHexString(row.Slice(i * header.Bits / 8, header.Bits / 8)));
                }
            });
        }

        return (pixels, LabelBox.Of(header.Width, header.Height, ExplicitWording.Usual));
    }
}
