using System.Buffers.Binary;
using System.Text;
using Gating.Labels.Media;
using Gating.Labels.Riff;
using Gating.Labels.Xmp;

namespace Gating.Labels.Wav;

/// <summary>
/// WAVE: the label is the bare JSON in a chunk <c>AIGC</c> of the outermost level (TC260-PG-202510A), at the end, where no sample moves. Read as well, and left out: XMP in <c>_PMX</c>,
/// <c>TXXX</c> of an <c>id3 </c> chunk, texts of <c>LIST INFO</c>.
/// </summary>
internal sealed class WavFormat : ILabelFormat
{
    private const string LabelId = "AIGC";

    /// <summary>WAVEFORMAT, the oldest form.</summary>
    private const int MinFormat = 14;

    public string Name => "WAV";

    public string MediaTypeOf(MediaSource source) => "audio/wav";

    public bool Recognizes(ReadOnlySpan<byte> start) =>
        start.Length >= 12 && start[8..].StartsWith("WAVE"u8) && (start.StartsWith("RIFF"u8) || start.StartsWith("RF64"u8) || start.StartsWith("BW64"u8));

    public void Read(MediaSource source, LabelFindings findings)
    {
        foreach (var chunk in WavFile.Read(source).Chunks)
        {
            switch (chunk.Id)
            {
                case LabelId:
                    findings.Add("chunk AIGC", chunk.Offset, TextOf(source, chunk));
                    break;
                case "C2PA":
                    findings.HasC2pa = true;
                    break;
                case "_PMX" when PacketOf(source, chunk, findings.Notes) is { } packet:
                    XmpPacket.Read(packet, chunk.Offset, "XMP", findings, isUsualPlace: false);
                    break;
                default:
                    RiffId3.Of(source, chunk, findings.Notes)?.Read(findings);
                    RiffInfo.Of(source, chunk, findings.Notes)?.Read(findings, isUsualPlace: false);
                    break;
            }
        }
    }

    public Splice Write(MediaSource source, LabelContent content)
    {
        var file = WavFile.Read(source);
        if (!file.Chunks.Any(static chunk => chunk is { Id: "fmt ", Length: >= MinFormat }) || !file.Chunks.Any(static chunk => chunk.Id is "data"))
        {
            throw MediaException.Malformed(0, "The file holds no samples, or does not say of what format.");
        }

        // Seen: of length 0, a widespread reader takes everything up to the end for samples, and would play the label.
        if (file.Chunks.FirstOrDefault(static chunk => chunk is { Id: "data", Length: 0 }) is { } empty)
        {
            throw MediaException.Unsupported(empty.Offset, "Samples of length 0: readers take what follows for samples.");
        }

        var splice = new RiffSplice(file.SizeAt, file.SizeWidth);
        foreach (var chunk in file.Chunks)
        {
            Copy(source, chunk, splice);
        }

        splice.Insert(file.Chunks[^1].End, RiffChunk.Of(LabelId, Encoding.ASCII.GetBytes(LabelJson.Write(content.Label))));
        return splice.Close(source, file.End);
    }

    /// <summary>A chunk as it is, less its labels.</summary>
    private static void Copy(MediaSource source, RiffChunk chunk, RiffSplice splice)
    {
        switch (chunk.Id)
        {
            case LabelId:
                splice.Replace(chunk.Offset, chunk.End, default);
                break;

            // Nobody knew the length when it was written; something follows now, so it has to be said.
            case "data" when source.StandsAt(0, "RIFF"u8) && source.ReadUInt32LittleEndian(chunk.Offset + 4) == RiffChunk.UnknownLength:
                splice.Replace(chunk.Offset + 4, chunk.ContentOffset, SizeOf(chunk));
                break;
            case "_PMX" when PacketOf(source, chunk, notes: null) is { } packet && XmpPacket.WithoutLabels(packet, chunk.Offset) is { } rest:
                splice.Replace(chunk.Offset, chunk.End, RiffChunk.Of("_PMX", rest));
                break;
            default:
                RiffId3.Of(source, chunk, notes: null)?.CutLabels(splice);
                RiffInfo.Of(source, chunk, notes: null)?.CutLabels(splice);
                break;
        }
    }

    private static byte[] SizeOf(RiffChunk chunk)
    {
        if (chunk.Length >= RiffChunk.UnknownLength)
        {
            throw MediaException.Unsupported(chunk.Offset, "Samples of more than 4 GiB, whose length their chunk cannot say.");
        }

        var size = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(size, (uint)chunk.Length);
        return size;
    }

    private static byte[]? PacketOf(MediaSource source, RiffChunk chunk, List<string>? notes)
    {
        if (chunk.Length <= XmpPacket.MaxBytes)
        {
            return source.ReadBytes(chunk.ContentOffset, chunk.Length, XmpPacket.MaxBytes);
        }

        notes?.Add($"XMP of {chunk.Length} bytes; at most {XmpPacket.MaxBytes} are looked into.");
        return null;
    }

    private static string TextOf(MediaSource source, RiffChunk chunk)
    {
        var length = Math.Min(chunk.Length, LabelJson.MaxBytes + 1);
        return Encoding.UTF8.GetString(source.ReadBytes(chunk.ContentOffset, length, LabelJson.MaxBytes + 1)).TrimEnd('\0');
    }
}
