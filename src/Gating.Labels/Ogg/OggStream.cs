using System.Buffers.Binary;
using Gating.Labels.Media;
using Gating.Labels.VorbisComments;

namespace Gating.Labels.Ogg;

/// <summary>
/// The one logical stream of a file: its first page, the pages with the comment packet and whatever shares them, the rest. Multiplexed and chained streams are refused: each of them has
/// a comment, and a file has one label.
/// </summary>
internal sealed class OggStream
{
    /// <summary>Pages may be empty, so that their number is bounded beside their length.</summary>
    private const int MaxPages = 10_000;

    private readonly MediaSource _source;
    private readonly List<OggPage> _headers = [];
    private readonly List<byte[]> _packets = [];

    private OggStream(MediaSource source)
    {
        _source = source;
        var first = OggPage.Read(source, 0);
        if (!first.Has(OggPage.First) || !first.EndsPacket || first.Lacing.AsSpan(..^1).IndexOfAnyExcept((byte)255) >= 0)
        {
            throw MediaException.Malformed(0, "An Ogg stream's first page holds its first packet, whole and alone.");
        }

        Codec = OggCodec.Of(first.ReadPayload(source), 0);
        ReadHeaders(first);
        Comment = Codec.CommentOf(_packets[0], CommentOffset);
        CheckRest(first.Serial);
    }

    public OggCodec Codec { get; }

    public VorbisComment Comment { get; }

    public long CommentOffset => _headers[0].Offset;

    private long RestOffset => _headers[^1].End;

    public static OggStream Read(MediaSource source) => new(source);

    public Splice With(string json)
    {
        _packets[0] = Codec.CommentWith(Comment, json, CommentOffset);
        var pages = OggLacing.Pages(_packets, _headers[0].Serial, _headers[0].Sequence, isLast: _headers[^1].Has(OggPage.Last));
        var splice = new Splice().Keep(0, CommentOffset);
        foreach (var page in pages)
        {
            splice.Write(page);
        }

        var shift = unchecked((uint)(pages.Count - _headers.Count));
        return shift == 0 ? splice.Keep(RestOffset, _source.Length) : splice.Make(_source.Length - RestOffset, (source, put) => Renumber(source, RestOffset, shift, put));
    }

    /// <summary>Up to the page on which the comment, or a packet that began on its last page, ends with the page.</summary>
    private void ReadHeaders(OggPage first)
    {
        var packet = new MemoryStream();
        var held = 0;
        for (var at = first.End; _packets.Count == 0 || !_headers[^1].EndsPacket; at = _headers[^1].End)
        {
            var page = OggPage.Read(_source, at);
            if (page.Serial != first.Serial)
            {
                throw MediaException.Unsupported(at, "Several Ogg streams in one another: each has a comment, and a file has one label.");
            }

            if (page.Granule is not (0 or OggPage.NoGranule) || page.Has(OggPage.First) || page.Has(OggPage.Continued) != (packet.Length > 0))
            {
                throw MediaException.Malformed(at, "An Ogg page of the stream's headers cannot stand there.");
            }

            held += page.PayloadLength;
            if (held > VorbisComment.MaxBytes || _headers.Count == MaxPages)
            {
                throw MediaException.Unsupported(at, $"Headers of more than {VorbisComment.MaxBytes} bytes or {MaxPages} pages.");
            }

            _headers.Add(page);
            Split(page, packet);
            if (_packets.Count > Codec.MaxHeaders)
            {
                throw MediaException.Malformed(at, "Audio shares a page with the stream's headers.");
            }
        }
    }

    private void Split(OggPage page, MemoryStream packet)
    {
        var payload = page.ReadPayload(_source);
        var at = 0;
        foreach (var length in page.Lacing)
        {
            packet.Write(payload, at, length);
            at += length;
            if (length < 255)
            {
                _packets.Add(packet.ToArray());
                packet.SetLength(0);
            }
        }
    }

    private void CheckRest(uint serial)
    {
        for (var at = RestOffset; at < _source.Length;)
        {
            var page = OggPage.Read(_source, at);
            if (page.Serial != serial || page.Has(OggPage.First))
            {
                throw MediaException.Unsupported(at, "A second Ogg stream: each has a comment, and a file has one label.");
            }

            at = page.End;
        }
    }

    private static void Renumber(MediaSource source, long at, uint shift, Action<ReadOnlyMemory<byte>> put)
    {
        var buffer = new byte[OggPage.MaxSize];
        Span<byte> difference = stackalloc byte[4];
        while (at < source.Length)
        {
            var page = OggPage.Read(source, at);
            var bytes = buffer.AsMemory(0, (int)(page.End - at));
            source.Read(at, bytes.Span);
            var sequence = unchecked(page.Sequence + shift);
            BinaryPrimitives.WriteUInt32LittleEndian(difference, page.Sequence ^ sequence);
            var crc = BinaryPrimitives.ReadUInt32LittleEndian(bytes.Span[OggPage.CrcOffset..]) ^ OggCrc.OfChange(difference, bytes.Length - OggPage.CrcOffset);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.Span[OggPage.SequenceOffset..], sequence);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.Span[OggPage.CrcOffset..], crc);
            put(bytes);
            at = page.End;
        }
    }
}
