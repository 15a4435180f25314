using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Gating.Labels.Tests.Samples;

/// <summary>Puts a PDF file together, version by version.</summary>
internal sealed class PdfMaker
{
    private readonly MemoryStream _bytes = new();
    private readonly int _base;
    private readonly SortedDictionary<int, (int Type, long Place, int Index)> _entries = [];

    /// <param name="before">Junk in front, from whose end offsets are counted.</param>
    public PdfMaker(string before = "")
    {
        _base = before.Length;
        Text(before + "%PDF-1.7\n");
    }

    /// <summary>Of the last section.</summary>
    public long Xref { get; private set; } = -1;

    public int Size { get; private set; } = 1;

    public byte[] Bytes => _bytes.ToArray();

    public long Place => _bytes.Length - _base;

    public PdfMaker Object(int number, string text)
    {
        Enter(number, (1, Place, 0));
        return Text($"{number} 0 obj\n{text}\nendobj\n");
    }

    public PdfMaker Stream(int number, string members, byte[] data)
    {
        Enter(number, (1, Place, 0));
        return Text($"{number} 0 obj\n<<{members}/Length {data.Length}>>\nstream\n").Append(data).Text("\nendstream\nendobj\n");
    }

    /// <summary>An object stream.</summary>
    public PdfMaker Packed(int number, params (int Number, string Text)[] objects)
    {
        var (header, body) = (new StringBuilder(), new StringBuilder());
        for (var i = 0; i < objects.Length; i++)
        {
            header.Append(CultureInfo.InvariantCulture, $"{objects[i].Number} {body.Length} ");
            body.Append(objects[i].Text).Append('\n');
            Enter(objects[i].Number, (2, number, i));
        }

        return Stream(number, $"/Type/ObjStm/N {objects.Length}/First {header.Length}/Filter/FlateDecode", PngSamples.Packed(Encoding.Latin1.GetBytes(header.ToString() + body)));
    }

    /// <param name="lineEnd">Of the entries.</param>
    public PdfMaker Table(string trailer, string lineEnd = " \n", long prev = -1, bool isLast = true)
    {
        var place = Place;
        Text("xref\n");
        if (Xref < 0)
        {
            Text($"0 1\n0000000000 65535 f{lineEnd}");
        }

        foreach (var (number, (type, at, _)) in _entries)
        {
            Text(type == 1 ? $"{number} 1\n{at:D10} 00000 n{lineEnd}" : $"{number} 1\n0000000000 65535 f{lineEnd}");
        }

        var last = prev >= 0 ? prev : Xref;
        Text($"trailer\n<</Size {Size}{trailer}{(last >= 0 ? string.Create(CultureInfo.InvariantCulture, $"/Prev {last}") : string.Empty)}>>\n");
        return Done(place, isLast);
    }

    /// <summary>A cross-reference stream with the predictor of PNG.</summary>
    public PdfMaker XrefStream(int number, string trailer, bool isLast = true)
    {
        var place = Place;
        Enter(number, (1, place, 0));
        var rows = new MemoryStream();
        var above = new byte[5];
        foreach (var (type, at, position) in _entries.Values)
        {
            byte[] row = [(byte)type, 0, 0, 0, (byte)position];
            BinaryPrimitives.WriteUInt16BigEndian(row.AsSpan(2), (ushort)at);
            rows.Write([2, .. row.Zip(above, static (one, other) => (byte)(one - other))]);
            above = row;
        }

        var index = string.Join(' ', _entries.Keys.Select(static number => string.Create(CultureInfo.InvariantCulture, $"{number} 1")));
        var prev = Xref >= 0 && isLast ? string.Create(CultureInfo.InvariantCulture, $"/Prev {Xref}") : string.Empty;
        Stream(number, $"/Type/XRef/W[1 3 1]/Index[{index}]/Size {Size}{trailer}{prev}/Filter/FlateDecode/DecodeParms<</Predictor 12/Columns 5>>", PngSamples.Packed(rows.ToArray()));
        return Done(place, isLast);
    }

    public PdfMaker Text(FormattableString text) => Append(Encoding.Latin1.GetBytes(text.ToString(CultureInfo.InvariantCulture)));

    public PdfMaker Text(string text) => Append(Encoding.Latin1.GetBytes(text));

    private PdfMaker Append(byte[] bytes)
    {
        _bytes.Position = _bytes.Length;
        _bytes.Write(bytes);
        return this;
    }

    private PdfMaker Done(long place, bool isLast)
    {
        if (!isLast)
        {
            return this;
        }

        _entries.Clear();
        Xref = place;
        return Text($"startxref\n{place}\n%%EOF\n");
    }

    private void Enter(int number, (int Type, long Place, int Index) entry)
    {
        _entries[number] = entry;
        Size = Math.Max(Size, number + 1);
    }
}
