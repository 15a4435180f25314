using System.Buffers.Binary;
using System.Text;
using Gating.Labels.Riff;

namespace Gating.Labels.Tests.Samples;

/// <summary>What the samples of WebP, WAV and AVI are put together of.</summary>
internal static class RiffSamples
{
    public static byte[] File(string type, params byte[][] chunks) => Chunk("RIFF", [Encoding.ASCII.GetBytes(type), .. chunks]);

    public static byte[] List(string type, params byte[][] chunks) => Chunk("LIST", [Encoding.ASCII.GetBytes(type), .. chunks]);

    public static byte[] Chunk(string id, params byte[][] parts) => RiffChunk.Of(id, parts.SelectMany(static part => part).ToArray());

    public static byte[] Text(string id, string text) => Chunk(id, Encoding.UTF8.GetBytes(text + "\0"));

    /// <summary>Numbers of 32 bits, in RIFF's order.</summary>
    public static byte[] Numbers(params uint[] numbers)
    {
        var bytes = new byte[4 * numbers.Length];
        for (var i = 0; i < numbers.Length; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4 * i), numbers[i]);
        }

        return bytes;
    }

    public static byte[] XmpOf(string inner) => Encoding.UTF8.GetBytes(
        $"""<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:TC260="http://www.tc260.org.cn/ns/AIGC/1.0/"><dc:source>a pen</dc:source>{inner}</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>""");

    public static byte[] XmpOfLabel(string json) => XmpOf($"<TC260:AIGC>{json.Replace("<", "&lt;", StringComparison.Ordinal)}</TC260:AIGC>");
}
