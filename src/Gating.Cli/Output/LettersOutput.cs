using System.Globalization;
using System.Text;
using System.Text.Json;
using Gating.Messages;
using Spectre.Console;

namespace Gating.Cli.Output;

/// <summary>Messages that were set aside, for people and for machines.</summary>
internal static class LettersOutput
{
    public static void WriteTable(IAnsiConsole console, IReadOnlyList<DeadLetter> letters)
    {
        var table = new Table().AddColumns("queue", "set aside (UTC)", "reason", "why", "bytes", "id");
        foreach (var letter in letters)
        {
            table.AddRow(
                letter.Queue, Time(letter), letter.Reason.EscapeMarkup(), letter.Detail.EscapeMarkup(), letter.Message.Length.ToString(CultureInfo.InvariantCulture), letter.Id);
        }

        console.Write(table);
        console.WriteLine(letters.Count == 0 ? "Nothing was set aside." : $"{letters.Count} set aside. When what was wrong is mended: gating messages replay QUEUE ID");
    }

    /// <summary>With the message itself, in base64: it may carry what an app sent.</summary>
    public static void WriteJson(TextWriter output, IReadOnlyList<DeadLetter> letters)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, new() { Indented = true }))
        {
            json.WriteStartArray();
            foreach (var letter in letters)
            {
                json.WriteStartObject();
                json.WriteString("queue"u8, letter.Queue);
                json.WriteString("id"u8, letter.Id);
                json.WriteString("at"u8, Time(letter));
                json.WriteString("reason"u8, letter.Reason);
                json.WriteString("detail"u8, letter.Detail);
                json.WriteBase64String("message"u8, letter.Message.Span);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        output.WriteLine(Encoding.UTF8.GetString(bytes.ToArray()));
    }

    private static string Time(DeadLetter letter) => letter.At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
