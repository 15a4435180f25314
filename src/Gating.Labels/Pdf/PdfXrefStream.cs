using Gating.Labels.Media;

namespace Gating.Labels.Pdf;

/// <summary>A cross-reference stream (7.5.8), held unpacked.</summary>
internal static class PdfXrefStream
{
    /// <summary>Of all that one file has, unpacked: about 300,000 objects.</summary>
    public const int MaxBytes = 2 * 1024 * 1024;

    private const int MaxPacked = 1024 * 1024;

    /// <param name="budget">Bytes that may still be held; what is held here is taken from it.</param>
    /// <param name="end">Behind its data.</param>
    public static List<PdfEntries> Read(PdfBytes bytes, PdfObject stream, ref int budget, out long end)
    {
        var dictionary = stream.Value.Dictionary;
        if (dictionary["Type"]?.Name is not "XRef" || stream.Data is not { } data || dictionary["Length"]?.Integer is not { } length || length < 0 || length > bytes.Length - data)
        {
            throw MediaException.Malformed(stream.Offset, "No cross-reference stream stands where one is announced.");
        }

        end = data + length;
        var widths = dictionary["W"]?.Items.Select(static width => width.Integer ?? -1).ToArray() ?? [];
        var index = dictionary["Index"]?.Items.Select(static number => number.Integer ?? -1).ToArray() ?? [0, dictionary["Size"]?.Integer ?? -1];
        if (widths is not [>= 0 and <= 8, > 0 and <= 8, >= 0 and <= 8] || index.Length % 2 != 0 || index.Any(static number => number is < 0 or > PdfReference.MaxNumber + 1))
        {
            throw MediaException.Malformed(stream.Offset, "The cross-reference stream's widths or index are broken.");
        }

        var layout = new PdfRowLayout((int)widths[0], (int)widths[1], (int)widths[2]);
        var rows = 0L;
        for (var i = 1; i < index.Length; i += 2)
        {
            rows += index[i];
        }

        if (rows * layout.Length > budget || length > MaxPacked || index.Length / 2 > PdfXref.MaxRuns)
        {
            throw MediaException.Unsupported(stream.Offset, $"Cross-reference streams of more than {MaxBytes} bytes: about 300,000 objects are read.");
        }

        var filter = PdfFilter.Of(dictionary) ?? throw MediaException.Unsupported(stream.Offset, "The cross-reference stream is packed in a way that is not read here.");
        var unpacked = filter.Decode(bytes.Peek(data, (int)length), (int)rows * layout.Length);
        if (unpacked is null || unpacked.Length < rows * layout.Length)
        {
            throw MediaException.Malformed(stream.Offset, "The cross-reference stream's data is broken or too short.");
        }

        budget -= unpacked.Length;
        return Runs(unpacked, index, layout);
    }

    private static List<PdfEntries> Runs(byte[] unpacked, long[] index, PdfRowLayout layout)
    {
        var runs = new List<PdfEntries>();
        for (var (i, at) = (0, 0); i < index.Length; at += (int)index[i + 1] * layout.Length, i += 2)
        {
            runs.Add(new Rows((int)index[i], (int)index[i + 1], unpacked, at, layout));
        }

        return runs;
    }

    private sealed class Rows(int first, int count, byte[] bytes, int start, PdfRowLayout layout) : PdfEntries(first, count)
    {
        public override PdfEntry this[int number]
        {
            get
            {
                var row = bytes.AsSpan(start + ((number - First) * layout.Length), layout.Length);
                var type = layout.Type == 0 ? 1 : Value(row[..layout.Type]);
                var place = Value(row.Slice(layout.Type, layout.Place));
                return (type, place) switch
                {
                    (1, > 0) => new(PdfEntryKind.InFile, place),
                    (2, > 0 and <= PdfReference.MaxNumber) => new(PdfEntryKind.InStream, place),
                    _ => default,
                };
            }
        }

        // What does not fit is negative, and no place.
        private static long Value(ReadOnlySpan<byte> field)
        {
            var value = 0UL;
            foreach (var one in field)
            {
                value = (value << 8) | one;
            }

            return unchecked((long)value);
        }
    }
}

/// <summary>The widths of a row's three fields, in bytes.</summary>
internal readonly record struct PdfRowLayout(int Type, int Place, int Last)
{
    public int Length => Type + Place + Last;
}
