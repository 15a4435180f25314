using System.Buffers.Binary;
using System.Text;
using Gating.Labels.Media;

namespace Gating.Labels.Id3;

/// <summary>An APEv2 tag at the end of a file: a header that may be absent, items, a footer of 32 bytes. Items named AIGC are read, and taken out.</summary>
internal sealed class ApeTag
{
    private const int FooterSize = 32;
    private const int MaxItems = 10_000;
    private const int MaxKey = 255;
    private const uint HasHeaderFlag = 0x8000_0000;

    private readonly MediaSource _source;
    private readonly long _items;
    private readonly long _footer;
    private readonly List<(long Start, long Value, long End)> _labels = [];

    private ApeTag(MediaSource source, long items, long footer, bool hasHeader)
    {
        (_source, _items, _footer) = (source, items, footer);
        Start = hasHeader ? items - FooterSize : items;
    }

    public long Start { get; }

    private static ReadOnlySpan<byte> Magic => "APETAGEX"u8;

    /// <summary>Null where none ends at <paramref name="end"/>.</summary>
    public static ApeTag? Before(MediaSource source, long end)
    {
        var footer = end - FooterSize;
        if (!source.StandsAt(footer, Magic))
        {
            return null;
        }

        var length = source.ReadUInt32LittleEndian(footer + 12);
        var hasHeader = (source.ReadUInt32LittleEndian(footer + 20) & HasHeaderFlag) != 0;
        var items = end - length;
        if (length < FooterSize || items < (hasHeader ? FooterSize : 0) || (hasHeader && !source.StandsAt(items - FooterSize, Magic)))
        {
            throw MediaException.Malformed(footer, "An APE tag has a length that cannot be.");
        }

        var tag = new ApeTag(source, items, footer, hasHeader);
        tag.FindLabels(source.ReadUInt32LittleEndian(footer + 16));
        return tag;
    }

    public void Read(LabelFindings findings)
    {
        foreach (var (start, value, end) in _labels)
        {
            var length = Math.Min(end - value, LabelJson.MaxBytes + 1);
            findings.Add("APE AIGC", start, Encoding.UTF8.GetString(_source.ReadBytes(value, length, LabelJson.MaxBytes + 1)), isUsualPlace: false);
        }
    }

    public void Write(Splice splice)
    {
        if (_labels.Count == 0)
        {
            splice.Keep(Start, _footer + FooterSize);
            return;
        }

        if (Start < _items)
        {
            splice.Write(Anew(Start));
        }

        var kept = _items;
        foreach (var (start, _, end) in _labels)
        {
            splice.Keep(kept, start);
            kept = end;
        }

        splice.Keep(kept, _footer).Write(Anew(_footer));
    }

    private void FindLabels(uint count)
    {
        if (count > MaxItems)
        {
            throw MediaException.Unsupported(_footer, $"More than {MaxItems} items in an APE tag.");
        }

        for (var (at, i) = (_items, 0); i < count; i++)
        {
            if (_footer - at < 9)
            {
                throw MediaException.Malformed(at, "An APE tag has fewer items than it says.");
            }

            var start = _source.ReadBytes(at + 8, Math.Min(MaxKey + 1, _footer - at - 8), MaxKey + 1);
            var key = Array.IndexOf(start, (byte)0);
            var value = at + 8 + key + 1;
            var end = value + _source.ReadUInt32LittleEndian(at);
            if (key < 0 || end > _footer)
            {
                throw MediaException.Malformed(at, "An item of an APE tag is longer than the tag.");
            }

            if (string.Equals(Encoding.Latin1.GetString(start, 0, key), Id3Text.LabelName, StringComparison.OrdinalIgnoreCase))
            {
                _labels.Add((at, value, end));
            }

            at = end;
        }
    }

    /// <summary>Header or footer with the length and the number of items that are left.</summary>
    private byte[] Anew(long offset)
    {
        var bytes = _source.ReadBytes(offset, FooterSize, FooterSize);
        var length = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(12)) - (uint)_labels.Sum(static label => label.End - label.Start);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(12), length);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(16), BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(16)) - (uint)_labels.Count);
        return bytes;
    }
}
