using System.IO.Compression;

namespace Gating.StatusLists;

/// <summary>
/// The bits of a status list (Token Status List, 4.1): one for each place, the first in the lowest bit of the first byte, 0 valid and 1 invalid; compressed with DEFLATE in the ZLIB format (RFC 1950), as they are
/// kept and served. Pure, on values.
/// </summary>
public static class StatusBits
{
    private const int Bytes = StatusList.Size / 8;

    /// <summary>Of a list on which every grant is good.</summary>
    public static ReadOnlyMemory<byte> AllValid { get; } = Compress(new byte[Bytes]);

    /// <summary>Of a list on which no grant is.</summary>
    public static ReadOnlyMemory<byte> AllInvalid { get; } = Compress([.. Enumerable.Repeat((byte)0xff, Bytes)]);

    /// <summary>With these places invalid as well; the same memory where they are already.</summary>
    public static ReadOnlyMemory<byte> Invalidate(ReadOnlyMemory<byte> compressed, IEnumerable<int> places)
    {
        var (bits, changed) = (Decompress(compressed), false);
        foreach (var place in places)
        {
            if (place is < 0 or >= StatusList.Size)
            {
                throw new ArgumentOutOfRangeException(nameof(places), place, "A status list has no such place.");
            }

            var bit = (byte)(1 << (place % 8));
            changed |= (bits[place / 8] & bit) == 0;
            bits[place / 8] |= bit;
        }

        return changed ? Compress(bits) : compressed;
    }

    public static bool IsValid(ReadOnlyMemory<byte> compressed, int place) => (Decompress(compressed)[place / 8] >> (place % 8) & 1) == 0;

    private static byte[] Compress(byte[] bits)
    {
        using var written = new MemoryStream();
        using (var zlib = new ZLibStream(written, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            zlib.Write(bits);
        }

        return written.ToArray();
    }

    /// <summary>Throws <see cref="FormatException"/> for what is no list of that size: nothing is guessed about grants.</summary>
    private static byte[] Decompress(ReadOnlyMemory<byte> compressed)
    {
        using var zlib = new ZLibStream(new MemoryStream(compressed.ToArray(), writable: false), CompressionMode.Decompress);
        var bits = new byte[Bytes];
        try
        {
            zlib.ReadExactly(bits);
            return zlib.ReadByte() < 0 ? bits : throw new FormatException("A stored status list is longer than its places.");
        }
        catch (Exception error) when (error is InvalidDataException or EndOfStreamException)
        {
            throw new FormatException("A stored status list cannot be read.", error);
        }
    }
}
