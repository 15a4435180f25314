using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Gating.Evidence;

/// <summary>
/// The lines of <c>entries.csv</c>: RFC 4180 with CRLF, UTF-8 under a byte order mark, every cell in quotation marks. A spreadsheet takes a cell for a formula that begins with <c>= + - @</c>, a tab or a line end (the wide forms of
/// East Asian input too): such a cell gets an apostrophe in front, and a reader who wants the exact text takes it from <c>entries.jsonl</c>. A line follows from the entry and its proof alone.
/// </summary>
internal static class TableLine
{
    public const string End = "\r\n";

    private static readonly SearchValues<char> Formulas = SearchValues.Create("=+-@\t\r\n＝＋－＠");
    private static readonly string[] Columns = ["stream", "seq", "kind", "time (UTC)", "why it is here", "app", "tool", "content", "place in the log", "operation", "hash", "public part"];

    /// <summary>The byte order mark and the names of the columns, with the line's end.</summary>
    public static byte[] Header() => [.. Encoding.UTF8.Preamble, .. Encode(Columns)];

    /// <summary>With the line's end.</summary>
    public static byte[] Of(EntryLine line, SealedLeaf? leaf)
    {
        var entry = line.Entry;
        using var json = JsonDocument.Parse(entry.Public);
        return Encode(
            entry.Stream.ToString(), Text(entry.Seq), line.Type[(line.Type.LastIndexOf('.') + 1)..], entry.Time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture),
            EntryLine.RoleWord(line.Role), Member(json.RootElement, "app"), Member(json.RootElement, "tool"), Member(json.RootElement, "content"), leaf is null ? "not yet" : Text(leaf.Index),
            entry.Operation.ToString(), entry.Hash.ToString(), Encoding.UTF8.GetString(entry.Public.Span));
    }

    internal static string Cell(string text) => $"\"{(text.Length > 0 && Formulas.Contains(text[0]) ? "'" : string.Empty)}{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static byte[] Encode(params string[] cells) => Encoding.UTF8.GetBytes(string.Join(',', cells.Select(Cell)) + End);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Member(JsonElement root, string name) =>
        root.ValueKind is JsonValueKind.Object && root.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString()! : string.Empty;
}
