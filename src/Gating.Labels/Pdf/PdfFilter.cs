using System.IO.Compression;
using Gating.Labels.Media;

namespace Gating.Labels.Pdf;

/// <summary>What packs a stream, of the filters that cross-references, object streams and XMP are packed with: none, or FlateDecode, plain or with the predictors of PNG (7.4.4).</summary>
/// <param name="Columns">Of a row that a predictor has changed; 0: none did.</param>
internal sealed record PdfFilter(bool IsPacked, int Columns)
{
    private const int MaxColumns = 64 * 1024;

    /// <summary>Null where it is packed in another way.</summary>
    public static PdfFilter? Of(PdfDictionary stream)
    {
        if (stream["F"] is not null)
        {
            return null;
        }

        IReadOnlyList<PdfValue> filters = stream["Filter"] is { } filter ? filter.Name is null ? filter.Items : [filter] : [];
        var first = stream["DecodeParms"] is { } one ? one.IsDictionary ? one : one.Items is [var item, ..] ? item : default : default;
        var parameters = first.IsDictionary ? first.Dictionary : PdfDictionary.Empty;
        if (filters is [])
        {
            return stream["Filter"] is null or { Text.Span: [(byte)'[', ..] } ? new(false, 0) : null;
        }

        if (filters is not [{ Name: "FlateDecode" or "Fl" }] || stream["DecodeParms"] is { Reference: not null })
        {
            return null;
        }

        return (parameters["Predictor"]?.Integer ?? 1) switch
        {
            1 => new(true, 0),
            >= 10 and <= 15 when (parameters["Columns"]?.Integer ?? 1) is > 0 and <= MaxColumns and var columns && (parameters["Colors"]?.Integer ?? 1) == 1
                && (parameters["BitsPerComponent"]?.Integer ?? 8) == 8 => new(true, (int)columns),
            _ => null,
        };
    }

    /// <summary>The stream's first <paramref name="limit"/> bytes, fewer where it holds fewer; null where it is broken.</summary>
    public byte[]? Decode(byte[] data, int limit)
    {
        if (!IsPacked)
        {
            return data.Length > limit ? data[..limit] : data;
        }

        var packed = Columns == 0 ? limit : (((long)limit + Columns - 1) / Columns * (Columns + 1L));
        var bytes = Inflate(data, (int)Math.Min(packed, Array.MaxLength));
        return bytes is null || Columns == 0 ? bytes : Unpredict(bytes, limit);
    }

    private static byte[]? Inflate(byte[] data, int limit)
    {
        using var bytes = new MemoryStream();
        var buffer = new byte[8192];
        try
        {
            using var inflater = new ZLibStream(new MemoryStream(data, writable: false), CompressionMode.Decompress);
            for (int read; bytes.Length < limit && (read = inflater.Read(buffer, 0, (int)Math.Min(buffer.Length, limit - bytes.Length))) > 0;)
            {
                bytes.Write(buffer, 0, read);
            }
        }
        catch (InvalidDataException)
        {
            return null;
        }

        return bytes.ToArray();
    }

    private byte[]? Unpredict(byte[] rows, int limit)
    {
        var output = new byte[Math.Min(limit, rows.Length / (Columns + 1) * Columns)];
        Span<byte> above = new byte[Columns];
        for (var (at, to) = (0, 0); to < output.Length; at += Columns + 1, to += Columns)
        {
            var row = rows.AsSpan(at + 1, Columns);
            if (!Unpredict(rows[at], row, above))
            {
                return null;
            }

            row[..Math.Min(Columns, output.Length - to)].CopyTo(output.AsSpan(to));
            row.CopyTo(above);
        }

        return output;
    }

    private static bool Unpredict(byte type, Span<byte> row, ReadOnlySpan<byte> above)
    {
        for (var i = 0; i < row.Length; i++)
        {
            var (left, corner) = i == 0 ? ((byte)0, (byte)0) : (row[i - 1], above[i - 1]);
            row[i] += type switch { 1 => left, 2 => above[i], 3 => (byte)((left + above[i]) / 2), 4 => Paeth(left, above[i], corner), _ => 0 };
        }

        return type <= 4;
    }

    private static byte Paeth(byte left, byte above, byte corner)
    {
        var (a, b, c) = (Math.Abs(above - corner), Math.Abs(left - corner), Math.Abs(left + above - (2 * corner)));
        return a <= b && a <= c ? left : b <= c ? above : corner;
    }
}
