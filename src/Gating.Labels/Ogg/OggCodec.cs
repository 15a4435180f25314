using Gating.Labels.Flac;
using Gating.Labels.Media;
using Gating.Labels.VorbisComments;

namespace Gating.Labels.Ogg;

/// <summary>What is in the stream, told by its first packet, and how its comment packet begins.</summary>
/// <param name="MaxHeaders">Packets from the comment on that may share its pages; what follows them starts on a page of its own.</param>
internal sealed record OggCodec(string Name, int PrefixLength, int MaxHeaders)
{
    private static readonly OggCodec Vorbis = new("Vorbis", 7, 2);
    private static readonly OggCodec Opus = new("Opus", 8, 1);
    private static readonly OggCodec Flac = new("FLAC", FlacBlock.HeaderSize, 1000);

    public static OggCodec Of(ReadOnlySpan<byte> first, long offset) =>
        first.StartsWith("\u0001vorbis"u8) ? Vorbis
        : first.StartsWith("OpusHead"u8) ? Opus
        : first.StartsWith("\u007FFLAC\u0001"u8) ? Flac
        : throw MediaException.Unsupported(offset, "An Ogg stream that is neither Vorbis nor Opus nor FLAC (mapping 1).");

    public VorbisComment CommentOf(byte[] packet, long offset)
    {
        var isRight = Name switch
        {
            "Vorbis" => packet.AsSpan().StartsWith("\u0003vorbis"u8),
            "Opus" => packet.AsSpan().StartsWith("OpusTags"u8),
            _ => packet.Length >= PrefixLength && (packet[0] & 0x7F) == FlacBlock.VorbisComment,
        };
        return isRight ? new(packet, PrefixLength, offset) : throw MediaException.Malformed(offset, $"The second packet of a stream of {Name} is not its comment.");
    }

    public byte[] CommentWith(VorbisComment comment, string json, long offset)
    {
        var packet = comment.With(json);
        if (this == Flac)
        {
            // The block's own length; "last", if it said so, stays.
            FlacBlock.Header(FlacBlock.VorbisComment, (packet[0] & 0x80) != 0, packet.Length - FlacBlock.HeaderSize, offset).CopyTo(packet, 0);
        }

        return packet;
    }
}
