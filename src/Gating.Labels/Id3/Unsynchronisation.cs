namespace Gating.Labels.Id3;

/// <summary>ID3v2.4 structure, 6.1: a zero byte behind each FF that could be taken for the start of an audio frame.</summary>
internal static class Unsynchronisation
{
    public static byte[] Undo(ReadOnlySpan<byte> bytes)
    {
        var plain = new byte[bytes.Length];
        var length = 0;
        for (var i = 0; i < bytes.Length; i++)
        {
            plain[length++] = bytes[i];
            if (bytes[i] == 0xFF && i + 1 < bytes.Length && bytes[i + 1] == 0)
            {
                i++;
            }
        }

        return plain[..length];
    }

    public static byte[] Apply(ReadOnlySpan<byte> bytes)
    {
        var safe = new List<byte>(bytes.Length + 16);
        for (var i = 0; i < bytes.Length; i++)
        {
            safe.Add(bytes[i]);
            if (bytes[i] == 0xFF && (i + 1 == bytes.Length || bytes[i + 1] is 0 or >= 0xE0))
            {
                safe.Add(0);
            }
        }

        return [.. safe];
    }
}
