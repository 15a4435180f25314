using Gating.Labels.Media;

namespace Gating.Labels.Pdf;

/// <summary>The file up to where it is looked at: an update of our own at its end can be left out.</summary>
internal sealed class PdfBytes(MediaSource source, long length)
{
    /// <summary>White space and comments that are walked over in one place; more is none.</summary>
    private const int MaxSpace = 64 * 1024;

    /// <summary>A value of the file's own, a dictionary or an array, as far as it is held.</summary>
    private static readonly int[] ValueSizes = [1024, 16 * 1024, 512 * 1024];

    public long Length { get; } = length;

    /// <summary>Up to <paramref name="count"/> bytes, fewer at the end.</summary>
    public byte[] Peek(long at, int count) => at < 0 || at >= Length ? [] : source.ReadBytes(at, Math.Min(count, Length - at), count);

    public bool StandsAt(long at, ReadOnlySpan<byte> bytes) => at >= 0 && at <= Length - bytes.Length && source.StandsAt(at, bytes);

    public long SkipSpace(long at)
    {
        for (var end = at + MaxSpace; at < Math.Min(end, Length);)
        {
            var value = source.ReadByte(at);
            if (value == '%')
            {
                at = SkipLine(at);
            }
            else if (PdfLexer.IsSpace(value))
            {
                at++;
            }
            else
            {
                break;
            }
        }

        return at;
    }

    public long SkipLine(long at)
    {
        for (var end = at + MaxSpace; at < Math.Min(end, Length) && source.ReadByte(at) is not ((byte)'\r' or (byte)'\n');)
        {
            at++;
        }

        return at;
    }

    /// <summary>A whole number, behind white space; null where none stands there.</summary>
    public long? Number(ref long at)
    {
        var start = SkipSpace(at);
        var text = Peek(start, 20);
        var number = PdfLexer.Number(text, 0, out var end);
        if (end == PdfLexer.None)
        {
            return null;
        }

        at = start + end;
        return number;
    }

    /// <summary>Reads more and more from <paramref name="at"/> on, until <paramref name="parse"/> has found the end of what it wants.</summary>
    /// <param name="parse">Is given the bytes and whether the file ends with them; null: more is needed.</param>
    public T Grow<T>(long at, string what, Func<byte[], bool, T?> parse)
        where T : class
    {
        foreach (var size in ValueSizes)
        {
            var bytes = Peek(at, size);
            var isAll = bytes.Length < size || at + size == Length;
            if (parse(bytes, isAll) is { } found)
            {
                return found;
            }

            if (isAll)
            {
                throw at >= Length ? new MediaException(MediaFault.Malformed, Math.Clamp(at, 0, Length), $"{what} is beyond the end of the file.") : MediaException.Malformed(at, $"{what} is broken.");
            }
        }

        throw MediaException.Unsupported(at, $"{what} is broken, or longer than {ValueSizes[^1]} bytes, which are held.");
    }
}
