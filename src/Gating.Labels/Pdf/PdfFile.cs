using Gating.Labels.Media;

namespace Gating.Labels.Pdf;

/// <summary>A PDF file (ISO 32000-2) whose objects are looked up by number; one object at a time is held, and one object stream.</summary>
internal sealed class PdfFile
{
    /// <summary>Where readers look for <c>%PDF-</c>.</summary>
    public const int HeaderWithin = 1024;

    private const int MaxNesting = 4;

    /// <summary>Bytes that are unpacked for one file: object streams that are opened again and again.</summary>
    private const long MaxUnpacked = 256L * 1024 * 1024;

    private readonly PdfBytes _bytes;
    private PdfObjectStream? _opened;
    private int _nesting;
    private long _unpacked;

    private PdfFile(PdfBytes bytes, PdfXref xref) => (_bytes, Xref) = (bytes, xref);

    public PdfXref Xref { get; }

    public long Length => _bytes.Length;

    public PdfDictionary Trailer => Xref.Sections[0].Trailer;

    /// <summary>Its strings and streams are: what stands in object streams, too.</summary>
    public bool IsEncrypted => Trailer["Encrypt"] is not null;

    public static PdfFile Open(MediaSource source) => Open(source, source.Length);

    /// <param name="length">Where it ends: an update behind that is not there.</param>
    public static PdfFile Open(MediaSource source, long length)
    {
        var bytes = new PdfBytes(source, length);
        var header = bytes.Peek(0, HeaderWithin).AsSpan().IndexOf("%PDF-"u8);
        return new(bytes, PdfXref.Read(bytes, header >= 0 ? header : throw MediaException.Malformed(0, "No %PDF- stands in its first 1024 bytes.")));
    }

    public bool StandsAt(long at, ReadOnlySpan<byte> bytes) => _bytes.StandsAt(at, bytes);

    public byte[] Peek(long at, int count) => _bytes.Peek(at, count);

    /// <summary>Null where there is none of that number, which is no error (7.3.10).</summary>
    public PdfObject? Load(int number)
    {
        var entry = Xref.Find(number);
        return entry.Kind switch
        {
            PdfEntryKind.InFile => LoadAt(entry.Place, number),
            PdfEntryKind.InStream => Opened((int)entry.Place).Find(number),
            _ => null,
        };
    }

    /// <summary>The value itself, or that of the object it names; null where there is none.</summary>
    public PdfValue? Resolve(PdfValue? value) =>
        value is { Reference: { } reference } ? Load(reference.Number) is { Value: { IsNull: false, Reference: null } resolved } ? resolved : null : value;

    /// <summary>Null where it is no dictionary.</summary>
    public PdfDictionary? ResolveDictionary(PdfValue? value) => Resolve(value) is { IsDictionary: true } resolved ? resolved.Dictionary : null;

    /// <summary>The catalog's own object.</summary>
    public PdfObject Catalog() => Trailer["Root"]?.Reference is { } root && Load(root.Number) is { Value.IsDictionary: true } catalog
        ? catalog
        : throw MediaException.Malformed(Xref.Sections[0].Offset, "The trailer names no catalog.");

    /// <summary>A stream's data, unpacked, up to <paramref name="limit"/> bytes; more is refused.</summary>
    public byte[] Unpack(PdfObject stream, int limit)
    {
        var dictionary = stream.Value.Dictionary;
        var length = LengthOf(stream, dictionary);
        var filter = PdfFilter.Of(dictionary) ?? throw MediaException.Unsupported(stream.Offset, "A stream that is packed in a way that is not read here.");
        if (length > limit)
        {
            throw MediaException.Unsupported(stream.Offset, $"A stream of more than {limit} bytes.");
        }

        var unpacked = filter.Decode(_bytes.Peek(stream.Data!.Value, (int)length), limit + 1) ?? throw MediaException.Malformed(stream.Offset, "A stream's packed data is broken.");
        _unpacked += unpacked.Length;
        return unpacked.Length <= limit && _unpacked <= MaxUnpacked ? unpacked : throw MediaException.Unsupported(stream.Offset, $"A stream of more than {limit} bytes, or streams of more than {MaxUnpacked}.");
    }

    private PdfObject LoadAt(long place, int number)
    {
        var at = place <= Length - Xref.Base ? Xref.Base + place : throw MediaException.Malformed(Length, $"Object {number} is beyond the end of the file.");
        var found = _bytes.Grow(at, $"Object {number}", (bytes, isAll) => PdfObject.Parse(bytes, at, isAll));
        return found.Id.Number == number ? found : throw MediaException.Malformed(at, $"Object {number} is announced here, and another one stands here.");
    }

    private PdfObjectStream Opened(int number)
    {
        if (_opened?.Number == number)
        {
            return _opened;
        }

        if (Xref.Find(number) is not { Kind: PdfEntryKind.InFile } entry || LoadAt(entry.Place, number) is not { Data: not null } stream)
        {
            throw MediaException.Malformed(Xref.Sections[0].Offset, $"Object {number} is to be an object stream, and is none.");
        }

        return _opened = PdfObjectStream.Of(stream, Unpack(stream, PdfObjectStream.MaxBytes));
    }

    // The length may be an object of its own, in an object stream, whose length may be an object of its own.
    private long LengthOf(PdfObject stream, PdfDictionary dictionary)
    {
        if (++_nesting > MaxNesting)
        {
            throw MediaException.Malformed(stream.Offset, "The lengths of streams stand in one another.");
        }

        var length = Resolve(dictionary["Length"])?.Integer ?? -1;
        _nesting--;
        var data = stream.Data ?? throw MediaException.Malformed(stream.Offset, "A stream is wanted, and none stands here.");
        return length >= 0 && length <= Length - data && StandsAt(_bytes.SkipSpace(data + length), "endstream"u8)
            ? length
            : throw MediaException.Malformed(stream.Offset, "A stream's length is not that of its data.");
    }
}
