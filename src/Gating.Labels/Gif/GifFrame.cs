using Gating.Labels.Explicit.Drawing;
using Gating.Labels.Media;

namespace Gating.Labels.Gif;

/// <summary>An image, with what the control extension before it says.</summary>
/// <param name="Offset">Of its descriptor: a separator, place, size, flags.</param>
/// <param name="TableOffset">Of the colours it uses, its own or everybody's.</param>
/// <param name="Colours">How many; 0 where there is no table.</param>
/// <param name="DataOffset">Of its pixels: the size of a code, and sub-blocks.</param>
/// <param name="Transparent">-1 where all colours are seen.</param>
internal sealed record GifFrame(long Offset, long End, long TableOffset, int Colours, bool HasTable, long DataOffset, int Transparent, int Disposal)
{
    private const int DescriptorSize = 10;
    private const int Interlaced = 0x40;

    /// <summary>First row and step of the passes of an interlaced image (GIF89a, appendix E).</summary>
    private static readonly (int First, int Step)[] Passes = [(0, 8), (4, 8), (2, 4), (1, 2)];

    public int Left { get; private init; }

    public int Top { get; private init; }

    public int Width { get; private init; }

    public int Height { get; private init; }

    public int Flags { get; private init; }

    public static GifFrame Of(MediaSource source, GifBlock image, GifBlock? control)
    {
        int Number(int at) => source.ReadUInt16LittleEndian(image.Offset + at);
        var (flags, shared) = (source.ReadByte(image.Offset + 9), source.ReadByte(10));
        var hasTable = (flags & 0x80) != 0;
        var said = control is not null && source.ReadByte(control.ContentOffset) >= 4 ? source.ReadByte(control.ContentOffset + 1) : (byte)0;
        var colours = hasTable ? 2 << (flags & 7) : (shared & 0x80) != 0 ? 2 << (shared & 7) : 0;
        return new(image.Offset, image.End, hasTable ? image.Offset + DescriptorSize : 13, colours, hasTable, image.ContentOffset - 1, (said & 1) != 0 ? source.ReadByte(control!.ContentOffset + 4) : -1, (said >> 2) & 7)
        {
            Left = Number(1),
            Top = Number(3),
            Width = Number(5),
            Height = Number(7),
            Flags = flags,
        };
    }

    /// <summary>In the order of the file.</summary>
    public IEnumerable<int> Rows()
    {
        foreach (var (first, step) in (Flags & Interlaced) != 0 ? Passes : [(0, 1)])
        {
            for (var y = first; y < Height; y += step)
            {
                yield return y;
            }
        }
    }

    public RowPart Part(int row) => new(Top + row, Left, 1, Width);

    public DrawnFrame Drawn(bool isFirst) => new(Offset, Left, Top, Left + Width, Top + Height, Disposal == 2 || (isFirst && Disposal == 3));

    public byte[] Table(MediaSource source) => source.ReadBytes(TableOffset, 3L * Colours, 768);
}
