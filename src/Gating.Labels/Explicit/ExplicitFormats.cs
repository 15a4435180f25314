using Gating.Labels.Bmp;
using Gating.Labels.Gif;
using Gating.Labels.Html;
using Gating.Labels.Markdown;
using Gating.Labels.Media;
using Gating.Labels.Ooxml;
using Gating.Labels.Pdf;
using Gating.Labels.PlainText;
using Gating.Labels.Png;
using Gating.Labels.Svg;
using Gating.Labels.Tiff;
using Gating.Labels.Wav;

namespace Gating.Labels.Explicit;

/// <summary>All formats that get an explicit label here. The one list; the order is that of the tests for recognition, and text, which has no mark of its own, comes last.</summary>
internal static class ExplicitFormats
{
    public static IReadOnlyList<IExplicitFormat> All { get; } =
    [
        new PngPixels(),
        new GifPixels(),
        new TiffPixels(),
        new BmpPixels(),
        new WavRhythm(),
        new DocxText(),
        new MarkdownText(),
        new HtmlText(),
        new SvgText(),
        new PdfPageLabel(),
        new PlainTextFormat(),
    ];

    public static IExplicitFormat? Of(MediaSource source)
    {
        Span<byte> start = stackalloc byte[(int)Math.Min(LabelFormats.StartBytes, source.Length)];
        source.Read(0, start);
        foreach (var format in All)
        {
            if (format.Recognizes(source, start))
            {
                return format;
            }
        }

        return null;
    }
}
