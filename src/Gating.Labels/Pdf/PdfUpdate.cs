using System.Globalization;
using System.Text;
using Gating.Labels.Media;

namespace Gating.Labels.Pdf;

/// <summary>
/// An incremental update (7.5.6): new versions of objects and a cross-reference section of the kind that the file ends with. Everything before it stays as it is, so that whoever wants the
/// file as it was cuts it off. It begins with a comment of its own, by which it is known again.
/// </summary>
/// <param name="mark">That comment: a line.</param>
internal sealed class PdfUpdate(PdfFile file, string mark)
{
    private readonly SortedDictionary<int, (int Generation, byte[] Bytes)> _objects = [];
    private int _next = file.Xref.Next;

    /// <summary>What the trailer says anew.</summary>
    public PdfReference? Info { get; init; }

    /// <summary>A number for a new object.</summary>
    public PdfReference New() => _next <= PdfReference.MaxNumber
        ? new(_next++, 0)
        : throw MediaException.Unsupported(file.Xref.Sections[0].Offset, $"Every object number up to {PdfReference.MaxNumber} is taken.");

    public PdfUpdate Put(PdfReference id, params ReadOnlySpan<byte[]> parts)
    {
        using var bytes = new MemoryStream();
        Ascii(bytes, $"{id.Number} {id.Generation} obj\n");
        foreach (var part in parts)
        {
            bytes.Write(part);
        }

        Ascii(bytes, "\nendobj\n");
        _objects[id.Number] = (id.Generation, bytes.ToArray());
        return this;
    }

    /// <summary>A stream, unpacked.</summary>
    /// <param name="members">Of its dictionary, without its length.</param>
    public PdfUpdate PutStream(PdfReference id, byte[] members, byte[] data) =>
        Put(id, Encoding.ASCII.GetBytes("<<\n"), members, Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"/Length {data.Length}\n>>\nstream\n")), data, Encoding.ASCII.GetBytes("\nendstream"));

    /// <summary>The file with the update behind it.</summary>
    public Splice Append()
    {
        using var bytes = new MemoryStream();
        if (file.Peek(file.Length - 1, 1) is not [(byte)'\n' or (byte)'\r'])
        {
            bytes.WriteByte((byte)'\n');
        }

        Ascii(bytes, mark);
        var entries = new SortedDictionary<int, (int Generation, long Place)>();
        foreach (var (number, (generation, text)) in _objects)
        {
            entries[number] = (generation, PlaceOf(bytes));
            bytes.Write(text);
        }

        if (file.Xref.Sections[0].IsTable)
        {
            Table(bytes, entries);
        }
        else
        {
            Stream(bytes, entries);
        }

        return new Splice().Keep(0, file.Length).Write(bytes.ToArray());
    }

    private void Table(MemoryStream bytes, SortedDictionary<int, (int Generation, long Place)> entries)
    {
        var place = PlaceOf(bytes);
        Ascii(bytes, "xref\n");
        foreach (var (first, count) in Runs(entries.Keys))
        {
            Ascii(bytes, $"{first} {count}\n");
            for (var number = first; number < first + count; number++)
            {
                Ascii(bytes, $"{entries[number].Place:D10} {entries[number].Generation:D5} n \n");
            }
        }

        Ascii(bytes, "trailer\n<<\n");
        Trailer(bytes);
        Ascii(bytes, $">>\nstartxref\n{place}\n%%EOF\n");
    }

    private void Stream(MemoryStream bytes, SortedDictionary<int, (int Generation, long Place)> entries)
    {
        var id = New();
        var place = PlaceOf(bytes);
        entries[id.Number] = (0, place);
        var index = string.Join(' ', Runs(entries.Keys).Select(static run => string.Create(CultureInfo.InvariantCulture, $"{run.First} {run.Count}")));
        Ascii(bytes, $"{id.Number} 0 obj\n<<\n/Type /XRef\n/W [1 5 2]\n/Index [{index}]\n/Length {entries.Count * 8}\n");
        Trailer(bytes);
        Ascii(bytes, ">>\nstream\n");
        foreach (var (generation, at) in entries.Values)
        {
            bytes.Write([1, (byte)(at >> 32), (byte)(at >> 24), (byte)(at >> 16), (byte)(at >> 8), (byte)at, (byte)(generation >> 8), (byte)generation]);
        }

        Ascii(bytes, $"\nendstream\nendobj\nstartxref\n{place}\n%%EOF\n");
    }

    private void Trailer(MemoryStream bytes)
    {
        Ascii(bytes, $"/Size {_next}\n/Prev {file.Xref.Start}\n");
        if (Info is { } info)
        {
            Ascii(bytes, $"/Info {info}\n");
        }

        bytes.Write(file.Trailer.Kept(member => member.Key is not ("Size" or "Prev" or "XRefStm" or "Type" or "W" or "Index" or "Length" or "Filter" or "DecodeParms") && (Info is null || member.Key is not "Info")));
    }

    // Ten digits are all that a table has room for, and five bytes hold them.
    private long PlaceOf(MemoryStream bytes) =>
        file.Length + bytes.Length - file.Xref.Base is <= 9_999_999_999 and var place ? place : throw MediaException.Unsupported(file.Length, "The file is longer than a cross-reference table can say.");

    private static IEnumerable<(int First, int Count)> Runs(IEnumerable<int> numbers)
    {
        var (first, count) = (0, 0);
        foreach (var number in numbers)
        {
            if (count > 0 && number == first + count)
            {
                count++;
                continue;
            }

            if (count > 0)
            {
                yield return (first, count);
            }

            (first, count) = (number, 1);
        }

        if (count > 0)
        {
            yield return (first, count);
        }
    }

    private static void Ascii(MemoryStream bytes, FormattableString text) => bytes.Write(Encoding.ASCII.GetBytes(text.ToString(CultureInfo.InvariantCulture)));

    private static void Ascii(MemoryStream bytes, string text) => bytes.Write(Encoding.ASCII.GetBytes(text));
}
