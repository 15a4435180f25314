using Gating.Labels.Explicit;
using Gating.Labels.Gif;
using Gating.Labels.Media;
using Gating.Labels.Tests.Samples;
using Shouldly;
using Xunit;

namespace Gating.Labels.Tests;

public sealed class GifPixelTests
{
    [Theory]
    [InlineData(2, 1)]
    [InlineData(2, 70_000)]
    [InlineData(8, 1)]
    [InlineData(8, 3)]
    [InlineData(8, 254)]
    [InlineData(8, 300_000)]
    public void What_is_packed_is_unpacked_again(int codeSize, int count)
    {
        var colours = new byte[count];
        for (var (i, state) = (0, 1u); i < count; i++)
        {
            state = (state * 1_664_525) + 1_013_904_223;
            colours[i] = (byte)((state >> 24) & ((1 << codeSize) - 1) & (i % 1000 < 500 ? 0xFF : 1));
        }

        using var packed = new MemoryStream();
        var writer = new LzwWriter(codeSize, bytes => packed.Write(bytes.Span));
        writer.Write(colours.AsSpan(0, count / 2));
        writer.Write(colours.AsSpan(count / 2));
        writer.Finish();
        var unpacked = new byte[count];
        new LzwReader(new MediaSource(packed), 0).Read(unpacked);
        unpacked.ShouldBe(colours);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    public void Every_pixel_outside_the_box_stays_as_it_was(int sample)
    {
        var (before, after) = (Pixels(GifPixelSamples.All[sample].Bytes), Pixels(ExplicitTests.Write(GifPixelSamples.All[sample].Bytes).Bytes));
        var changed = before.Where(pixel => after[pixel.Key] != pixel.Value).Select(static pixel => pixel.Key).ToArray();
        after.Count.ShouldBe(before.Count);
        changed.ShouldNotBeEmpty();
        var source = new MediaSource(new MemoryStream(GifPixelSamples.All[sample].Bytes));
        var box = Gating.Labels.Explicit.Drawing.LabelBox.Of(source.ReadByte(6), source.ReadByte(8), ExplicitWording.Usual);
        changed.ShouldAllBe(place => place.X >= box.X && place.X < box.Right && place.Y >= box.Y && place.Y < box.Bottom);
    }

    [Fact]
    public void An_image_that_wipes_the_label_away_or_does_not_reach_it_is_refused()
    {
        var table = (byte[])[0, 0, 0, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0, 0, 0];
        PixelLabelTests.Refused(GifPixelSamples.File(60, 40, table, GifPixelSamples.Control(2), GifPixelSamples.Image(0, 0, 60, 40), GifPixelSamples.Image(0, 0, 5, 5))).Detail.ShouldContain("wiped away");
        PixelLabelTests.Refused(GifPixelSamples.File(60, 40, table, GifPixelSamples.Image(0, 0, 30, 30))).Detail.ShouldContain("does not reach");
    }

    private static Dictionary<(int Image, long X, long Y), byte> Pixels(byte[] file)
    {
        var source = new MediaSource(new MemoryStream(file));
        var pixels = new Dictionary<(int, long, long), byte>();
        foreach (var (pair, number) in GifBlock.ReadImages(source).Select(static (pair, i) => (pair, i)))
        {
            var frame = GifFrame.Of(source, pair.Image, pair.Control);
            var (reader, row) = (new LzwReader(source, frame.DataOffset), new byte[frame.Width]);
            foreach (var y in frame.Rows())
            {
                reader.Read(row);
                for (var x = 0; x < row.Length; x++)
                {
                    pixels.Add((number, frame.Left + x, frame.Top + y), row[x]);
                }
            }
        }

        return pixels;
    }
}
