using Gating.Labels.Media;
using Gating.Labels.Riff;
using Gating.Labels.Xmp;

namespace Gating.Labels.Avi;

/// <summary>
/// AVI: the label is the bare JSON in an item <c>AIGC</c> of <c>LIST INFO</c> (TC260-PG-20257A). Indexes hold offsets, from the start of the file or of <c>movi</c>, so nothing that they
/// point at moves: the list takes the place of filling, or comes at the end of the first RIFF. Labels elsewhere become filling. Read as well: other texts of <c>LIST INFO</c>, XMP in
/// <c>_PMX</c>.
/// </summary>
internal sealed class AviFormat : ILabelFormat
{
    public string Name => "AVI";

    public string MediaTypeOf(MediaSource source) => "video/vnd.avi";

    public bool Recognizes(ReadOnlySpan<byte> start) => start.Length >= 12 && start.StartsWith("RIFF"u8) && start[8..].StartsWith("AVI "u8);

    public void Read(MediaSource source, LabelFindings findings)
    {
        foreach (var chunk in ChunksOf(source))
        {
            switch (chunk.Id)
            {
                case "C2PA":
                    findings.HasC2pa = true;
                    break;
                case "_PMX" when chunk.Length > XmpPacket.MaxBytes:
                    findings.Notes.Add($"XMP of {chunk.Length} bytes; at most {XmpPacket.MaxBytes} are looked into.");
                    break;
                case "_PMX":
                    XmpPacket.Read(source.ReadBytes(chunk.ContentOffset, chunk.Length, XmpPacket.MaxBytes), chunk.Offset, "XMP", findings, isUsualPlace: false);
                    break;
                default:
                    RiffInfo.Of(source, chunk, findings.Notes)?.Read(findings, isUsualPlace: true);
                    break;
            }
        }
    }

    public Splice Write(MediaSource source, LabelContent content)
    {
        var chunks = ChunksOf(source);
        if (!chunks.Any(chunk => chunk.IsList(source, "hdrl"u8)) || !chunks.Any(chunk => chunk.IsList(source, "movi"u8)))
        {
            throw MediaException.Malformed(0, "The file has no header or no frames.");
        }

        var end = RiffChunk.EndOfFile(source);
        var label = RiffInfo.OfLabel(LabelJson.Write(content.Label));
        var slot = AviSlot.Find(source, chunks, label.Length) ?? AviSlot.AtEnd(source, chunks, end, label.Length);
        var splice = new RiffSplice();
        foreach (var chunk in chunks)
        {
            if (chunk.Offset < slot.From || chunk.Offset >= slot.To)
            {
                Blank(source, chunk, splice);
            }

            if (chunk.End == slot.To)
            {
                splice.Replace(slot.From, slot.From, default);
                splice.Insert(slot.From, label);
                splice.Replace(slot.From, slot.To, slot.Rest);
            }
        }

        return splice.Close(source, end);
    }

    private static IReadOnlyList<RiffChunk> ChunksOf(MediaSource source) => RiffChunk.ReadAll(source, 12, RiffChunk.EndOfFile(source));

    /// <summary>Its labels become filling of the same size.</summary>
    private static void Blank(MediaSource source, RiffChunk chunk, RiffSplice splice)
    {
        if (chunk.Id is not "_PMX")
        {
            RiffInfo.Of(source, chunk, notes: null)?.BlankLabels(splice);
        }
        else if (chunk.Length <= XmpPacket.MaxBytes && XmpPacket.WithoutLabels(source.ReadBytes(chunk.ContentOffset, chunk.Length, XmpPacket.MaxBytes), chunk.Offset) is { } rest)
        {
            if (rest.Length > chunk.Length)
            {
                throw MediaException.Unsupported(chunk.Offset, "Its XMP would become longer without its label, and nothing may move here.");
            }

            // White space may stand behind a packet.
            var filled = new byte[chunk.Length];
            filled.AsSpan().Fill((byte)' ');
            rest.CopyTo(filled, 0);
            splice.Replace(chunk.ContentOffset, chunk.ContentEnd, filled);
        }
    }
}
