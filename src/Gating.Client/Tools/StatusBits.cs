using System.IO.Compression;
using System.Text.Json;
using Gating.Client.Jose;

namespace Gating.Client.Tools;

/// <summary>Statuses of a list (Token Status List, 4.1): <c>bits</c> for each, the first in the lowest of the first byte; 0 is valid, anything else is not.</summary>
internal sealed class StatusBits
{
    /// <summary>Bytes, unpacked. More is refused, however small it came.</summary>
    public const int MaxBytes = 1024 * 1024;

    private readonly byte[] _bytes;
    private readonly int _bits;

    private StatusBits(byte[] bytes, int bits) => (_bytes, _bits) = (bytes, bits);

    /// <summary>Of <c>status_list</c>; null where it is none, or too large.</summary>
    public static StatusBits? Read(JsonElement list) =>
        list.Number("bits") is 1 or 2 or 4 or 8 && list.Text("lst") is { } text && CompactToken.Decode(text) is { } packed && Unpack(packed) is { } bytes
            ? new(bytes, (int)list.Number("bits")!.Value)
            : null;

    /// <summary>Null where the place is beyond the end.</summary>
    public bool? IsValid(long index) =>
        index < 0 || index >= _bytes.LongLength * 8 / _bits ? null
        : ((_bytes[index * _bits / 8] >> (int)(index * _bits % 8)) & ((1 << _bits) - 1)) == 0;

    // ZLIB (RFC 1950). A list of a few bytes may unpack to gigabytes: no more is unpacked than is allowed, and one byte.
    private static byte[]? Unpack(byte[] packed)
    {
        using var zlib = new ZLibStream(new MemoryStream(packed, writable: false), CompressionMode.Decompress);
        using var bytes = new MemoryStream();
        var buffer = new byte[16 * 1024];
        try
        {
            while (zlib.Read(buffer) is > 0 and var count)
            {
                if (bytes.Length + count > MaxBytes)
                {
                    return null;
                }

                bytes.Write(buffer, 0, count);
            }

            return bytes.ToArray();
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }
}
