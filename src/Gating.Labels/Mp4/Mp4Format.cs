using System.Buffers.Binary;
using Gating.Labels.Bmff;
using Gating.Labels.Media;
using Gating.Labels.Xmp;

namespace Gating.Labels.Mp4;

/// <summary>
/// MP4, M4A, 3GP (ISO/IEC 14496-12) and QuickTime: the label is the item <c>AIGC</c> of <c>keys</c> and <c>ilst</c> in <c>moov/udta/meta</c> with the handler <c>mdta</c>
/// (TC260-PG-20257A, -202510A); in QuickTime files in <c>moov/meta</c>, where QuickTime looks. Read as well, and taken out: XMP, iTunes items.
/// </summary>
internal sealed class Mp4Format : ILabelFormat
{
    public string Name => "MP4";

    public string MediaTypeOf(MediaSource source) => Mp4Brand.MediaTypeOf(source);

    public bool Recognizes(ReadOnlySpan<byte> start) => Mp4Brand.Recognizes(start);

    public void Read(MediaSource source, LabelFindings findings)
    {
        var file = Mp4File.Read(source);
        findings.HasC2pa = file.HasC2pa;
        foreach (var meta in file.Metas)
        {
            foreach (var label in meta.Labels(source))
            {
                findings.Add(label.Place, label.Item.Offset, label.Text, label.IsUsualPlace);
            }
        }

        foreach (var text in file.Texts)
        {
            findings.Add(text.Place, text.Item.Offset, text.Text, text.IsUsualPlace);
        }

        foreach (var xmp in file.Xmp)
        {
            if (xmp.Length > XmpPacket.MaxBytes)
            {
                findings.Notes.Add($"{xmp.Place}: more than {XmpPacket.MaxBytes} bytes are not looked into.");
                continue;
            }

            XmpPacket.Read(xmp.ReadContent(source), xmp.Box.Offset, xmp.Place, findings, isUsualPlace: false);
        }
    }

    public Splice Write(MediaSource source, LabelContent content)
    {
        var file = Mp4File.Read(source);
        var edits = new BmffEdits();
        var home = file.Home;
        foreach (var xmp in file.Xmp.Where(static xmp => xmp.Length <= XmpPacket.MaxBytes))
        {
            if (XmpPacket.WithoutLabels(xmp.ReadContent(source), xmp.Box.Offset) is { } rest)
            {
                edits.Replace(xmp.Box, xmp.Start, xmp.Box.End, rest);
            }
        }

        foreach (var meta in file.Metas)
        {
            meta.Put(source, edits, meta == home ? content.Label : null);
        }

        foreach (var text in file.Texts)
        {
            edits.Remove(text.Item);
        }

        if (home is null)
        {
            file.Insert(source, edits, content.Label);
        }

        UseUp(source, edits, file);
        Mp4Offsets.Follow(source, file, edits);
        return edits.ToSplice(source);
    }

    /// <summary>Free space right behind moov takes what moov grows by, or gets what it shrinks by, so that the media need not move.</summary>
    private static void UseUp(MediaSource source, BmffEdits edits, Mp4File file)
    {
        var growth = edits.GrowthOf(file.Moov);
        if (growth == 0 || file.BehindMoov is not { Type: "free" or "skip", HasLargeSize: false, IsToTheEnd: false } free || free.End == source.Length)
        {
            return;
        }

        var length = free.End - free.Offset - growth;
        if (length == 0)
        {
            edits.Remove(free);
        }
        else if (length is >= 8 and <= uint.MaxValue && growth > -Mp4Meta.MaxText)
        {
            var bytes = new byte[8 + Math.Max(0, -growth)];
            BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)length);
            (free.Type is "free" ? "free"u8 : "skip"u8).CopyTo(bytes.AsSpan(4));
            edits.Replace(null, free.Offset, free.Content + Math.Max(0, growth), bytes);
        }
    }
}
