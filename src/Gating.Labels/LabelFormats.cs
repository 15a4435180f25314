using Gating.Labels.Avi;
using Gating.Labels.Flac;
using Gating.Labels.Flv;
using Gating.Labels.Gif;
using Gating.Labels.Heif;
using Gating.Labels.Html;
using Gating.Labels.Jpeg;
using Gating.Labels.Markdown;
using Gating.Labels.Matroska;
using Gating.Labels.Media;
using Gating.Labels.Mp3;
using Gating.Labels.Mp4;
using Gating.Labels.Ogg;
using Gating.Labels.Ooxml;
using Gating.Labels.Pdf;
using Gating.Labels.Png;
using Gating.Labels.Svg;
using Gating.Labels.Tiff;
using Gating.Labels.Wav;
using Gating.Labels.Webp;

namespace Gating.Labels;

/// <summary>All formats. The one list from which every lookup is derived; the order is that of the tests for recognition.</summary>
internal static class LabelFormats
{
    /// <summary>What a handler sees of a file to recognise it.</summary>
    public const int StartBytes = 4096;

    public static IReadOnlyList<ILabelFormat> All { get; } =
    [
        new JpegFormat(),
        new PngFormat(),
        new WebpFormat(),
        new GifFormat(),
        new WavFormat(),
        new AviFormat(),
        new FlacFormat(),
        new OggFormat(),
        new Mp3Format(),
        new HeifFormat(),
        new Mp4Format(),
        new TiffFormat(),
        new MarkdownFormat(),
        new HtmlFormat(),
        new SvgFormat(),
        new MatroskaFormat(),
        new FlvFormat(),
        new OoxmlFormat(OoxmlKind.Word),
        new OoxmlFormat(OoxmlKind.Excel),
        new OoxmlFormat(OoxmlKind.PowerPoint),
        new PdfFormat(),
    ];

    /// <summary>By its content, never by a name; null where no handler knows it.</summary>
    public static ILabelFormat? Of(MediaSource source)
    {
        Span<byte> start = stackalloc byte[(int)Math.Min(StartBytes, source.Length)];
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
