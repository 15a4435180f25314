using System.Buffers.Binary;
using System.Text;
using Gating.Labels.Id3;
using Gating.Labels.Media;

namespace Gating.Labels.VorbisComments;

/// <summary>
/// A Vorbis comment (Vorbis I, 5.2): vendor, then <c>NAME=value</c> in UTF-8, each behind four bytes of length, little-endian. The label is <c>AIGC={…}</c> (TC260-PG-202510A). Read as
/// well, and taken out: a label under another name.
/// </summary>
internal sealed class VorbisComment
{
    /// <summary>Of a packet or block, which is held in memory; pictures in it count.</summary>
    public const int MaxBytes = 1024 * 1024;

    private const string LabelName = "AIGC";

    private readonly byte[] _bytes;
    private readonly int _countAt;
    private readonly int _end;
    private readonly List<(int From, int End)> _comments = [];

    public VorbisComment(byte[] bytes, int start, long offset)
    {
        _bytes = bytes;
        var at = Skip(start, offset);
        _countAt = at;
        var count = LengthAt(at, offset);
        at += 4;

        // Each has four bytes of length at least, which bounds their number by what is there.
        for (var i = 0L; i < count; i++)
        {
            var end = Skip(at, offset);
            _comments.Add((at, end));
            at = end;
        }

        _end = at;
    }

    public void Read(string place, long offset, LabelFindings findings)
    {
        foreach (var (name, value) in _comments.Select(LabelOf).OfType<(string, string)>())
        {
            findings.Add($"{place} {name}", offset, value, isUsualPlace: IsOurs(name));
        }
    }

    public bool HasLabel => _comments.Exists(comment => LabelOf(comment) is not null);

    /// <summary>The bytes with <paramref name="json"/> as their one label, where the first one stood, else behind all comments; null: without any.</summary>
    public byte[] With(string? json)
    {
        using var bytes = new MemoryStream(_bytes.Length + 512);
        bytes.Write(_bytes, 0, _countAt + 4);
        var label = json is null ? null : Comment($"{LabelName}={json}");
        var count = 0u;
        foreach (var comment in _comments)
        {
            if (LabelOf(comment) is null)
            {
                Put(_bytes.AsSpan(comment.From, comment.End - comment.From));
            }
            else if (label is not null)
            {
                Put(label);
                label = null;
            }
        }

        if (label is not null)
        {
            Put(label);
        }

        bytes.Write(_bytes, _end, _bytes.Length - _end);
        var result = bytes.ToArray();
        BinaryPrimitives.WriteUInt32LittleEndian(result.AsSpan(_countAt), count);
        return result;

        void Put(ReadOnlySpan<byte> comment)
        {
            bytes.Write(comment);
            count++;
        }
    }

    /// <summary>One for a file that has none: no vendor, who is the encoder, and no comment.</summary>
    public static VorbisComment New() => new(new byte[8], 0, 0);

    private static bool IsOurs(string name) => string.Equals(name, LabelName, StringComparison.OrdinalIgnoreCase);

    private static byte[] Comment(string text)
    {
        var bytes = new byte[4 + text.Length];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, text.Length);
        Encoding.ASCII.GetBytes(text, bytes.AsSpan(4));
        return bytes;
    }

    private (string Name, string Value)? LabelOf((int From, int End) comment)
    {
        var text = _bytes.AsSpan(comment.From + 4, comment.End - comment.From - 4);
        var equals = text.IndexOf((byte)'=');
        if (equals < 0)
        {
            return null;
        }

        var name = Encoding.Latin1.GetString(text[..equals]);
        var value = text[(equals + 1)..];
        return IsOurs(name) || (value.Length <= LabelJson.MaxBytes && Id3Text.SpeaksOfLabel(Encoding.UTF8.GetString(value)))
            ? (name, Encoding.UTF8.GetString(value[..Math.Min(value.Length, LabelJson.MaxBytes + 1)]))
            : null;
    }

    private uint LengthAt(int at, long offset) => _bytes.Length - at >= 4
        ? BinaryPrimitives.ReadUInt32LittleEndian(_bytes.AsSpan(at))
        : throw MediaException.Malformed(offset, "A Vorbis comment ends in the middle of a length.");

    private int Skip(int at, long offset)
    {
        var length = LengthAt(at, offset);
        return length <= _bytes.Length - at - 4 ? at + 4 + (int)length : throw MediaException.Malformed(offset, "A Vorbis comment is longer than what holds it.");
    }
}
