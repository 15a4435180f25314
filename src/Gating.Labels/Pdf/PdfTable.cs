using Gating.Labels.Media;

namespace Gating.Labels.Pdf;

/// <summary>A classic cross-reference table (7.5.4): entries of 20 bytes, or of 19, as most readers take them.</summary>
internal static class PdfTable
{
    public static ReadOnlySpan<byte> Keyword => "xref"u8;

    private const int StrictLength = 18;

    /// <summary>The runs of the table whose keyword stands at <paramref name="at"/>; leaves it behind the word <c>trailer</c>.</summary>
    public static List<PdfEntries> Read(PdfBytes bytes, ref long at)
    {
        var runs = new List<PdfEntries>();
        for (at = bytes.SkipSpace(at + Keyword.Length); !bytes.StandsAt(at, "trailer"u8); at = bytes.SkipSpace(at))
        {
            var start = at;
            var (first, count) = (bytes.Number(ref at), bytes.Number(ref at));
            if (first is null || count is null || first + count > PdfReference.MaxNumber + 1 || count > (bytes.Length - at) / StrictLength)
            {
                throw MediaException.Malformed(start, "The cross-reference table is broken.");
            }

            if (runs.Count >= PdfXref.MaxRuns)
            {
                throw MediaException.Unsupported(start, $"A cross-reference table of more than {PdfXref.MaxRuns} runs.");
            }

            at = bytes.SkipSpace(at);
            if (count > 0)
            {
                runs.Add(Run(bytes, (int)first, (int)count, ref at));
            }
        }

        at += "trailer"u8.Length;
        return runs;
    }

    private static Strict Run(PdfBytes bytes, int first, int count, ref long at)
    {
        var start = at;
        foreach (var stride in (ReadOnlySpan<int>)[20, 19])
        {
            var last = start + ((long)stride * (count - 1));
            if (IsStrict(bytes, start) && IsStrict(bytes, last) && (count < 2 || IsStrict(bytes, start + stride)))
            {
                at = last + StrictLength;
                return new Strict(bytes, first, count, start, stride);
            }
        }

        throw MediaException.Malformed(start, "The cross-reference table's entries are not of 20 bytes: readers rebuild such a table, each in its own way.");
    }

    private static bool IsStrict(PdfBytes bytes, long at) => bytes.Peek(at, StrictLength) is { Length: StrictLength } entry && IsStrict(entry);

    private static bool IsStrict(ReadOnlySpan<byte> entry) =>
        entry[10] == ' ' && entry[16] == ' ' && entry[17] is (byte)'n' or (byte)'f' && !entry[..10].ContainsAnyExceptInRange((byte)'0', (byte)'9') && !entry[11..16].ContainsAnyExceptInRange((byte)'0', (byte)'9');

    private sealed class Strict(PdfBytes bytes, int first, int count, long start, int stride) : PdfEntries(first, count)
    {
        public override PdfEntry this[int number]
        {
            get
            {
                var at = start + ((long)stride * (number - First));
                var entry = bytes.Peek(at, StrictLength);
                if (entry.Length != StrictLength || !IsStrict(entry))
                {
                    throw MediaException.Malformed(at, "An entry of the cross-reference table is broken.");
                }

                return entry[17] == 'n' && PdfLexer.Number(entry, 0, out _) is > 0 and var place ? new(PdfEntryKind.InFile, place) : default;
            }
        }
    }
}
