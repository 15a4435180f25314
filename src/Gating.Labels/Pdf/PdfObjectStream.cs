using Gating.Labels.Media;

namespace Gating.Labels.Pdf;

/// <summary>An object stream (7.5.7), unpacked.</summary>
internal sealed class PdfObjectStream
{
    public const int MaxBytes = 1024 * 1024;

    private readonly byte[] _bytes;
    private readonly long _offset;
    private readonly Dictionary<int, int> _places = [];

    private PdfObjectStream(PdfObject stream, byte[] bytes)
    {
        (Number, _offset, _bytes) = (stream.Id.Number, stream.Offset, bytes);
        var dictionary = stream.Value.Dictionary;
        var (count, first) = (dictionary["N"]?.Integer ?? -1, dictionary["First"]?.Integer ?? -1);
        for (var (i, at) = (0L, 0); i < count && at >= 0; i++)
        {
            var number = PdfLexer.Number(bytes, PdfLexer.SkipSpace(bytes, at), out at);
            var place = at < 0 ? 0 : PdfLexer.Number(bytes, PdfLexer.SkipSpace(bytes, at), out at);
            if (at < 0 || first < 0 || number > PdfReference.MaxNumber || place > bytes.Length - first)
            {
                throw MediaException.Malformed(_offset, "An object stream is broken.");
            }

            _places.TryAdd((int)number, (int)(first + place));
        }
    }

    public int Number { get; }

    public static PdfObjectStream Of(PdfObject stream, byte[] bytes) => new(stream, bytes);

    /// <summary>Null where it does not hold it.</summary>
    public PdfObject? Find(int number)
    {
        if (!_places.TryGetValue(number, out var place))
        {
            return null;
        }

        var start = PdfLexer.SkipSpace(_bytes, place);
        var end = PdfLexer.End(_bytes, start);
        return end != PdfLexer.None
            ? new(new(number, 0), _offset, new(_bytes.AsMemory(start..end), _offset), null, _offset)
            : throw MediaException.Malformed(_offset, $"Object {number}, in an object stream, is broken.");
    }
}
