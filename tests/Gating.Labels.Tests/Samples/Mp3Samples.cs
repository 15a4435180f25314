using System.Buffers.Binary;
using System.Text;
using Gating.Labels.Id3;

namespace Gating.Labels.Tests.Samples;

/// <summary>MP3 files: four frames of silence, MPEG-2 layer III, 8 kbit/s, 24 kHz, mono.</summary>
internal static class Mp3Samples
{
    private static readonly byte[] Title3 = Frame3("TIT2", [0, .. "silence"u8]);
    private static readonly byte[] Title4 = Frame4("TIT2", [3, .. "silence"u8]);

    public static byte[] Audio { get; } = [.. Enumerable.Repeat((byte[])[0xFF, 0xF3, 0x14, 0xC4, .. new byte[20]], 4).SelectMany(static frame => frame)];

    public static IReadOnlyList<Sample> All { get; } =
    [
        Of("bare"),
        Of("with ID3v2.3 and padding", Tag(3, 0, [.. Title3, .. new byte[700]])),
        Of("with ID3v2.3, an extended header and a CRC", Tag(3, 0x40, [0, 0, 0, 10, 0x80, 0, 0, 0, 0, 4, 1, 2, 3, 4, .. Title3, 0, 0, 0, 0])),
        Of("with ID3v2.3, unsynchronised", Tag(3, 0x80, Unsynchronisation.Apply([.. Title3, .. Frame3("PRIV", [.. "x\0"u8, 0xFF, 0xE0, 0xFF, 0, 0xFF])]))),
        Of("with ID3v2.4", Tag(4, 0, Title4)),
        Of("with ID3v2.4, an extended header and a footer", Tag(4, 0x50, [0, 0, 0, 7, 1, 0x40, 0, .. Title4])),
        Of("with ID3v2.4, unsynchronised", Tag(4, 0x80, [.. Title4, .. Frame4("PRIV", [0, 0, 0, 4, (byte)'x', 0, 0xFF, 0, 0xE0], 3)])),
        Of("with ID3v2.4 and plain lengths", Tag(4, 0, [.. Title4, .. Frame3("TXXX", [0, .. "a\0"u8, .. Enumerable.Repeat((byte)'b', 200)])])),
        Of("with two tags, APE and ID3v1", [.. Tag(3, 0, Title3), .. Tag(4, 0, Title4)], [.. Ape(("Title", "silence")), .. Id3v1("a comment")]),
        Of("with a tag at the end", [], Tag(4, 0x10, Title4)),
    ];

    public static byte[] Frame3(string id, byte[] content, ushort flags = 0)
    {
        byte[] bytes = [.. Encoding.ASCII.GetBytes(id), 0, 0, 0, 0, 0, 0, .. content];
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(4), content.Length);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(8), flags);
        return bytes;
    }

    public static byte[] Frame4(string id, byte[] content, ushort flags = 0)
    {
        var bytes = Frame3(id, content, flags);
        Id3Header.PutSyncSafe(bytes.AsSpan(4), content.Length);
        return bytes;
    }

    public static byte[] Tag(byte version, byte flags, byte[] body)
    {
        var header = new Id3Header(0, version, 0, flags, body.Length);
        return [.. header.ToBytes("ID3"u8), .. body, .. header.HasFooter ? header.ToBytes("3DI"u8) : []];
    }

    public static byte[] Ape(params (string Key, string Value)[] items)
    {
        byte[] body = [.. items.SelectMany(static item => (byte[])[.. UInt32(item.Value.Length), 0, 0, 0, 0, .. Encoding.ASCII.GetBytes(item.Key), 0, .. Encoding.ASCII.GetBytes(item.Value)])];
        return [.. Part(0xA0000000), .. body, .. Part(0x80000000)];

        byte[] Part(uint flags) => [.. "APETAGEX"u8, .. UInt32(2000), .. UInt32(body.Length + 32), .. UInt32(items.Length), .. UInt32(unchecked((int)flags)), .. new byte[8]];
    }

    public static byte[] Id3v1(string comment) => [.. "TAG"u8, .. new byte[94], .. Encoding.ASCII.GetBytes(comment.PadRight(28, '\0')), 0, 7, 12];

    private static byte[] UInt32(int value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        return bytes;
    }

    private static Sample Of(string what, byte[]? before = null, byte[]? after = null) => new("MP3", what, [.. before ?? [], .. Audio, .. after ?? []]);
}
