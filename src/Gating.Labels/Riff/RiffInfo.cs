using System.Buffers.Binary;
using System.Text;
using Gating.Labels.Media;

namespace Gating.Labels.Riff;

/// <summary>A <c>LIST</c> of type <c>INFO</c>: texts of four-letter ids.</summary>
internal sealed record RiffInfo(RiffChunk List, IReadOnlyList<RiffChunk> Items, IReadOnlyList<(RiffChunk Item, string Text)> Labels)
{
    public const string LabelId = "AIGC";

    private const int MaxLength = 512 * 1024;

    /// <summary>Nothing but labels and filling: it may go as a whole.</summary>
    public bool HoldsNothingElse => Items.All(item => item.Id is "JUNK" || Labels.Any(label => label.Item == item));

    /// <summary>Null for other chunks, and for a list that is broken inside: readers skip it, and so do we.</summary>
    /// <param name="notes">Where a broken list is noted.</param>
    public static RiffInfo? Of(MediaSource source, RiffChunk chunk, List<string>? notes)
    {
        if (!chunk.IsList(source, "INFO"u8))
        {
            return null;
        }

        if (chunk.Length > MaxLength)
        {
            notes?.Add($"A LIST INFO chunk of {chunk.Length} bytes; at most {MaxLength} are looked into.");
            return null;
        }

        try
        {
            var items = RiffChunk.ReadAll(source, chunk.ContentOffset + 4, chunk.ContentEnd);
            return new(chunk, items, [.. items.SelectMany(item => TextOf(source, item) is { } text ? [(item, text)] : Array.Empty<(RiffChunk, string)>())]);
        }
        catch (MediaException broken)
        {
            notes?.Add($"A LIST INFO chunk is broken: {broken.Message}");
            return null;
        }
    }

    /// <summary>A list whose one item is the label, as text that ends in NUL (RIFF calls it ZSTR).</summary>
    public static byte[] OfLabel(string json) => RiffChunk.Of("LIST", [.. "INFO"u8, .. RiffChunk.Of(LabelId, [.. Encoding.ASCII.GetBytes(json), 0])]);

    /// <param name="isUsualPlace">Whether the guide of this format names the item <c>AIGC</c>.</param>
    public void Read(LabelFindings findings, bool isUsualPlace)
    {
        foreach (var (item, text) in Labels)
        {
            findings.Add($"LIST INFO {item.Id}", item.Offset, text, isUsualPlace && item.Id is LabelId);
        }
    }

    /// <summary>Leaves the labels out: the list becomes shorter, or goes.</summary>
    public void CutLabels(RiffSplice splice)
    {
        if (Labels.Count > 0 && HoldsNothingElse)
        {
            splice.Replace(List.Offset, List.End, default);
        }
        else if (Labels.Count > 0)
        {
            var size = new byte[4];
            var left = List.Length - Labels.Sum(static label => label.Item.End - label.Item.Offset);
            BinaryPrimitives.WriteUInt32LittleEndian(size, (uint)left);
            splice.Replace(List.Offset + 4, List.ContentOffset, size);
            foreach (var (item, _) in Labels)
            {
                splice.Replace(item.Offset, item.End, default);
            }

            splice.Replace(List.ContentEnd, List.End, (left & 1) == 1 ? new byte[1] : default);
        }
    }

    /// <summary>Makes filling of the labels: nothing moves.</summary>
    public void BlankLabels(RiffSplice splice)
    {
        foreach (var (item, _) in Labels)
        {
            splice.Replace(item.Offset, item.ContentEnd, RiffChunk.Of("JUNK", new byte[item.Length]).AsMemory(0, RiffChunk.HeaderSize + (int)item.Length));
        }
    }

    private static string? TextOf(MediaSource source, RiffChunk item)
    {
        if (item.Id is "JUNK" || item.Length > LabelJson.MaxBytes)
        {
            return null;
        }

        var text = Encoding.UTF8.GetString(source.ReadBytes(item.ContentOffset, item.Length, LabelJson.MaxBytes)).TrimEnd('\0');
        return item.Id is LabelId || FreeText.HoldsLabel(text) ? text : null;
    }
}
