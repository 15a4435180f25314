using Gating.Labels.Heif;
using Gating.Labels.Jpeg;
using Gating.Labels.Media;
using Gating.Labels.Mp4;
using Gating.Labels.Png;

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
        new HeifFormat(),
        new Mp4Format(),
    ];

    /// <summary>By its content, never by a name; null where no handler knows it.</summary>
    public static ILabelFormat? Of(MediaSource source)
    {
        Span<byte> start = stackalloc byte[(int)Math.Min(StartBytes, source.Length)];
        source.Read(0, start);
        foreach (var format in All)
        {
            if (format.Recognizes(start))
            {
                return format;
            }
        }

        return null;
    }
}
