using Gating.Labels.Explicit;
using Gating.Labels.Explicit.Drawing;
using Gating.Labels.Media;

namespace Gating.Labels.Gif;

/// <summary>GIF: every image that touches the label is unpacked, drawn over and packed again as it streams by; all else stays byte for byte.</summary>
internal sealed class GifPixels : IExplicitFormat
{
    private const int OwnTable = 0x80;
    private const int Interlaced = 0x40;

    public string Name => "GIF";

    public bool Recognizes(MediaSource source, ReadOnlySpan<byte> start) => start.StartsWith("GIF89a"u8) || start.StartsWith("GIF87a"u8);

    public ExplicitFinding Read(MediaSource source)
    {
        var (width, height, frames) = Frames(source);
        var text = Look(source, width, height, frames[0]).Read();
        return PictureFinding.Of(text is not null && ExplicitWording.TryParse(text, out var wording) && IsInAll(source, width, height, frames, wording) ? text : null);
    }

    public Splice Write(MediaSource source, ExplicitWording wording)
    {
        var (width, height, frames) = Frames(source);
        var brush = LabelBrush.Of(width, height, wording, Look(source, width, height, frames[0]));
        DrawnFrame.DemandVisible(brush.Box, [.. frames.Select(static (frame, i) => frame.Drawn(isFirst: i == 0))]);
        var (splice, kept) = (new Splice(), 0L);
        foreach (var frame in frames.Where(frame => brush.Box.Touches(frame.Left, frame.Top, frame.Left + frame.Width, frame.Top + frame.Height)))
        {
            var table = frame.Table(source);
            var palette = PaletteOf(table, frame);
            if (palette.HasContrast || frame.Colours is 0 or > 128)
            {
                splice.Keep(kept, frame.DataOffset);
            }
            else
            {
                table = Wider(table);
                palette = PaletteOf(table, frame);
                splice.Keep(kept, frame.Offset).Write(Descriptor(source, frame, table));
            }

            var code = palette.Code(8, frame.Offset);
            splice.Stream((from, put) => Repaint(from, frame, brush, code, put));
            kept = frame.End;
        }

        return splice.Keep(kept, source.Length);
    }

    // Readers disagree on what becomes of an image that stands out of the screen.
    private static (int Width, int Height, IReadOnlyList<GifFrame> Frames) Frames(MediaSource source)
    {
        var (width, height) = (source.ReadUInt16LittleEndian(6), source.ReadUInt16LittleEndian(8));
        GifFrame[] frames = [.. GifBlock.ReadImages(source).Select(pair => GifFrame.Of(source, pair.Image, pair.Control))];
        return Array.Find(frames, frame => frame.Left + frame.Width > width || frame.Top + frame.Height > height) is { } strange
            ? throw MediaException.Unsupported(strange.Offset, "An image stands out of the screen.")
            : (width, height, frames);
    }

    private static CornerLuma Look(MediaSource source, int width, int height, GifFrame frame)
    {
        var corner = new CornerLuma(width, height);
        var palette = PaletteOf(frame.Table(source), frame);
        var code = new PixelCode(8, [], [], (pixels, i) => pixels[i] < palette.Lumas.Length ? palette.Lumas[pixels[i]] : 0);
        var (reader, row) = (new LzwReader(source, frame.DataOffset), new byte[frame.Width]);
        foreach (var y in frame.Rows())
        {
            reader.Read(row);
            corner.Add(frame.Part(y), row, code);
        }

        return corner;
    }

    // Those that draw a part of it are taken on trust.
    private static bool IsInAll(MediaSource source, int width, int height, IReadOnlyList<GifFrame> frames, ExplicitWording wording)
    {
        var box = frames.Count == 1 ? null : LabelBox.Of(width, height, wording);
        return box is null || frames.Skip(1)
            .Where(frame => box.IsWithin(frame.Left, frame.Top, frame.Left + frame.Width, frame.Top + frame.Height))
            .All(frame => string.Equals(Look(source, width, height, frame).Read(), wording.Text, StringComparison.Ordinal));
    }

    private static PixelPalette PaletteOf(byte[] table, GifFrame frame) => PixelPalette.Of(
        [.. Enumerable.Range(0, table.Length / 3).Select(i => i == frame.Transparent ? 128 : PixelCode.LumaOf(table[3 * i], table[(3 * i) + 1], table[(3 * i) + 2]))],
        i => i != frame.Transparent);

    /// <summary>Of twice as many colours, black and white behind the old ones: tables have powers of two.</summary>
    private static byte[] Wider(byte[] table)
    {
        var wider = new byte[2 * table.Length];
        table.CopyTo(wider, 0);
        wider.AsSpan(table.Length + 3, 3).Fill(0xFF);
        return wider;
    }

    private static byte[] Descriptor(MediaSource source, GifFrame frame, byte[] table) =>
        [.. source.ReadBytes(frame.Offset, 9, 9), (byte)(OwnTable | (frame.Flags & Interlaced) | (System.Numerics.BitOperations.Log2((uint)table.Length / 3) - 1)), .. table];

    private static void Repaint(MediaSource source, GifFrame frame, LabelBrush brush, PixelCode code, Action<ReadOnlyMemory<byte>> put)
    {
        var most = Math.Max(code.Dark[0], code.Light[0]);
        var reader = new LzwReader(source, frame.DataOffset);
        var writer = new LzwWriter(Math.Max(Math.Max(2, (int)source.ReadByte(frame.DataOffset)), System.Numerics.BitOperations.Log2(most) + 1), put);
        var row = new byte[frame.Width];
        foreach (var y in frame.Rows())
        {
            reader.Read(row);
            brush.Paint(frame.Part(y), row, code);
            writer.Write(row);
        }

        writer.Finish();
    }
}
