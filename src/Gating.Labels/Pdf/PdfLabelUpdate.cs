using Gating.Labels.Media;

namespace Gating.Labels.Pdf;

/// <summary>The update that holds the label. One of our own that comes last is cut off before a new one is appended, so that the file does not grow from label to label.</summary>
internal static class PdfLabelUpdate
{
    private const string Mark = "%AIGC label (GB 45438-2025)\n";

    private const int MaxObjects = 8;

    private static ReadOnlySpan<byte> MarkBytes => "%AIGC label (GB 45438-2025)\n"u8;

    /// <summary>The file before our last label, where nothing came after that; else the file.</summary>
    public static PdfFile Without(MediaSource source)
    {
        var file = PdfFile.Open(source);
        if (Start(file) is not { } start)
        {
            return file;
        }

        var before = PdfFile.Open(source, start);
        return before.Xref.Start == file.Trailer["Prev"]?.Integer && before.Xref.Base == file.Xref.Base ? before : file;
    }

    public static Splice Plan(PdfFile file, LabelContent content)
    {
        var info = PdfInfo.Of(file);
        var spare = new PdfReference(file.Xref.Next, 0);
        var update = new PdfUpdate(file, Mark) { Info = info.Id ?? spare };
        var id = info.Id ?? update.New();
        update.Put(id, "<<\n"u8.ToArray(), info.WithoutLabels(file), PdfInfo.Member(content.Label), "\n>>"u8.ToArray());
        PdfMetadata.Put(file, update, content);
        return update.Append();
    }

    /// <summary>Where our update begins, if the file ends with it and holds nothing else in it: a few objects, all new, behind our comment.</summary>
    private static long? Start(PdfFile file)
    {
        var section = file.Xref.Sections[0];
        var start = long.MaxValue;
        var numbers = section.Entries.Sum(static run => (long)run.Count) is <= MaxObjects and > 0 ? section.Entries.SelectMany(static run => Enumerable.Range(run.First, run.Count)) : [];
        foreach (var number in numbers)
        {
            if (file.Xref.Find(number) is not { Kind: PdfEntryKind.InFile } entry || entry.Place > section.Offset - file.Xref.Base)
            {
                return null;
            }

            start = Math.Min(start, entry.Place);
        }

        start = start == long.MaxValue ? -1 : file.Xref.Base + start - Mark.Length;
        return file.StandsAt(start, MarkBytes) && IsLast(file, section) ? start : null;
    }

    // Nothing behind its %%EOF.
    private static bool IsLast(PdfFile file, PdfSection section)
    {
        var tail = file.Peek(section.End, 128).AsSpan();
        return section.End + tail.Length == file.Length && tail.EndsWith("%%EOF\n"u8) && tail.IndexOf("%%EOF"u8) == tail.Length - 6;
    }
}
