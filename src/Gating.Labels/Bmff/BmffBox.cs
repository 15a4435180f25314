using System.Buffers.Binary;
using System.Text;
using Gating.Labels.Media;

namespace Gating.Labels.Bmff;

/// <summary>A box (ISO/IEC 14496-12, 4.2): size, type, perhaps a 64-bit size, content. Only its place is held, never its content.</summary>
internal sealed class BmffBox
{
    /// <summary>Boxes beside each other: an hour of fragments of a tenth of a second has as many.</summary>
    private const int MaxBoxes = 100_000;

    private const int HeaderSize = 8;
    private const int LargeHeaderSize = 16;

    private BmffBox(BmffBox? parent, string type, long offset, int headerSize, long end, bool isToTheEnd) =>
        (Parent, Type, Offset, Content, End, IsToTheEnd) = (parent, type, offset, offset + headerSize, end, isToTheEnd);

    public BmffBox? Parent { get; }

    /// <summary>Four characters, of any value.</summary>
    public string Type { get; }

    public long Offset { get; }

    /// <summary>Where the content starts, behind the header.</summary>
    public long Content { get; }

    public long End { get; }

    public bool HasLargeSize => Content - Offset == LargeHeaderSize;

    /// <summary>Its size is written as 0: it ends where the file does.</summary>
    public bool IsToTheEnd { get; }

    /// <summary>The boxes of the file itself.</summary>
    public static IEnumerable<BmffBox> OfFile(MediaSource source) => Walk(source, null, 0, source.Length);

    /// <param name="skipped">Bytes of the content before the first box: 4 in a FullBox.</param>
    public IEnumerable<BmffBox> Children(MediaSource source, int skipped = 0) => Walk(source, this, Content + skipped, End);

    /// <summary>The first box at the end of a path of types; null where there is none.</summary>
    public BmffBox? Find(MediaSource source, params ReadOnlySpan<string> path)
    {
        BmffBox? box = this;
        foreach (var type in path)
        {
            box = box?.Children(source).FirstOrDefault(child => string.Equals(child.Type, type, StringComparison.Ordinal));
        }

        return box;
    }

    /// <summary>Behind the last child: before a terminator, where there is one.</summary>
    public long EndOfChildren(MediaSource source) => Children(source).LastOrDefault()?.End ?? Content;

    public static byte[] Of(ReadOnlySpan<byte> type, params ReadOnlySpan<byte[]> parts)
    {
        var bytes = new byte[HeaderSize + Sum(parts)];
        BinaryPrimitives.WriteInt32BigEndian(bytes, bytes.Length);
        type.CopyTo(bytes.AsSpan(4));
        var at = HeaderSize;
        foreach (var part in parts)
        {
            part.CopyTo(bytes, at);
            at += part.Length;
        }

        return bytes;
    }

    private static int Sum(ReadOnlySpan<byte[]> parts)
    {
        var sum = 0;
        foreach (var part in parts)
        {
            sum += part.Length;
        }

        return sum;
    }

    private static IEnumerable<BmffBox> Walk(MediaSource source, BmffBox? parent, long from, long end)
    {
        var count = 0;
        for (var at = from; end - at >= HeaderSize && ReadOne(source, parent, at, end) is { } box; at = box.End)
        {
            if (++count > MaxBoxes)
            {
                throw MediaException.Unsupported(at, $"More than {MaxBoxes} boxes beside each other.");
            }

            yield return box;
        }
    }

    private static BmffBox? ReadOne(MediaSource source, BmffBox? parent, long at, long end)
    {
        Span<byte> type = stackalloc byte[4];
        source.Read(at + 4, type);
        var size = (ulong)source.ReadUInt32BigEndian(at);

        // QuickTime closes its list of user data with a zero (QTFF, User Data Atoms).
        if (size == 0 && parent is not null)
        {
            return parent.Type is "udta" ? null : throw MediaException.Malformed(at, "A box of no size within another.");
        }

        // Of a 64-bit size no value has a meaning of its own: 0 is too short, as 1 to 15 are.
        var (isToTheEnd, isLarge) = (size == 0, size == 1);
        if (isLarge)
        {
            size = source.ReadUInt64BigEndian(at + HeaderSize);
        }

        var length = isToTheEnd ? end - at : size > long.MaxValue ? long.MaxValue : (long)size;
        var header = isLarge ? LargeHeaderSize : HeaderSize;
        if (length < header)
        {
            throw MediaException.Malformed(at, "A box is shorter than its header.");
        }

        if (length > end - at)
        {
            throw parent is null
                ? new MediaException(MediaFault.Truncated, at, $"A box of {length} bytes, and {end - at} are there.")
                : MediaException.Malformed(at, "A box is longer than the one that holds it.");
        }

        return new(parent, Encoding.Latin1.GetString(type), at, header, at + length, isToTheEnd);
    }
}
