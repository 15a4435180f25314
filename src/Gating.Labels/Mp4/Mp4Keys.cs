using System.Buffers.Binary;
using System.Text;
using Gating.Labels.Bmff;
using Gating.Labels.Media;

namespace Gating.Labels.Mp4;

/// <summary>The names of items (QTFF, Metadata Item Keys Atom): version and flags, count, and each with its size and namespace. Items call them by number, from 1.</summary>
internal sealed class Mp4Keys
{
    private const int MaxBytes = 64 * 1024;
    private const int HeaderSize = 8;

    private readonly BmffBox _box;
    private readonly List<string> _names;

    /// <summary>Behind the last name.</summary>
    private readonly long _end;

    private Mp4Keys(BmffBox box, List<string> names, long end) => (_box, _names, _end) = (box, names, end);

    public static Mp4Keys Read(MediaSource source, BmffBox box)
    {
        var length = box.End - box.Content;
        if (length < HeaderSize)
        {
            throw MediaException.Malformed(box.Offset, "A list of keys without their count.");
        }

        var bytes = source.ReadBytes(box.Content, length, MaxBytes);
        var count = BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(4));
        var names = new List<string>();
        var at = HeaderSize;
        while (names.Count < count)
        {
            var size = bytes.Length - at >= HeaderSize ? BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(at)) : 0;
            if (size < HeaderSize || size > bytes.Length - at)
            {
                throw MediaException.Malformed(box.Content + at, "A key that is not there, or longer than its list.");
            }

            // Of other namespaces (udta) the name is another's.
            var isOurs = bytes.AsSpan(at + 4, 4).SequenceEqual("mdta"u8);
            names.Add(isOurs ? Encoding.UTF8.GetString(bytes, at + HeaderSize, (int)size - HeaderSize) : string.Empty);
            at += (int)size;
        }

        return new(box, names, box.Content + at);
    }

    public static byte[] Of(string name) => BmffBox.Of("keys"u8, [0, 0, 0, 0, 0, 0, 0, 1], Entry(name));

    public string? NameOf(uint index) => index >= 1 && index <= _names.Count ? _names[(int)index - 1] : null;

    /// <summary>0 where there is none of that name.</summary>
    public uint IndexOf(string name) => (uint)(_names.IndexOf(name) + 1);

    public uint Append(BmffEdits edits, string name)
    {
        var count = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(count, _names.Count + 1);
        edits.Replace(_box, _box.Content + 4, _box.Content + 8, count);
        edits.Insert(_box, _end, Entry(name));
        return (uint)_names.Count + 1;
    }

    private static byte[] Entry(string name) => BmffBox.Of("mdta"u8, Encoding.ASCII.GetBytes(name));
}
