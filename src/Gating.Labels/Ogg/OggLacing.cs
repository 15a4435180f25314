namespace Gating.Labels.Ogg;

/// <summary>Packets to pages (RFC 3533, 5): segments of 255 bytes, and one that is shorter, if only by being empty, to end a packet.</summary>
internal static class OggLacing
{
    public static IReadOnlyList<byte[]> Pages(IReadOnlyList<byte[]> packets, uint serial, uint sequence, bool isLast)
    {
        var payload = packets.SelectMany(static packet => packet).ToArray();
        var lacing = packets.SelectMany(static packet => Enumerable.Repeat((byte)255, packet.Length / 255).Append((byte)(packet.Length % 255))).ToArray();
        var pages = new List<byte[]>();
        var at = 0;
        for (var segment = 0; segment < lacing.Length; segment += OggPage.MaxSegments)
        {
            var segments = lacing.AsSpan(segment, Math.Min(OggPage.MaxSegments, lacing.Length - segment));
            var length = 0;
            foreach (var value in segments)
            {
                length += value;
            }

            var flags = (segment > 0 && lacing[segment - 1] == 255 ? OggPage.Continued : 0) | (isLast && segment + segments.Length == lacing.Length ? OggPage.Last : 0);
            var granule = segments.IndexOfAnyExcept((byte)255) < 0 ? OggPage.NoGranule : 0;
            pages.Add(OggPage.ToBytes((byte)flags, granule, serial, unchecked(sequence + (uint)pages.Count), segments, payload.AsSpan(at, length)));
            at += length;
        }

        return pages;
    }
}
