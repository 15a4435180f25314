namespace Gating.Labels.Pdf;

/// <summary>An indirect object.</summary>
/// <param name="Data">Where a stream's data begins; null: no stream.</param>
/// <param name="End">Behind what was parsed of it.</param>
internal sealed record PdfObject(PdfReference Id, long Offset, PdfValue Value, long? Data, long End)
{
    /// <summary>Parses <c>1 0 obj … endobj</c>, or up to the data of a stream. Null where the bytes end too soon, or hold none.</summary>
    /// <param name="offset">Of the first byte, in the file.</param>
    /// <param name="isAll">The file ends with these bytes.</param>
    public static PdfObject? Parse(byte[] bytes, long offset, bool isAll)
    {
        var start = PdfLexer.SkipSpace(bytes, 0);
        var number = PdfLexer.Number(bytes, start, out var at);
        if (at == PdfLexer.None || PdfLexer.Number(bytes, PdfLexer.SkipSpace(bytes, at), out at) is var generation && at == PdfLexer.None)
        {
            return null;
        }

        at = PdfLexer.SkipSpace(bytes, at);
        if (!bytes.AsSpan(at).StartsWith("obj"u8) || number > PdfReference.MaxNumber || generation > ushort.MaxValue)
        {
            return null;
        }

        var value = PdfLexer.SkipSpace(bytes, at + 3);
        var end = PdfLexer.End(bytes, value);
        at = end == PdfLexer.None ? end : PdfLexer.SkipSpace(bytes, end);

        // A keyword and a line end behind it have to be seen: else what stands there may be a part of something longer.
        if (at == PdfLexer.None || (bytes.Length - at < "endstream"u8.Length && !isAll))
        {
            return null;
        }

        long? data = bytes.AsSpan(at).StartsWith("stream"u8) ? offset + DataAt(bytes, at + "stream"u8.Length) : null;
        return new(new((int)number, (int)generation), offset + start, new(bytes.AsMemory(value..end), offset + start), data, offset + at);
    }

    private static int DataAt(byte[] bytes, int at) => bytes.AsSpan(at) switch
    {
        [(byte)'\r', (byte)'\n', ..] => at + 2,
        [(byte)'\r' or (byte)'\n', ..] => at + 1,
        _ => at,
    };
}
