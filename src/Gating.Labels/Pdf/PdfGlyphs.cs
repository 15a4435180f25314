using System.Globalization;
using System.Text;

namespace Gating.Labels.Pdf;

/// <summary>
/// A font of our own with the characters of the usual wording, so that the label needs no font of the file's or the reader's: a few strokes each, on a grid of 1,000 units, from 0 to
/// <see cref="Height"/>. Type 3 (9.6.4), with a map to Unicode, so that the label can be searched and copied.
/// </summary>
internal static class PdfGlyphs
{
    /// <summary>Of every glyph's ink.</summary>
    public const int Height = 880;

    private const int Pen = 80;

    private static readonly (char Character, int Width, string Strokes)[] All =
    [
        ('A', 660, "70 40 m 330 840 l 590 40 l S 160 300 m 500 300 l S"),
        ('I', 280, "140 40 m 140 840 l S"),
        ('生', 1000, "270 830 m 150 540 l S 240 650 m 860 650 l S 520 840 m 520 40 l S 200 360 m 830 360 l S 70 40 m 930 40 l S"),
        ('成', 1000, "180 660 m 920 660 l S 180 660 m 180 420 l 70 40 l S 180 460 m 430 460 l 410 150 l 310 190 l S 540 840 m 580 520 l 700 200 l 850 40 l 920 230 l S 830 490 m 690 260 l 450 70 l S 700 830 m 800 750 l S"),
    ];

    /// <summary>Whether every character of it can be drawn.</summary>
    public static bool CanDraw(string text) => text.All(static character => CodeOf(character) > 0);

    public static int Width(string text) => text.Sum(static character => All[CodeOf(character) - 1].Width);

    /// <summary>As a string of the font's codes, in hexadecimal.</summary>
    public static string Codes(string text) => Convert.ToHexString([.. text.Select(static character => (byte)CodeOf(character))]);

    /// <summary>What codes of the font say.</summary>
    public static string Text(ReadOnlySpan<char> codes)
    {
        var text = new StringBuilder();
        for (var at = 0; at + 2 <= codes.Length; at += 2)
        {
            text.Append(byte.TryParse(codes.Slice(at, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code) && code > 0 && code <= All.Length ? All[code - 1].Character : '\uFFFD');
        }

        return text.ToString();
    }

    /// <summary>Puts the font and its parts.</summary>
    public static PdfReference Put(PdfUpdate update)
    {
        var procedures = new StringBuilder();
        for (var i = 0; i < All.Length; i++)
        {
            var glyph = update.New();
            procedures.Append(CultureInfo.InvariantCulture, $" /g{i + 1} {glyph}");
            update.PutStream(glyph, [], Ascii($"{All[i].Width} 0 0 0 {All[i].Width} {Height} d1\n{Pen} w 1 J 1 j\n{All[i].Strokes}"));
        }

        var (map, font) = (update.New(), update.New());
        update.PutStream(map, [], Encoding.ASCII.GetBytes(ToUnicode()));
        update.Put(font, Ascii($"<<\n/Type /Font\n/Subtype /Type3\n/FontBBox [0 0 1000 {Height}]\n/FontMatrix [0.001 0 0 0.001 0 0]\n/FirstChar 1\n/LastChar {All.Length}\n"),
            Ascii($"/Widths [{Each(static (glyph, _) => $"{glyph.Width} ")}]\n/Encoding <<\n/Type /Encoding\n/Differences [1{Each(static (_, code) => $" /g{code}")}]\n>>\n"),
            Ascii($"/CharProcs <<{procedures} >>\n/Resources << >>\n/ToUnicode {map}\n>>"));
        return font;
    }

    /// <summary>The map from codes to characters (9.10.3).</summary>
    private static string ToUnicode() => string.Join('\n', (IEnumerable<string>)
    [
        "/CIDInit /ProcSet findresource begin", "12 dict begin", "begincmap", "/CMapName /AIGC def", "/CMapType 2 def",
        "1 begincodespacerange", "<00> <FF>", "endcodespacerange",
        $"{All.Length} beginbfchar", Each(static (glyph, code) => $"<{code:X2}> <{(int)glyph.Character:X4}>\n") + "endbfchar",
        "endcmap", "CMapName currentdict /CMap defineresource pop", "end", "end",
    ]);

    private static string Each(Func<(char Character, int Width, string Strokes), int, FormattableString> text) =>
        string.Concat(All.Select((glyph, i) => text(glyph, i + 1).ToString(CultureInfo.InvariantCulture)));

    private static int CodeOf(char character) => Array.FindIndex(All, glyph => glyph.Character == character) + 1;

    private static byte[] Ascii(FormattableString text) => Encoding.ASCII.GetBytes(text.ToString(CultureInfo.InvariantCulture));
}
