using System.Buffers.Binary;
using Gating.Labels.Explicit;
using Gating.Labels.Explicit.Drawing;
using Gating.Labels.Media;

namespace Gating.Labels.Png;

/// <summary>PNG and APNG: the pixels are unpacked, drawn over and packed again as they stream by; of APNG, every frame that touches the label gets its part of it.</summary>
internal sealed class PngPixels : IExplicitFormat
{
    public string Name => "PNG";

    public bool Recognizes(MediaSource source, ReadOnlySpan<byte> start) => start.StartsWith(PngChunk.Signature);

    public ExplicitFinding Read(MediaSource source)
    {
        var chunks = PngChunk.ReadAll(source);
        var header = PngHeader.Of(source, chunks[0]);
        var frames = PngFrame.ReadAll(source, header, chunks);
        var code = PngColours.Of(source, header, chunks).Code;
        var text = Look(source, header, frames[0], code).Read();
        return PictureFinding.Of(text is not null && ExplicitWording.TryParse(text, out var wording) && IsInAll(source, header, frames, code, wording) ? text : null);
    }

    public Splice Write(MediaSource source, ExplicitWording wording)
    {
        var chunks = PngChunk.ReadAll(source);
        var header = PngHeader.Of(source, chunks[0]);
        var frames = PngFrame.ReadAll(source, header, chunks);
        var colours = PngColours.Of(source, header, chunks);
        var brush = LabelBrush.Of(header.Width, header.Height, wording, Look(source, header, frames[0], colours.Code));
        DrawnFrame.DemandVisible(brush.Box, [.. frames.Where(static frame => frame.Control is not null).Select(static frame => frame.Drawn())]);

        var (splice, kept, sequence) = (new Splice(), 0L, new PngSequence());
        var starts = frames.ToDictionary(static frame => frame.First.Offset);
        foreach (var chunk in chunks)
        {
            if (starts.TryGetValue(chunk.Offset, out var frame))
            {
                splice.Keep(kept, chunk.Offset).Stream((from, put) => Put(from, header, frame, brush, colours.Code, sequence, put));
                kept = frame.Last.End;
            }
            else if (chunk.Type is "fcTL")
            {
                splice.Keep(kept, chunk.Offset).Make(chunk.End - chunk.Offset, (from, put) => put(Renumbered(from, chunk, sequence)));
                kept = chunk.End;
            }
            else if (chunk.Type is "PLTE" && colours.Palette is { } palette)
            {
                splice.Keep(kept, chunk.Offset).Write(PngChunk.Of("PLTE", palette));
                kept = chunk.End;
            }
        }

        return splice.Keep(kept, source.Length);
    }

    private static CornerLuma Look(MediaSource source, PngHeader header, PngFrame frame, PixelCode code)
    {
        var corner = new CornerLuma(header.Width, header.Height);
        PngRows.Walk(source, header, frame, (part, _, row, _) => corner.Add(part, row, code));
        return corner;
    }

    // Those that draw a part of it are taken on trust.
    private static bool IsInAll(MediaSource source, PngHeader header, IReadOnlyList<PngFrame> frames, PixelCode code, ExplicitWording wording)
    {
        var box = frames.Count == 1 ? null : LabelBox.Of(header.Width, header.Height, wording);
        return box is null || frames.Skip(1).Where(frame => frame.Covers(box)).All(frame => string.Equals(Look(source, header, frame, code).Read(), wording.Text, StringComparison.Ordinal));
    }

    private static void Put(MediaSource source, PngHeader header, PngFrame frame, LabelBrush brush, PixelCode code, PngSequence sequence, Action<ReadOnlyMemory<byte>> put)
    {
        if (frame.Touches(brush.Box))
        {
            new PngRepaint(header, frame, brush, code).Write(source, sequence, put);
            return;
        }

        // Its pixels stay, but not the numbers of its chunks.
        using var data = new PngData(source, frame);
        using var chunks = new PngChunkWriter(frame.First.Type, sequence, put);
        data.CopyTo(chunks);
        chunks.Finish();
    }

    private static byte[] Renumbered(MediaSource source, PngChunk chunk, PngSequence sequence)
    {
        var content = source.ReadBytes(chunk.Offset + PngChunk.HeaderSize, chunk.Length, 26);
        BinaryPrimitives.WriteUInt32BigEndian(content, sequence.Next());
        return PngChunk.Of("fcTL", content);
    }
}
