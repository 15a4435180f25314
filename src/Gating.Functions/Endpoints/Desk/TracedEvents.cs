using System.Text.Json;
using Gating.Ledger;
using Gating.Mandates;
using Gating.Tracing;

namespace Gating.Functions.Endpoints.Desk;

/// <summary>
/// An entry as a CloudEvent (1.0, JSON): the person is a handle of that regulator's, and <c>data</c> is the entry's public part, less what the mandate does not allow. Extensions: <c>seq</c>, its number in the person's ledger, and
/// <c>entryhash</c>, what the log commits to.
/// </summary>
internal static class TracedEvents
{
    private static readonly HashSet<string> Prompts = new(["prompt_digest", "input_digests", "parameters_digest", "details"], StringComparer.Ordinal);

    public static void Write(Utf8JsonWriter json, TracedEntry traced, MandateScope scope, string person, string source)
    {
        var entry = traced.Entry;
        json.WriteStartObject();
        json.WriteString("specversion"u8, "1.0"u8);
        json.WriteString("id"u8, entry.Operation.ToString());
        json.WriteString("source"u8, source);
        json.WriteString("type"u8, EntryKinds.EventPrefix + EntryKinds.Word(entry.Kind));
        json.WriteString("time"u8, entry.Time);
        json.WriteString("subject"u8, person);
        json.WriteNumber("seq"u8, entry.Seq);
        json.WriteString("entryhash"u8, entry.Hash.ToString());
        json.WriteString("datacontenttype"u8, "application/json"u8);
        json.WriteStartObject("data"u8);
        using var data = JsonDocument.Parse(entry.Public);
        foreach (var member in data.RootElement.EnumerateObject())
        {
            if ((scope.Allows(MandateFields.Prompts) || !Prompts.Contains(member.Name)) && (scope.Allows(MandateFields.Labels) || member.Name is not "label"))
            {
                member.WriteTo(json);
            }
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }
}
