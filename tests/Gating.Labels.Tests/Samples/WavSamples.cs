using System.Text;
using static Gating.Labels.Tests.Samples.RiffSamples;

namespace Gating.Labels.Tests.Samples;

/// <summary>WAVE files of a few samples of silence.</summary>
internal static class WavSamples
{
    public static readonly byte[] Format = Chunk("fmt ", [1, 0, 1, 0], Numbers(8000, 8000), [1, 0, 8, 0]);
    public static readonly byte[] Silence = Chunk("data", Enumerable.Repeat((byte)0x80, 16).ToArray());

    public static IReadOnlyList<Sample> All { get; } =
    [
        Of("bare", Format, Silence),
        Of("of an odd length, with a list of texts", Format, List("INFO", Text("INAM", "silence"), Text("ICMT", "nothing")), Chunk("data", [0x80, 0x80, 0x80])),
        new("WAV", "of an odd length without its padding", WithoutPadding),
        Of("with an ID3 tag", Format, Silence, Id3("Title", "silence", "00")),
        Of("with XMP", Format, Silence, Chunk("_PMX", XmpOf(string.Empty))),
        new("WAV", "written into a pipe", Piped),
        Large("RF64"),
        Large("BW64"),
        new("WAV", "with something behind its end", [.. File("WAVE", Format, Silence), .. "behind"u8]),
    ];

    /// <summary>As short as a sound can be that a rhythm fits into.</summary>
    public static IReadOnlyList<Sample> Heard { get; } =
    [
        Of("as short as the rhythm", Chunk("fmt ", [1, 0, 1, 0], Numbers(4000, 4000), [1, 0, 8, 0]), Chunk("data", Enumerable.Repeat((byte)0x80, 5000).ToArray())),
    ];

    /// <summary>A tag of version 2.4 with a title and a text of one's own.</summary>
    public static byte[] Id3(string description, string text, string encoding)
    {
        byte[] own = [.. Convert.FromHexString(encoding), .. Encoding.ASCII.GetBytes(description), 0, .. Encoding.ASCII.GetBytes(text)];
        byte[] frames = [.. Frame("TIT2", [3, (byte)'a']), .. Frame("TXXX", own)];
        return Chunk("id3 ", [.. "ID3"u8, 4, 0, 0, .. Syncsafe(frames.Length), .. frames]);
    }

    private static byte[] Frame(string id, byte[] content) => [.. Encoding.ASCII.GetBytes(id), .. Syncsafe(content.Length), 0, 0, .. content];

    private static byte[] Syncsafe(int value) => [0, 0, (byte)(value >> 7), (byte)(value & 0x7F)];

    private static byte[] WithoutPadding
    {
        get
        {
            var file = File("WAVE", Format, Chunk("data", [0x80, 0x80, 0x80]))[..^1];
            file[4]--;
            return file;
        }
    }

    private static byte[] Piped
    {
        get
        {
            var file = File("WAVE", Format, Silence);
            file.AsSpan(4, 4).Fill(0xFF);
            file.AsSpan(40, 4).Fill(0xFF);
            return file;
        }
    }

    private static Sample Of(string what, params byte[][] chunks) => new("WAV", what, File("WAVE", chunks));

    // All sizes of 32 bits are -1; the true ones stand in ds64, that of a chunk other than data in its table.
    private static Sample Large(string id)
    {
        var levels = Chunk("levl", [1, 2, 3, 4]);
        var file = File("WAVE", Chunk("ds64", Numbers(0, 0, 16, 0, 16, 0, 1), "levl"u8.ToArray(), Numbers(4, 0)), Format, Silence, levels);
        Encoding.ASCII.GetBytes(id, file);
        System.Buffers.Binary.BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(20), file.Length - 8);
        file.AsSpan(4, 4).Fill(0xFF);
        file.AsSpan(file.AsSpan().IndexOf("data"u8) + 4, 4).Fill(0xFF);
        file.AsSpan(file.AsSpan().LastIndexOf("levl"u8) + 4, 4).Fill(0xFF);
        return new("WAV", $"as {id}", file);
    }
}
