using Gating.Labels.Media;
using Gating.Labels.Xmp;

namespace Gating.Labels.Jpeg;

/// <summary>
/// JPEG (ITU-T T.81): the label is <c>TC260:AIGC</c> in the XMP packet of an APP1 segment before the first scan (TC260-PG-20259A). Read as well, and replaced: Exif <c>UserComment</c>
/// and <c>ImageDescription</c> (Annex B of that guide, and older files).
/// </summary>
internal sealed class JpegFormat : ILabelFormat
{
    /// <summary>Longest packet in one segment: 65,535 less the length's two bytes and the name's 29 (XMP part 3, 1.1.3).</summary>
    private const int MaxPacket = 65_502;

    public string Name => "JPEG";

    public string MediaTypeOf(MediaSource source) => "image/jpeg";

    public bool Recognizes(ReadOnlySpan<byte> start) => start.StartsWith(JpegSegment.Start);

    public void Read(MediaSource source, LabelFindings findings)
    {
        foreach (var segment in JpegSegment.ReadHeader(source))
        {
            switch (segment.Kind)
            {
                case JpegSegmentKind.Xmp:
                    XmpPacket.Read(segment.ReadContent(source), segment.Offset, "XMP", findings);
                    break;
                case JpegSegmentKind.Exif:
                    new ExifBlock(segment.ReadContent(source), segment.ContentOffset).Read(findings);
                    break;
                case JpegSegmentKind.C2pa:
                    findings.HasC2pa = true;
                    break;
            }
        }
    }

    public Splice Write(MediaSource source, LabelContent content)
    {
        var segments = JpegSegment.ReadHeader(source);
        var existing = segments.FirstOrDefault(static segment => segment.Kind is JpegSegmentKind.Xmp);
        var packet = XmpPacket.Write(content, existing is null ? default : existing.ReadContent(source), existing?.Offset ?? 0);
        if (packet.Length > MaxPacket)
        {
            throw MediaException.Unsupported(existing?.Offset ?? 0, $"Its XMP would have {packet.Length} bytes; a JPEG segment holds {MaxPacket}.");
        }

        var splice = new Splice();
        var written = false;
        var kept = 0L;
        foreach (var segment in segments)
        {
            // Behind JFIF and Exif, which readers expect first.
            if (!written && segment.Kind is not (JpegSegmentKind.StartOfImage or JpegSegmentKind.Jfif or JpegSegmentKind.Exif))
            {
                splice.Keep(kept, segment.Offset).Write(JpegSegment.OfXmp(packet));
                (written, kept) = (true, segment.Offset);
            }

            switch (segment.Kind)
            {
                case JpegSegmentKind.Xmp:
                    splice.Keep(kept, segment.Offset);
                    kept = segment.End;
                    break;
                case JpegSegmentKind.Exif when new ExifBlock(segment.ReadContent(source), segment.ContentOffset).WithoutLabels() is { } blanked:
                    splice.Keep(kept, segment.ContentOffset).Write(blanked);
                    kept = segment.End;
                    break;
            }
        }

        return splice.Keep(kept, source.Length);
    }
}
