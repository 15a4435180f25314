using System.Buffers.Binary;
using System.Text;
using Gating.Labels.Bmff;
using Gating.Labels.Media;

namespace Gating.Labels.Mp4;

/// <summary>A label in an item of a meta box.</summary>
internal sealed record Mp4Label(BmffBox Item, string Place, string Text, bool IsUsualPlace, uint KeyIndex);

/// <summary>
/// A <c>meta</c> box with an item list: of the handler <c>mdta</c>, whose items are numbered after the names in <c>keys</c> (QTFF, Metadata), or of <c>mdir</c>, whose items are named by
/// their types (iTunes). ISO files have it as a FullBox, QuickTime files and some others do not.
/// </summary>
internal sealed class Mp4Meta
{
    public const int MaxText = LabelJson.MaxBytes;

    private const string LabelName = "AIGC";

    private readonly Mp4Keys? _keys;
    private readonly BmffBox? _items;
    private readonly string _place;

    private Mp4Meta(BmffBox box, string place, bool isKeyed, Mp4Keys? keys, BmffBox? items) => (Box, _place, IsKeyed, _keys, _items) = (box, place, isKeyed, keys, items);

    public BmffBox Box { get; }

    public bool IsKeyed { get; }

    public static Mp4Meta? Read(MediaSource source, BmffBox box, string place)
    {
        // A FullBox starts with version and flags, which are 0; a plain one with the size of its first child.
        var skipped = box.End - box.Content >= 4 && source.ReadUInt32BigEndian(box.Content) == 0 ? 4 : 0;
        BmffBox? handler = null, keys = null, items = null;
        foreach (var child in box.Children(source, skipped))
        {
            switch (child.Type)
            {
                case "hdlr":
                    handler ??= child;
                    break;
                case "keys":
                    keys ??= child;
                    break;
                case "ilst":
                    items ??= child;
                    break;
            }
        }

        // hdlr: version and flags, 4 bytes of another meaning, the handler.
        // Without keys its numbers say nothing.
        var isKeyed = (keys is not null || items is null) && handler is not null && handler.End - handler.Content >= 12 && source.StandsAt(handler.Content + 8, "mdta"u8);
        return new(box, place, isKeyed, isKeyed && keys is not null ? Mp4Keys.Read(source, keys) : null, items);
    }

