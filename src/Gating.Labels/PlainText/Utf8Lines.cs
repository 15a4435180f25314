using System.Buffers;
using System.Text;
using Gating.Labels.Explicit;
using Gating.Labels.Media;

namespace Gating.Labels.PlainText;

/// <summary>A text of any length, of which only the beginning and the end are held.</summary>
internal static class Utf8Lines
{
    /// <summary>How much is looked at of the beginning and of the end, in bytes.</summary>
    private const int Edge = 4096;

    /// <summary>Lines that are looked at there: a label further in is not at the start or the end (clause 5.1).</summary>
    private const int EdgeLines = 3;

    private const int Part = 32 * 1024;

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>C0 controls that no text has. Tab, line feed, form feed, carriage return and escape are left out.</summary>
    private static readonly SearchValues<byte> NoText = SearchValues.Create([.. Enumerable.Range(0, 32).Except([9, 10, 12, 13, 27]).Select(static value => (byte)value), 127]);

    public static bool IsText(MediaSource source)
    {
        var buffer = new byte[Part];
        var carried = 0;
        for (var at = 0L; at < source.Length;)
        {
            var count = (int)Math.Min(Part - carried, source.Length - at);
            source.Read(at, buffer.AsSpan(carried, count));
            at += count;
            var part = buffer.AsSpan(0, carried + count);
            var whole = at == source.Length ? part.Length : WholeCharacters(part);
            if (part.ContainsAny(NoText) || !System.Text.Unicode.Utf8.IsValid(part[..whole]))
            {
                return false;
            }

            part[whole..].CopyTo(buffer);
            carried = part.Length - whole;
        }

        return true;
    }

    /// <summary>Where the text begins: behind a byte order mark.</summary>
    public static int Mark(MediaSource source) => source.StandsAt(0, ByteOrderMark) ? ByteOrderMark.Length : 0;

    /// <summary>Lines that end as those of this text do.</summary>
    public static byte[] Bytes(MediaSource source, string lines)
    {
        var first = source.ReadBytes(0, Math.Min(Edge, source.Length), Edge).AsSpan();
        var feed = first.IndexOf((byte)'\n');
        return Encoding.UTF8.GetBytes(feed > 0 && first[feed - 1] == '\r' ? lines.Replace("\n", "\r\n", StringComparison.Ordinal) : lines);
    }

    /// <summary>The label among the first or the last lines from <paramref name="from"/> on that are not blank.</summary>
    public static ExplicitFinding Label(MediaSource source, long from)
    {
        var first = Lines(source, from, Math.Min(from + Edge, source.Length));
        var last = Lines(source, Math.Max(from, source.Length - Edge), source.Length);
        return first.Take(EdgeLines).FirstOrDefault(static line => ExplicitWording.IsLabel(line)) is { } start ? new ExplicitFinding.Found("at the start", start)
            : last.TakeLast(EdgeLines).FirstOrDefault(static line => ExplicitWording.IsLabel(line)) is { } end ? new ExplicitFinding.Found("at the end", end)
            : new ExplicitFinding.Absent();
    }

    // A character that the edge cuts is shown as U+FFFD, in a line that is longer than a label anyway.
    private static string[] Lines(MediaSource source, long from, long to) =>
        Encoding.UTF8.GetString(source.ReadBytes(from, to - from, Edge)).Split(['\r', '\n'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <summary>How many bytes of this part are whole characters: up to three at its end may begin one that the next part ends.</summary>
    private static int WholeCharacters(ReadOnlySpan<byte> part)
    {
        for (var back = 1; back <= Math.Min(3, part.Length); back++)
        {
            var value = part[^back];
            if (value >= 0xC0)
            {
                return back < (value >= 0xF0 ? 4 : value >= 0xE0 ? 3 : 2) ? part.Length - back : part.Length;
            }

            if (value < 0x80)
            {
                break;
            }
        }

        return part.Length;
    }
}
