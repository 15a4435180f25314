using Gating.Labels.Media;
using Gating.Labels.Xmp;

namespace Gating.Labels.Png;

/// <summary>
/// PNG and APNG (W3C PNG, third edition): the label is <c>TC260:AIGC</c> in the XMP packet of an <c>iTXt</c> chunk before the pixels (TC260-PG-20259A). Read as well, and replaced: text
/// chunks with the keyword <c>AIGC</c> (its Annex B), packed or not, and Exif.
/// </summary>
internal sealed class PngFormat : ILabelFormat
{
    public string Name => "PNG";

    public string MediaTypeOf(MediaSource source) => PngChunk.ReadAll(source).Any(static chunk => chunk.Type is "acTL") ? "image/apng" : "image/png";

    public bool Recognizes(ReadOnlySpan<byte> start) => start.StartsWith(PngChunk.Signature);

    public void Read(MediaSource source, LabelFindings findings)
    {
        foreach (var chunk in PngChunk.ReadAll(source))
        {
            if (chunk.Type is "caBX")
            {
                findings.HasC2pa = true;
            }
            else if (chunk.Type is "eXIf" && ExifOf(source, chunk) is { } exif)
            {
                exif.Read(findings);
            }
            else if (PngText.Of(source, chunk, findings.Notes) is { } text)
            {
                if (text.IsXmp)
                {
                    XmpPacket.Read(text.Bytes, chunk.Offset, "XMP", findings);
                }
                else if (text.IsLabel)
                {
                    findings.Add($"{chunk.Type} AIGC", chunk.Offset, text.ToString());
                }
            }
        }
    }

    public Splice Write(MediaSource source, LabelContent content)
    {
        var chunks = PngChunk.ReadAll(source);
        var texts = chunks.Select(chunk => PngText.Of(source, chunk, notes: null)).ToArray();
        var existing = Array.FindIndex(texts, static text => text is { IsXmp: true });
        var packet = XmpPacket.Write(content, existing < 0 ? default : texts[existing]!.Bytes, existing < 0 ? 0 : chunks[existing].Offset);

        // Behind the header, which comes first always: before the pixels, where readers in a hurry still look.
        var splice = new Splice().Keep(0, chunks[0].End).Write(PngText.OfXmp(packet));
        var kept = chunks[0].End;
        for (var i = 1; i < chunks.Count; i++)
        {
            if (texts[i] is { IsXmp: true } or { IsLabel: true })
            {
                splice.Keep(kept, chunks[i].Offset);
                kept = chunks[i].End;
            }
            else if (chunks[i].Type is "eXIf" && ExifOf(source, chunks[i])?.WithoutLabels() is { } blanked)
            {
                splice.Keep(kept, chunks[i].Offset).Write(PngChunk.Of("eXIf", blanked));
                kept = chunks[i].End;
            }
        }

        return splice.Keep(kept, source.Length);
    }

    private static ExifBlock? ExifOf(MediaSource source, PngChunk chunk) =>
        chunk.Length > ushort.MaxValue ? null : new(source.ReadBytes(chunk.Offset + PngChunk.HeaderSize, chunk.Length, ushort.MaxValue), chunk.Offset + PngChunk.HeaderSize);
}
