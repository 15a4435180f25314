using System.Globalization;
using Gating.Labels.Media;

namespace Gating.Labels.Gif;

internal enum GifBlockKind
{
    Other = 0,
    Image = 1,
    GraphicControl = 2,
    PlainText = 3,
    Comment = 4,
    Xmp = 5,
    C2pa = 6,
}

/// <summary>A block of a GIF file (GIF89a specification, 15 and 20 to 26).</summary>
/// <param name="ContentOffset">Of its first sub-block, behind what tells its kind.</param>
/// <param name="End">Behind the empty sub-block that ends it.</param>
internal sealed record GifBlock(GifBlockKind Kind, long Offset, long ContentOffset, long End)
{
    private const int MaxBlocks = 1_000_000;
    private const int MaxHeld = 10_000;
    private const byte Extension = 0x21;
    private const byte ImageSeparator = 0x2C;
    private const byte Trailer = 0x3B;

    /// <summary>All blocks up to the trailer; behind the first image only those that hold text or a C2PA store.</summary>
    /// <param name="notes">Where is noted how a file ends that has no trailer.</param>
    public static IReadOnlyList<GifBlock> ReadAll(MediaSource source, List<string>? notes)
    {
        var (blocks, hasImage) = (new List<GifBlock>(), false);
        foreach (var block in Walk(source, notes))
        {
            if (blocks.Count == MaxHeld)
            {
                throw MediaException.Unsupported(block.Offset, $"More than {MaxHeld} blocks of text.");
            }

            if (!hasImage || block.Kind is GifBlockKind.Xmp or GifBlockKind.Comment or GifBlockKind.C2pa)
            {
                blocks.Add(block);
            }

            hasImage |= block.Kind is GifBlockKind.Image;
        }

        return hasImage ? blocks : throw MediaException.Malformed(13, "The file holds no image.");
    }

    /// <summary>All images, each with the block that controls it.</summary>
    public static IReadOnlyList<(GifBlock Image, GifBlock? Control)> ReadImages(MediaSource source)
    {
        var images = new List<(GifBlock, GifBlock?)>();
        GifBlock? control = null;
        foreach (var block in Walk(source, notes: null))
        {
            if (block.Kind is GifBlockKind.Image)
            {
                images.Add(images.Count < MaxHeld ? (block, control) : throw MediaException.Unsupported(block.Offset, $"More than {MaxHeld} images."));
            }

            control = block.Kind is GifBlockKind.GraphicControl ? block : block.Kind is GifBlockKind.Image or GifBlockKind.PlainText ? null : control;
        }

        return images.Count > 0 ? images : throw MediaException.Malformed(13, "The file holds no image.");
    }

    private static IEnumerable<GifBlock> Walk(MediaSource source, List<string>? notes)
    {
        var count = 0;
        for (var at = 13 + ColorTable(source.ReadByte(10)); at < source.Length && source.ReadByte(at) is var first && first != Trailer;)
        {
            if (first is not (Extension or ImageSeparator))
            {
                // Readers show what came before, and so it is kept.
                notes?.Add(string.Create(CultureInfo.InvariantCulture, $"What stands at {at} is no block; the file ends there for most readers."));
                yield break;
            }

            if (++count > MaxBlocks)
            {
                throw MediaException.Unsupported(at, $"More than {MaxBlocks} blocks.");
            }

            var block = first == Extension ? ReadExtension(source, at) : ReadImage(source, at);
            yield return block;
            at = block.End;
        }
    }

    // A flag, and the logarithm of the number of colours less one.
    private static long ColorTable(byte flags) => (flags & 0x80) == 0 ? 0 : 3L << ((flags & 7) + 1);

    // Separator, nine bytes of descriptor, colour table, code size, sub-blocks.
    private static GifBlock ReadImage(MediaSource source, long at)
    {
        var content = at + 11 + ColorTable(source.ReadByte(at + 9));
        return new(GifBlockKind.Image, at, content, EndOf(source, content));
    }

    private static GifBlock ReadExtension(MediaSource source, long at)
    {
        var content = at + 2;
        switch (source.ReadByte(at + 1))
        {
            case 0xF9:
                return new(GifBlockKind.GraphicControl, at, content, EndOf(source, content));
            case 0x01:
                return new(GifBlockKind.PlainText, at, content, EndOf(source, content));
            case 0xFE:
                return new(GifBlockKind.Comment, at, content, EndOf(source, content));
            case 0xFF when source.ReadByte(content) == 11:
                var kind = source.StandsAt(content + 1, "XMP DataXMP"u8) ? GifBlockKind.Xmp
                    : source.StandsAt(content + 1, "C2PA_GIF"u8) ? GifBlockKind.C2pa
                    : GifBlockKind.Other;
                return new(kind, at, content + 12, EndOf(source, content + 12));
            default:
                return new(GifBlockKind.Other, at, content, EndOf(source, content));
        }
    }

    /// <summary>Sub-blocks: a byte of length, content; an empty one ends them.</summary>
    private static long EndOf(MediaSource source, long at)
    {
        while (source.ReadByte(at) is var length && length != 0)
        {
            source.Demand(at, 1 + length);
            at += 1 + length;
        }

        return at + 1;
    }
}
