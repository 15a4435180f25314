using System.Text;

namespace Gating.Labels.Tiff;

/// <summary>A label in a text of the first directory or of the Exif directory: <c>UserComment</c> (TC260-PG-20259A, Annex B) or <c>ImageDescription</c>.</summary>
internal sealed record TiffText(string Place, bool IsUsualPlace, long Offset, int Length, string Text)
{
    /// <summary>A comment starts with eight bytes that name its character code (Exif 2.32, 4.6.5).</summary>
    private const int CharsetLength = 8;

    public static IReadOnlyList<TiffText> Of(TiffLayout layout, TiffIfd first)
    {
        var entries = first.Entries.Concat(TiffIfd.ExifOf(layout, first)?.Entries ?? []);
        return [.. entries.Where(static entry => entry.Tag is TiffEntry.ImageDescription or TiffEntry.UserComment).Select(entry => Of(layout, entry)).OfType<TiffText>()];
    }

    // Only what speaks of AIGC is a label; a text that is too long or points outside is nobody's.
    private static TiffText? Of(TiffLayout layout, TiffEntry entry)
    {
        var isComment = entry.Tag is TiffEntry.UserComment;
        var skip = isComment ? CharsetLength : 0;
        if (entry.Count <= layout.OffsetSize + skip || entry.Count > LabelJson.MaxBytes || entry.ValueOffset > layout.Source.Length - entry.Count)
        {
            return null;
        }

        var text = Encoding.Latin1.GetString(layout.Source.ReadBytes(entry.ValueOffset + skip, entry.Count - skip, LabelJson.MaxBytes)).Trim('\0', ' ');
        return text.Contains("AIGC", StringComparison.Ordinal) && text.Contains('{', StringComparison.Ordinal)
            ? new(isComment ? "Exif UserComment" : "ImageDescription", isComment, entry.ValueOffset + skip, (int)entry.Count - skip, text)
            : null;
    }
}
