using System.Text;
using Gating.Labels.Media;
using Gating.Labels.Xmp;

namespace Gating.Labels.Png;

/// <summary>What a text chunk says, unpacked: <c>tEXt</c>, <c>zTXt</c> or <c>iTXt</c>.</summary>
internal sealed record PngText(string Keyword, byte[] Bytes)
{
    private const string XmpKeyword = "XML:com.adobe.xmp";
    private const string LabelKeyword = "AIGC";
    private const int MaxKeyword = 79;

    public bool IsXmp => Keyword is XmpKeyword;

    public bool IsLabel => Keyword is LabelKeyword;

    public static byte[] OfXmp(ReadOnlySpan<byte> packet) =>
        PngChunk.Of("iTXt", [.. Encoding.ASCII.GetBytes(XmpKeyword), 0, 0, 0, 0, 0, .. packet]);

    /// <summary>Null for other chunks, and for text that is neither XMP nor a label.</summary>
    /// <param name="notes">Where a text that cannot be unpacked is noted.</param>
    public static PngText? Of(MediaSource source, PngChunk chunk, List<string>? notes)
    {
        if (chunk.Type is not ("tEXt" or "zTXt" or "iTXt") || KeywordOf(source, chunk) is not { } keyword || keyword is not (XmpKeyword or LabelKeyword))
        {
            return null;
        }

        if (chunk.Length > XmpPacket.MaxBytes)
        {
            throw MediaException.Unsupported(chunk.Offset, $"A text of {chunk.Length} bytes; at most {XmpPacket.MaxBytes} are looked into.");
        }

        var content = source.ReadBytes(chunk.Offset + PngChunk.HeaderSize, chunk.Length, XmpPacket.MaxBytes);
        if (Unpack(chunk.Type, content, keyword.Length + 1) is { } text)
        {
            return new(keyword, text);
        }

        notes?.Add($"A {chunk.Type} chunk cannot be unpacked.");
        return null;
    }

    public override string ToString() => Encoding.UTF8.GetString(Bytes);

    private static string? KeywordOf(MediaSource source, PngChunk chunk)
    {
        var start = source.ReadBytes(chunk.Offset + PngChunk.HeaderSize, Math.Min(chunk.Length, MaxKeyword + 1), MaxKeyword + 1);
        var end = Array.IndexOf(start, (byte)0);
        return end < 0 ? null : Encoding.Latin1.GetString(start, 0, end);
    }

    private static byte[]? Unpack(string type, byte[] content, int at) => type switch
    {
        "tEXt" => content[at..],

        // One byte of method, 0 being the only one.
        "zTXt" => at < content.Length && content[at] == 0 ? Inflate.Zlib(content, at + 1, XmpPacket.MaxBytes) : null,
        _ => UnpackInternational(content, at),
    };

    // Flag, method, language NUL, translated keyword NUL, text.
    private static byte[]? UnpackInternational(byte[] content, int at)
    {
        if (at + 2 > content.Length)
        {
            return null;
        }

        var isPacked = content[at] != 0;
        var language = Array.IndexOf(content, (byte)0, at + 2);
        var translated = language < 0 ? -1 : Array.IndexOf(content, (byte)0, language + 1);
        return translated < 0 ? null
            : isPacked ? Inflate.Zlib(content, translated + 1, XmpPacket.MaxBytes)
            : content[(translated + 1)..];
    }
}
