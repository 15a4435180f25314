namespace Gating.Labels.Ogg;

/// <summary>CRC-32 of an Ogg page (RFC 3533, 6): polynomial 0x04C11DB7, not reflected, from zero, not inverted, over the page with zeros in the field itself.</summary>
internal static class OggCrc
{
    private static readonly uint[] Table = [.. Enumerable.Range(0, 256).Select(static n => Entry((uint)n << 24))];

    public static uint Of(ReadOnlySpan<byte> bytes, uint crc = 0)
    {
        foreach (var b in bytes)
        {
            crc = (crc << 8) ^ Table[(crc >> 24) ^ b];
        }

        return crc;
    }

    /// <summary>
    /// By how much a page's CRC changes when bytes change by <paramref name="difference"/> with <paramref name="behind"/> bytes behind them. It is linear: what was wrong before is as
    /// wrong after, so that numbering a damaged page anew never passes it off as sound.
    /// </summary>
    public static uint OfChange(ReadOnlySpan<byte> difference, int behind)
    {
        var crc = Of(difference);
        for (; behind > 0; behind--)
        {
            crc = (crc << 8) ^ Table[crc >> 24];
        }

        return crc;
    }

    private static uint Entry(uint crc)
    {
        for (var bit = 0; bit < 8; bit++)
        {
            crc = (crc & 0x8000_0000) == 0 ? crc << 1 : (crc << 1) ^ 0x04C11DB7;
        }

        return crc;
    }
}