    public static byte[] Of(Label label, bool isFullBox) => BmffBox.Of(
        "meta"u8,
        isFullBox ? new byte[4] : [],
        BmffBox.Of("hdlr"u8, [0, 0, 0, 0, 0, 0, 0, 0, .. "mdta"u8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
        Mp4Keys.Of(LabelName),
        BmffBox.Of("ilst"u8, ItemOf(label, 1)));

    public IEnumerable<Mp4Label> Labels(MediaSource source)
    {
        foreach (var item in _items?.Children(source) ?? [])
        {
            var index = IsKeyed ? source.ReadUInt32BigEndian(item.Offset + 4) : 0;
            var name = IsKeyed ? _keys?.NameOf(index) : item.Type is "----" ? NameOf(source, item) : item.Type.Any(char.IsControl) ? null : item.Type;
            var isNamed = string.Equals(name, LabelName, StringComparison.OrdinalIgnoreCase);
            var found = false;
            foreach (var data in item.Children(source).Where(static child => child.Type is "data"))
            {
                if (TextOf(source, data, isNamed) is { } text && (isNamed || LooksLikeLabel(text)))
                {
                    found = true;
                    yield return new(item, $"{_place} {name ?? "ilst"}", text, IsKeyed && isNamed, index);
                }
            }

            if (isNamed && !found)
            {
                yield return new(item, $"{_place} {name}", string.Empty, IsKeyed, index);
            }
        }
    }

    /// <summary>A text in udta (QTFF, User Data Text Strings): its length and language, two bytes each, and the text; null where it is no label.</summary>
    public static Mp4Label? LabelOfText(MediaSource source, BmffBox box)
    {
        var start = box.Content + 4;
        if (box.End - start is <= 0 or > MaxText || !source.StandsAt(start, "{"u8))
        {
            return null;
        }

        // Others may follow in further languages; a label in more than one is not met.
        var length = Math.Min(source.ReadUInt16BigEndian(box.Content), box.End - start);
        var text = Encoding.UTF8.GetString(source.ReadBytes(start, length, MaxText));
        return LooksLikeLabel(text) ? new(box, $"moov/udta {box.Type}", text, false, 0) : null;
    }

    /// <summary>Plans <paramref name="label"/> as the one label here, or none.</summary>
    public void Put(MediaSource source, BmffEdits edits, Label? label)
    {
        var index = label is null ? 0 : _keys?.IndexOf(LabelName) ?? 0;
        var written = label is null;
        foreach (var item in Labels(source).GroupBy(static found => found.Item.Offset).Select(static group => group.First()))
        {
            if (!written && item.KeyIndex == index && index != 0)
            {
                edits.Replace(item.Item.Parent, item.Item.Offset, item.Item.End, ItemOf(label!, index));
                written = true;
            }
            else
            {
                edits.Remove(item.Item);
            }
        }

        if (!written)
        {
            Append(source, edits, label!, index);
        }
    }

    private void Append(MediaSource source, BmffEdits edits, Label label, uint index)
    {
        if (_keys is null)
        {
            edits.Insert(Box, _items?.Offset ?? EndOfBox(source), Mp4Keys.Of(LabelName));
            index = 1;
        }
        else if (index == 0)
        {
            index = _keys.Append(edits, LabelName);
            if (_items?.Children(source).FirstOrDefault(item => source.ReadUInt32BigEndian(item.Offset + 4) == index) is { } nameless)
            {
                throw MediaException.Malformed(nameless.Offset, "An item whose key is not there, and whose number the label's key would get.");
            }
        }

        if (_items is null)
        {
            edits.Insert(Box, EndOfBox(source), BmffBox.Of("ilst"u8, ItemOf(label, index)));
        }
        else
        {
            edits.Insert(_items, _items.EndOfChildren(source), ItemOf(label, index));
        }
    }

    private long EndOfBox(MediaSource source)
    {
        var skipped = source.ReadUInt32BigEndian(Box.Content) == 0 ? 4 : 0;
        return Box.Children(source, skipped).Last().End;
    }

    private static byte[] ItemOf(Label label, uint index)
    {
        var type = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(type, index);

        // 1: UTF-8; no locale.
        return BmffBox.Of(type, BmffBox.Of("data"u8, [0, 0, 0, 1, 0, 0, 0, 0], Encoding.UTF8.GetBytes(LabelJson.Write(label))));
    }

    /// <summary>Of a free-form item: <c>name</c> is a FullBox with a text.</summary>
    private static string? NameOf(MediaSource source, BmffBox item) =>
        item.Find(source, "name") is { } name && name.End - name.Content is >= 4 and <= 260 and var length ? Encoding.UTF8.GetString(source.ReadBytes(name.Content + 4, length - 4, 256)) : null;

    /// <summary>Null for what is no text, or not worth a look: a picture, or a text that is no object under a name that is not the label's.</summary>
    private static string? TextOf(MediaSource source, BmffBox data, bool isNamed)
    {
        var start = data.Content + 8;
        if (start > data.End)
        {
            return isNamed ? string.Empty : null;
        }

        var isWide = source.ReadUInt32BigEndian(data.Content) == 2;
        if (!isNamed && (data.End - start > MaxText || data.End == start || !(isWide ? source.StandsAt(start, "\0{"u8) : source.StandsAt(start, "{"u8))))
        {
            return null;
        }

        // One more than is looked into, so that what is too long is seen to be.
        var bytes = source.ReadBytes(start, Math.Min(data.End - start, MaxText + 1), MaxText + 1);
        return (isWide ? Encoding.BigEndianUnicode : Encoding.UTF8).GetString(bytes);
    }

    private static bool LooksLikeLabel(string text) => LabelJson.Read(text) is var read && (read.IsWrapped || read.Members.Any(static member => member.Name is "ContentProducer"));
}
