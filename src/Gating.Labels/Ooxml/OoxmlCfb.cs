using System.Text;
using Gating.Labels.Media;

namespace Gating.Labels.Ooxml;

/// <summary>
/// A compound file (MS-CFB) that holds an encrypted package (MS-OFFCRYPTO 2.3.4): one whose directory has the two streams that make it one. Other compound files are documents of older
/// kinds, and unknown here. Anything odd is no encrypted package that anybody could be sure of.
/// </summary>
internal static class OoxmlCfb
{
    private const int MaxSectors = 64;
    private const int EntryLength = 128;
    private const int HeaderFatEntries = 109;

    private static readonly byte[] Package = Encoding.Unicode.GetBytes("EncryptedPackage\0");
    private static readonly byte[] Info = Encoding.Unicode.GetBytes("EncryptionInfo\0");

    public static bool IsEncryptedPackage(MediaSource source, ReadOnlySpan<byte> start)
    {
        if (!start.StartsWith((byte[])[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]) || start.Length < 512 || start[30] is not (9 or 12))
        {
            return false;
        }

        var size = 1 << start[30];
        var (hasPackage, hasInfo) = (false, false);
        long sector = source.ReadUInt32LittleEndian(48);
        for (var i = 0; i < MaxSectors && StandsThere(source, sector, size); i++)
        {
            for (var at = At(sector, size); at < At(sector + 1, size); at += EntryLength)
            {
                hasPackage |= source.StandsAt(at, Package);
                hasInfo |= source.StandsAt(at, Info);
            }

            sector = Next(source, sector, size);
        }

        return hasPackage && hasInfo;
    }

    private static long At(long sector, int size) => (sector + 1) * size;

    private static bool StandsThere(MediaSource source, long sector, int size) => At(sector + 1, size) <= source.Length;

    /// <summary>The next of its chain; beyond the file where there is none.</summary>
    private static long Next(MediaSource source, long sector, int size)
    {
        var perSector = size / sizeof(uint);
        if (sector / perSector >= HeaderFatEntries)
        {
            return uint.MaxValue;
        }

        long table = source.ReadUInt32LittleEndian(76 + (sector / perSector * sizeof(uint)));
        return StandsThere(source, table, size) ? source.ReadUInt32LittleEndian(At(table, size) + (sector % perSector * sizeof(uint))) : uint.MaxValue;
    }
}
