namespace Gating.Labels.Pdf;

internal enum PdfEntryKind
{
    /// <summary>Free, or of a kind that nobody knows: as good as null (7.5.8.3).</summary>
    Free = 0,
    InFile = 1,
    InStream = 2,
}

/// <summary>What a cross-reference section says of one object.</summary>
/// <param name="Place">In the file: its offset, as the file counts. In an object stream: the number of that stream.</param>
internal readonly record struct PdfEntry(PdfEntryKind Kind, long Place);

/// <summary>A run of entries in a cross-reference section. Entries are looked up where they stand, and never all of them read.</summary>
internal abstract class PdfEntries(int first, int count)
{
    public int First { get; } = first;

    public int Count { get; } = count;

    public bool Has(int number) => number >= First && number - First < Count;

    /// <summary>Of an object that is in this run.</summary>
    public abstract PdfEntry this[int number] { get; }
}

/// <summary>One cross-reference section with its trailer, as one version of the file appended it.</summary>
/// <param name="IsTable">A classic table; else a cross-reference stream.</param>
/// <param name="Entries">Its own.</param>
/// <param name="Hidden">Of the stream that a hybrid file names for objects that its table calls free (7.5.8.4).</param>
/// <param name="End">Behind its trailer, or its stream's data.</param>
internal sealed record PdfSection(long Offset, bool IsTable, PdfDictionary Trailer, IReadOnlyList<PdfEntries> Entries, IReadOnlyList<PdfEntries> Hidden, long End)
{
    public PdfEntry? Find(int number)
    {
        var entry = Find(Entries, number);
        return entry is null or { Kind: PdfEntryKind.Free } ? Find(Hidden, number) ?? entry : entry;
    }

    private static PdfEntry? Find(IReadOnlyList<PdfEntries> entries, int number) => entries.FirstOrDefault(run => run.Has(number))?[number];
}
