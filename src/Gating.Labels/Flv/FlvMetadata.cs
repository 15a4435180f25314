using System.Buffers.Binary;
using System.Text;
using Gating.Labels.Media;

namespace Gating.Labels.Flv;

/// <summary>The script tag <c>onMetaData</c>: its name, and an ECMA array (of some writers an object) whose member <c>AIGC</c> is the label.</summary>
internal sealed class FlvMetadata
{
    private const int MaxBytes = 512 * 1024;
    private const string LabelName = "AIGC";

    private readonly byte[] _bytes;
    private readonly AmfReader _amf;
    private readonly int _array;
    private readonly int _end;
    private readonly IReadOnlyList<AmfMember> _members;

    private FlvMetadata(FlvTag tag, byte[] bytes, AmfReader amf, int array)
    {
        (Tag, _bytes, _amf, _array) = (tag, bytes, amf, array);
        _members = amf.MembersAt(array, out _end);
    }

    public FlvTag Tag { get; }

    public IEnumerable<(string Text, long Offset)> Labels => _members.Where(IsLabel).Select(member => (_amf.TextAt(member.ValueAt) ?? string.Empty, Tag.ContentOffset + member.Start));

    /// <summary>Null where the tag is another, or holds no members.</summary>
    public static FlvMetadata? Of(MediaSource source, FlvTag tag)
    {
        if (tag.Type != FlvTag.Script || tag.Size < 13 || !source.StandsAt(tag.ContentOffset, [2, 0, 10, .. "onMetaData"u8]))
        {
            return null;
        }

        var bytes = source.ReadBytes(tag.ContentOffset, tag.Size, MaxBytes);
        var amf = new AmfReader(bytes, tag.ContentOffset);
        return amf.TypeAt(13) is AmfReader.EcmaArray or AmfReader.Object ? new(tag, bytes, amf, 13) : null;
    }

    /// <summary>A whole content for a file that has none.</summary>
    public static byte[] New(Label label) => [2, 0, 10, .. "onMetaData"u8, AmfReader.EcmaArray, 0, 0, 0, 1, .. Member(label), 0, 0, 9];

    /// <summary>The content with one label as its last member (none where <paramref name="label"/> is null), and what is said of places in the file moved by what the tag grows.</summary>
    /// <param name="growth">What stands behind it moves by; is added to the file's places and its size.</param>
    public byte[] With(Label? label, long growth)
    {
        var content = new List<byte>(_bytes.Length + 1024);
        var kept = 0;
        foreach (var member in _members.Where(IsLabel))
        {
            content.AddRange(_bytes.AsSpan(kept, member.Start - kept));
            kept = member.End;
        }

        content.AddRange(_bytes.AsSpan(kept, _end - kept));
        content.AddRange(label is null ? [] : Member(label));
        content.AddRange(_bytes.AsSpan(_end));
        var bytes = content.ToArray();
        if (bytes[_array] == AmfReader.EcmaArray)
        {
            // The count is a hint that some writers leave at zero; one that was right stays right.
            var count = _amf.UInt32(_array + 1);
            var kin = _members.Count(static member => !IsLabel(member));
            BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(_array + 1), count == _members.Count ? (uint)(kin + (label is null ? 0 : 1)) : count);
        }

        Move(bytes, growth);
        return bytes;
    }

    private void Move(byte[] bytes, long growth)
    {
        var amf = new AmfReader(bytes, Tag.ContentOffset);
        foreach (var member in amf.MembersAt(_array, out _))
        {
            if (member.Name is "filesize" or "lastkeyframelocation" && amf.TypeAt(member.ValueAt) == AmfReader.Number)
            {
                Add(bytes, member.ValueAt, growth);
            }
            else if (member.Name is "keyframes" && amf.TypeAt(member.ValueAt) is AmfReader.Object or AmfReader.EcmaArray
                && amf.MembersAt(member.ValueAt, out _).FirstOrDefault(static inner => inner.Name is "filepositions") is { } places && amf.TypeAt(places.ValueAt) == AmfReader.StrictArray)
            {
                for (var (i, at) = (0u, places.ValueAt + 5); i < amf.UInt32(places.ValueAt + 1); i++, at = amf.EndOf(at))
                {
                    if (amf.TypeAt(at) == AmfReader.Number)
                    {
                        Add(bytes, at, growth, from: Tag.End);
                    }
                }
            }
        }
    }

    // Zero and other places before the tag do not move.
    private static void Add(byte[] bytes, int at, long growth, long from = 1)
    {
        var number = bytes.AsSpan(at + 1, 8);
        var value = BinaryPrimitives.ReadDoubleBigEndian(number);
        if (value >= from)
        {
            BinaryPrimitives.WriteDoubleBigEndian(number, value + growth);
        }
    }

    private static bool IsLabel(AmfMember member) => member.Name is LabelName;

    private static byte[] Member(Label label)
    {
        var text = Encoding.ASCII.GetBytes(LabelJson.Write(label));
        var length = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(length, checked((ushort)text.Length));
        return [0, 4, .. Encoding.ASCII.GetBytes(LabelName), AmfReader.Text, .. length, .. text];
    }
}
