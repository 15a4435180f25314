using System.Text;
using Gating.Labels.Media;

namespace Gating.Labels.Markdown;

/// <summary>A line, by its place in the file: what it says ends before its line break.</summary>
internal readonly record struct FrontLine(int Start, int End, int Next);

/// <summary>
/// The YAML between a first line <c>---</c> and the next <c>---</c> or <c>...</c>, as far as one key of its top level needs it: that is found by its line, and what is indented below it
/// is its value (YAML 1.2, 8.2.2). Nothing else is parsed, so nothing else can change.
/// </summary>
internal sealed class FrontMatter
{
    private const int MaxBytes = 128 * 1024;

    private readonly byte[] _bytes;

    private FrontMatter(byte[] bytes, string newLine, int start, int end, IReadOnlyList<FrontLine> lines) =>
        (_bytes, NewLine, Start, End, Lines) = (bytes, newLine, start, end, lines);

    public static ReadOnlySpan<byte> Bom => [0xEF, 0xBB, 0xBF];

    public string NewLine { get; }

    /// <summary>Of the first line behind the opening one.</summary>
    public int Start { get; }

    /// <summary>Where the text begins: behind the closing line, and its line break where it has one.</summary>
    public int End { get; }

    /// <summary>Between the two rulers.</summary>
    public IReadOnlyList<FrontLine> Lines { get; }

    /// <summary>Whether a file starts with the opening line, and what follows could be text.</summary>
    public static bool Opens(ReadOnlySpan<byte> start)
    {
        var text = start.StartsWith(Bom) ? start[Bom.Length..] : start;
        var end = text.IndexOf((byte)'\n');
        return end >= 3 && IsRuler(text[..end], "---"u8) && !start.Contains((byte)0) && IsUtf8(text, start.Length == LabelFormats.StartBytes);
    }

    public static FrontMatter Of(MediaSource source)
    {
        var bytes = source.ReadBytes(0, Math.Min(source.Length, MaxBytes), MaxBytes);
        var bom = bytes.AsSpan().StartsWith(Bom) ? Bom.Length : 0;
        var opening = LineAt(bytes, bom);
        var lines = new List<FrontLine>();
        for (var at = opening.Next; at < bytes.Length;)
        {
            var line = LineAt(bytes, at);
            if (IsRuler(bytes.AsSpan(line.Start, line.End - line.Start), "---"u8) || IsRuler(bytes.AsSpan(line.Start, line.End - line.Start), "..."u8))
            {
                return new(bytes, opening.Next - opening.End == 2 ? "\r\n" : "\n", opening.Next, line.Next, lines);
            }

            lines.Add(line);
            at = line.Next;
        }

        throw bytes.Length < source.Length
            ? MediaException.Unsupported(0, $"Its front matter has no end within {MaxBytes} bytes.")
            : MediaException.Malformed(0, "Its front matter has no end.");
    }

    public string TextOf(FrontLine line) => Encoding.UTF8.GetString(_bytes, line.Start, line.End - line.Start);

    public bool IsBlank(FrontLine line) => _bytes.AsSpan(line.Start, line.End - line.Start).Trim(" \t"u8).IsEmpty;

    public bool IsIndented(FrontLine line) => line.End > line.Start && _bytes[line.Start] is (byte)' ' or (byte)'\t';

    private static FrontLine LineAt(byte[] bytes, int start)
    {
        var length = bytes.AsSpan(start).IndexOf((byte)'\n');
        if (length < 0)
        {
            return new(start, bytes.Length, bytes.Length);
        }

        var end = start + length;
        return new(start, end > start && bytes[end - 1] == (byte)'\r' ? end - 1 : end, end + 1);
    }

    private static bool IsRuler(ReadOnlySpan<byte> line, ReadOnlySpan<byte> ruler) => line.StartsWith(ruler) && line[ruler.Length..].Trim(" \t\r"u8).IsEmpty;

    // What is seen of a longer file may end in the middle of a character.
    private static bool IsUtf8(ReadOnlySpan<byte> text, bool isCut)
    {
        for (var cut = 0; cut <= (isCut ? 3 : 0) && cut <= text.Length; cut++)
        {
            if (System.Text.Unicode.Utf8.IsValid(text[..^cut]))
            {
                return true;
            }
        }

        return false;
    }
}
