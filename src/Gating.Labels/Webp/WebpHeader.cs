using System.Buffers.Binary;
using Gating.Labels.Media;
using Gating.Labels.Riff;

namespace Gating.Labels.Webp;

/// <summary>The chunk <c>VP8X</c> (RFC 9649, 2.7.1): flags and canvas. Without it readers do not look for metadata.</summary>
internal static class WebpHeader
{
    private const byte XmpFlag = 0x04;
    private const byte ExifFlag = 0x08;
    private const byte AlphaFlag = 0x10;
    private const int Size = 10;

    /// <summary>Sets the XMP flag, or puts the chunk before the image data of a simple file.</summary>
    public static void Announce(MediaSource source, IReadOnlyList<RiffChunk> chunks, RiffSplice splice)
    {
        switch (chunks)
        {
            case [{ Id: "VP8X", Length: >= Size } header, ..]:
                if (!chunks.Any(static chunk => chunk.Id is "VP8 " or "VP8L" or "ANMF"))
                {
                    throw MediaException.Malformed(header.Offset, "The file holds no image.");
                }

                splice.Replace(header.ContentOffset, header.ContentOffset + 1, (byte[])[(byte)(source.ReadByte(header.ContentOffset) | XmpFlag)]);
                break;
            case [{ Id: "VP8 " or "VP8L" } image, ..]:
                splice.Replace(image.Offset, image.Offset, OfSimple(source, image, hasExif: chunks.Any(static chunk => chunk.Id is "EXIF")));
                break;
            default:
                throw MediaException.Malformed(12, "The first chunk is neither VP8X nor an image.");
        }
    }

    private static byte[] OfSimple(MediaSource source, RiffChunk image, bool hasExif)
    {
        var (width, height, hasAlpha) = image.Id is "VP8L" ? Lossless(source, image) : Lossy(source, image);
        Span<byte> content = stackalloc byte[Size];
        content.Clear();
        content[0] = (byte)(XmpFlag | (hasExif ? ExifFlag : 0) | (hasAlpha ? AlphaFlag : 0));

        // The canvas less one, 24 bits each; both are at least 1, and the fourth byte is overwritten or zero.
        BinaryPrimitives.WriteUInt32LittleEndian(content[4..], width - 1);
        BinaryPrimitives.WriteUInt16LittleEndian(content[7..], (ushort)(height - 1));
        return RiffChunk.Of("VP8X", content);
    }

    // Signature, then 14 bits of width less one, 14 of height less one, one of alpha (RFC 9649, 3.4).
    private static (uint Width, uint Height, bool HasAlpha) Lossless(MediaSource source, RiffChunk image)
    {
        if (image.Length < 5 || source.ReadByte(image.ContentOffset) != 0x2F)
        {
            throw MediaException.Malformed(image.Offset, "A VP8L chunk does not start with its signature.");
        }

        var bits = source.ReadUInt32LittleEndian(image.ContentOffset + 1);
        return ((bits & 0x3FFF) + 1, ((bits >> 14) & 0x3FFF) + 1, (bits & (1u << 28)) != 0);
    }

    // Three bytes of frame tag, start code, then 14 bits each of width and height under two of scale (RFC 6386, 9.1).
    private static (uint Width, uint Height, bool HasAlpha) Lossy(MediaSource source, RiffChunk image)
    {
        if (image.Length < 10 || (source.ReadByte(image.ContentOffset) & 1) != 0 || !source.StandsAt(image.ContentOffset + 3, [0x9D, 0x01, 0x2A]))
        {
            throw MediaException.Malformed(image.Offset, "A VP8 chunk does not start with a key frame.");
        }

        var width = source.ReadUInt16LittleEndian(image.ContentOffset + 6) & 0x3FFFu;
        var height = source.ReadUInt16LittleEndian(image.ContentOffset + 8) & 0x3FFFu;
        return width > 0 && height > 0 ? (width, height, false) : throw MediaException.Malformed(image.ContentOffset + 6, "An image without width or height.");
    }
}
