using System.Text;
using Gating.Labels.Media;

namespace Gating.Labels.Matroska;

/// <summary>A <c>Tags</c> element: its tags, and the labels among them.</summary>
internal sealed class MatroskaTags
{
    private const uint Tag = 0x7373;
    private const uint Targets = 0x63C0;
    private const uint SimpleTag = 0x67C8;
    private const uint TagName = 0x45A3;
    private const uint TagString = 0x4487;
    private const string LabelName = "AIGC";
    private const int MaxBytes = 512 * 1024;
    private const int MaxDepth = 8;

    private readonly MediaSource _source;
    private readonly byte[] _others;

    public MatroskaTags(MediaSource source, EbmlElement element)
    {
        (_source, Element) = (source, element);
        if (element.Size > MaxBytes)
        {
            throw MediaException.Unsupported(element.Offset, $"Tags of {element.Size} bytes; at most {MaxBytes} are looked into.");
        }

        _others = [.. element.Children(source).Where(static child => child.Id is not EbmlElement.Crc32).SelectMany(child => child.Id == Tag ? WithoutLabels(child, 0) : Bytes(child))];
    }

    public EbmlElement Element { get; }

    public List<(long Offset, string Text)> Labels { get; } = [];

    /// <summary>The element's content without its labels, and with <paramref name="label"/> as its last tag: one of the whole file, since it names no target (RFC 9559, 5.1.8.1.1).</summary>
    public byte[] With(Label? label) => [.. _others, .. label is null ? [] : Of(label)];

    public static byte[] Of(Label label) => EbmlElement.Of(
        Tag,
        [
            .. EbmlElement.Of(Targets, []),
            .. EbmlElement.Of(SimpleTag, [.. EbmlElement.Of(TagName, Encoding.ASCII.GetBytes(LabelName)), .. EbmlElement.Of(TagString, Encoding.ASCII.GetBytes(LabelJson.Write(label)))]),
        ]);

    // A tag that loses its last value goes with it: one without values is against the schema. Checksums of what changes are left out.
    private byte[] WithoutLabels(EbmlElement master, int depth)
    {
        if (depth > MaxDepth)
        {
            throw MediaException.Unsupported(master.Offset, $"Tags in more than {MaxDepth} levels.");
        }

        var kept = new List<byte>();
        var (before, values) = (Labels.Count, 0);
        foreach (var child in master.Children(_source))
        {
            if (child.Id == SimpleTag)
            {
                var value = ValueOf(child, depth);
                values += value.Length > 0 ? 1 : 0;
                kept.AddRange(value);
            }
            else if (child.Id is not EbmlElement.Crc32)
            {
                kept.AddRange(Bytes(child));
            }
        }

        return Labels.Count == before ? Bytes(master) : master.Id == Tag && values == 0 ? [] : EbmlElement.Of(master.Id, kept.ToArray());
    }

    private byte[] ValueOf(EbmlElement value, int depth)
    {
        string? name = null;
        string? text = null;
        foreach (var child in value.Children(_source))
        {
            name = child.Id == TagName ? Text(child) : name;
            text = child.Id == TagString ? Text(child) : text;
        }

        if (name is LabelName)
        {
            Labels.Add((value.Offset, text ?? string.Empty));
            return [];
        }

        return WithoutLabels(value, depth + 1);
    }

    private string Text(EbmlElement element) => Encoding.UTF8.GetString(_source.ReadBytes(element.ContentOffset, element.Size, MaxBytes)).TrimEnd('\0');

    private byte[] Bytes(EbmlElement element) => _source.ReadBytes(element.Offset, element.End - element.Offset, MaxBytes + 16);
}
