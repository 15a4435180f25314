using Gating.Labels.Explicit;
using Gating.Labels.Explicit.Drawing;
using Gating.Labels.Media;
using Gating.Labels.Tests.Samples;
using Shouldly;
using Xunit;

namespace Gating.Labels.Tests;

/// <summary>Labels that are drawn: their size and place, their characters, and what is refused.</summary>
public sealed class PixelLabelTests
{
    [Theory]
    [InlineData(48, 16)]
    [InlineData(32, 32)]
    [InlineData(640, 400)]
    [InlineData(4000, 6000)]
    [InlineData(30_000, 60)]
    [InlineData(60, 30_000)]
    [InlineData(100_000, 99_999)]
    public void Capitals_have_six_percent_of_the_shortest_side_and_the_box_lies_within_the_picture(long width, long height)
    {
        var box = LabelBox.Of(width, height, ExplicitWording.Usual);
        (box.Scale * LabelFont.CapitalHeight * 100L).ShouldBeGreaterThanOrEqualTo(6 * Math.Min(width, height));
        box.X.ShouldBeGreaterThanOrEqualTo(0);
        box.Y.ShouldBeGreaterThanOrEqualTo(0);
        box.Right.ShouldBeLessThanOrEqualTo(width);
        box.Bottom.ShouldBeLessThanOrEqualTo(height);
    }

    [Theory]
    [InlineData(31, 32)]
    [InlineData(47, 31)]
    [InlineData(1000, 15)]
    [InlineData(1, 1)]
    public void A_picture_that_is_too_small_is_refused(long width, long height) =>
        Should.Throw<MediaException>(() => LabelBox.Of(width, height, ExplicitWording.Usual)).Fault.ShouldBe(MediaFault.Unsupported);

    [Fact]
    public void Glyphs_are_told_apart_also_from_their_right_half()
    {
        var rows = LabelFont.All.Select(static glyph => string.Join('-', glyph.Rows)).ToArray();
        rows.ShouldBeUnique();
        rows.Intersect(LabelFont.All.Where(static glyph => glyph.Width == 16).Select(static glyph => string.Join('-', glyph.Rows.Select(static row => row & 0xFF)))).ShouldBeEmpty();
        LabelFont.All.ShouldAllBe(static glyph => glyph.Rows.Length == LabelFont.Height && glyph.Rows[0] == 0);
    }

    [Theory]
    [InlineData("AI生成")]
    [InlineData("人工智能合成")]
    [InlineData("AI 合成: Model-X 2.1/b")]
    [InlineData("合成 by AI")]
    public void Any_wording_of_these_characters_is_read_back(string text)
    {
        ExplicitWording.TryParse(text, out var wording).ShouldBeTrue();
        foreach (var (width, height) in ((int, int)[])[(400, 70), (180, 60), (700, 710)])
        {
            var (_, outcome) = ExplicitTests.Write(BmpSamples.Of(40, width, height, 8, 0, [0x20, 0x20, 0x20, 0, 0xE0, 0xE0, 0xE0, 0]), wording);
            outcome.Label.Text.Replace(" ", string.Empty, StringComparison.Ordinal).ShouldBe(text.Replace(" ", string.Empty, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void A_character_without_a_glyph_is_refused_by_name()
    {
        ExplicitWording.TryParse("AI生成内容", out var wording).ShouldBeTrue();
        Refused(BmpSamples.Of(40, 200, 100, 24, 0, []), wording).Detail.ShouldContain("内");
    }

    [Fact]
    public void Pixels_outside_the_box_stay_and_those_within_have_two_colours()
    {
        var bytes = BmpSamples.Of(40, 101, -53, 24, 0, []);
        var (labelled, _) = ExplicitTests.Write(bytes);
        var box = LabelBox.Of(101, 53, ExplicitWording.Usual);
        var within = new HashSet<int>();
        for (var (y, stride) = (0, 304); y < 53; y++)
        {
            for (var x = 0; x < 101; x++)
            {
                var at = 54 + (y * stride) + (3 * x);
                if (x >= box.X && x < box.Right && y >= box.Y && y < box.Bottom)
                {
                    within.Add(labelled[at]);
                }
                else
                {
                    labelled[at].ShouldBe(bytes[at]);
                }
            }
        }

        within.ShouldBe([0, 255], ignoreOrder: true);
    }

    [Fact]
    public void Colours_that_a_copy_changed_a_little_are_still_read()
    {
        var (labelled, _) = ExplicitTests.Write(BmpSamples.Of(40, 101, -53, 24, 0, []));
        for (var i = 54; i < labelled.Length; i++)
        {
            labelled[i] = (byte)Math.Clamp(labelled[i] + (i % 31) - 15, 0, 255);
        }

        ExplicitLabel.Read(new MemoryStream(labelled)).ShouldBeOfType<ExplicitFinding.Found>().Text.ShouldBe("AI生成");
    }

    [Fact]
    public void A_label_of_which_one_pixel_is_wrong_is_not_read()
    {
        var (labelled, _) = ExplicitTests.Write(BmpSamples.Of(40, 48, -16, 24, 0, []));
        var at = 54 + (8 * 144) + (3 * 40);
        labelled.AsSpan(at, 3).Fill((byte)(labelled[at] ^ 0xFF));
        ExplicitLabel.Read(new MemoryStream(labelled)).ShouldBeOfType<ExplicitFinding.Undetermined>();
    }

    [Fact]
    public void What_is_compressed_is_refused_with_its_name()
    {
        Refused(TiffPixelSamples.Of(isBig: false, 50, 18, 1, 8, 1, 18, compression: 5)).Detail.ShouldContain("LZW");
        Refused(BmpSamples.Of(40, 50, 18, 8, 1, [0, 0, 0, 0])).Detail.ShouldContain("run-length");
    }

    [Fact]
    public void A_palette_without_contrast_is_refused() =>
        Refused(BmpSamples.Of(40, 50, 18, 8, 0, [9, 9, 9, 0, 8, 8, 8, 0])).Detail.ShouldContain("palette");

    internal static ExplicitOutcome.Refused Refused(byte[] file, ExplicitWording? wording = null)
    {
        using var output = new MemoryStream();
        var refused = ExplicitLabel.Write(new MemoryStream(file), output, wording ?? ExplicitWording.Usual, C2paBinding.Refuse).ShouldBeOfType<ExplicitOutcome.Refused>();
        refused.Reason.ShouldBe(LabelRefusal.Unsupported);
        output.Length.ShouldBe(0);
        return refused;
    }
}
