using Gating.Labels.Media;

namespace Gating.Labels.Pdf;

/// <summary>The cross-reference sections of a file, the newest first. A broken one is refused, never rebuilt: two readers would rebuild it in two ways.</summary>
internal sealed class PdfXref
{
    /// <summary>Runs of entries of one section.</summary>
    public const int MaxRuns = 32_768;

    /// <summary>How far from the end <c>startxref</c> is looked for; readers ask for the last 1,024 bytes, and forgive more.</summary>
    private const int Tail = 4096;

    private const int MaxSections = 512;

    private readonly PdfBytes _bytes;
    private readonly List<PdfSection> _sections = [];
    private int _budget = PdfXrefStream.MaxBytes;

    private PdfXref(PdfBytes bytes) => _bytes = bytes;

    public IReadOnlyList<PdfSection> Sections => _sections;

    /// <summary>What offsets in the file are counted from: <c>%PDF-</c>, where something stands before it.</summary>
    public long Base { get; private set; }

    /// <summary>As the file says it.</summary>
    public long Start { get; private set; }

    /// <summary>A number that no object has.</summary>
    public int Next => (int)Math.Min(PdfReference.MaxNumber, Math.Max(
        Math.Max(1, _sections[0].Trailer["Size"]?.Integer ?? 0),
        _sections.SelectMany(static section => section.Entries.Concat(section.Hidden)).Max(static run => (long?)run.First + run.Count) ?? 0));

    public static PdfXref Read(PdfBytes bytes, long header)
    {
        var xref = new PdfXref(bytes) { Start = StartOf(bytes) };
        xref.Base = xref.StandsAt(header + xref.Start) || !xref.StandsAt(xref.Start) ? header : 0;
        xref.ReadAll();
        return xref;
    }

    public PdfEntry Find(int number)
    {
        foreach (var section in _sections)
        {
            if (section.Find(number) is { } entry)
            {
                return entry;
            }
        }

        return default;
    }

    private static long StartOf(PdfBytes bytes)
    {
        var from = Math.Max(0, bytes.Length - Tail);
        var last = bytes.Peek(from, Tail).AsSpan().LastIndexOf("startxref"u8);
        var at = from + last + "startxref"u8.Length;
        return last >= 0 && bytes.Number(ref at) is { } start ? start : throw MediaException.Malformed(from, $"No startxref stands in the last {Tail} bytes: the file is broken or cut off.");
    }

    private bool StandsAt(long at)
    {
        at = _bytes.SkipSpace(at);
        return _bytes.StandsAt(at, PdfTable.Keyword) || (_bytes.Number(ref at) is not null && _bytes.Number(ref at) is not null && _bytes.StandsAt(_bytes.SkipSpace(at), "obj"u8));
    }

    private void ReadAll()
    {
        var seen = new HashSet<long>();
        for (long? next = Start; next is { } start;)
        {
            if (!seen.Add(start) || start < 0 || start > _bytes.Length - Base)
            {
                throw MediaException.Malformed(Math.Clamp(Base + start, 0, _bytes.Length), "The chain of cross-reference sections runs in a circle, or out of the file.");
            }

            if (seen.Count > MaxSections)
            {
                throw MediaException.Unsupported(Base + start, $"More than {MaxSections} cross-reference sections.");
            }

            var section = Section(_bytes.SkipSpace(Base + start));
            _sections.Add(section);
            next = section.Trailer["Prev"] is { } prev ? prev.Integer ?? throw MediaException.Malformed(section.Offset, "The trailer's Prev is no offset.") : null;
        }
    }

    private PdfSection Section(long at)
    {
        if (!_bytes.StandsAt(at, PdfTable.Keyword))
        {
            var stream = Stream(at, out var runs, out var behind);
            return new(at, false, stream.Value.Dictionary, runs, [], behind);
        }

        var end = at;
        var entries = PdfTable.Read(_bytes, ref end);
        var start = _bytes.SkipSpace(end);
        var trailer = _bytes.Grow(start, "The trailer", (bytes, isAll) => TrailerIn(bytes, start, isAll));
        var hidden = new List<PdfEntries>();
        if (trailer.Dictionary["XRefStm"]?.Integer is { } place)
        {
            Stream(place >= 0 && place < _bytes.Length - Base ? Base + place : throw MediaException.Malformed(at, "The trailer's XRefStm is out of the file."), out hidden, out _);
        }

        return new(at, true, trailer.Dictionary, entries, hidden, start + trailer.Length);
    }

    private PdfObject Stream(long at, out List<PdfEntries> runs, out long end)
    {
        var stream = _bytes.Grow(at, "The cross-reference section", (bytes, isAll) => PdfObject.Parse(bytes, at, isAll));
        runs = PdfXrefStream.Read(_bytes, stream, ref _budget, out end);
        return stream;
    }

    private static Trailing? TrailerIn(byte[] bytes, long offset, bool isAll)
    {
        var end = bytes is [(byte)'<', (byte)'<', ..] ? PdfLexer.End(bytes, 0) : PdfLexer.None;
        return end == PdfLexer.None || (end == bytes.Length && !isAll) ? null : new(PdfDictionary.Of(new(bytes.AsMemory(0, end), offset)), end);
    }

    private sealed record Trailing(PdfDictionary Dictionary, int Length);
}
