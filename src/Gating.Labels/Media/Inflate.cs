using System.IO.Compression;

namespace Gating.Labels.Media;

/// <summary>zlib streams that a file brings along, inflated up to a bound.</summary>
internal static class Inflate
{
    /// <summary>Null where the stream is broken or holds more than <paramref name="limit"/> bytes.</summary>
    public static byte[]? Zlib(byte[] compressed, int offset, int limit)
    {
        var bytes = new byte[limit + 1];
        try
        {
            using var inflater = new ZLibStream(new MemoryStream(compressed, offset, compressed.Length - offset, writable: false), CompressionMode.Decompress);
            var length = inflater.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            return length > limit ? null : bytes[..length];
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }
}
