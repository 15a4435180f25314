using System.Globalization;
using Gating.Access;
using Gating.Generations;
using Gating.Ledger;
using Gating.Registry.Reading;
using Gating.Tracing;

namespace Gating.Functions.Endpoints.Desk;

/// <summary>A question as its query says it: each parameter once, none that is not known, none that cannot be what it says.</summary>
/// <param name="Problem">What is wrong; null where the rest holds.</param>
internal readonly record struct TraceQuery(long Mandate, TraceFilter Filter, int Most, string? Cursor, string? Problem)
{
    private const int UsualPage = 100;

    private static readonly HashSet<string> Known = new(
        ["mandate", "content_id", "sha256", "person", "app", "tool", "issuer", "kind", "from", "to", "limit", "cursor"], StringComparer.Ordinal);

    public static TraceQuery Read(IQueryCollection query, Official regulator, DeskHandles handles)
    {
        foreach (var (name, values) in query)
        {
            if (!Known.Contains(name) || values.Count != 1 || string.IsNullOrEmpty(values[0]))
            {
                return Wrong($"{(Known.Contains(name) ? name : "A parameter")} is not one that is known and has one value. Known: {string.Join(", ", Known)}.");
            }
        }

        if (!Gating.Mandates.Mandate.TryParse(query["mandate"], out var mandate))
        {
            return Wrong("mandate is the id of a mandate, such as m12.");
        }

        var (content, sha256, person, kind) = (default(ContentId?), default(EntryHash?), default(StreamId?), default(EntryKind?));
        if (query["content_id"] is [{ } number])
        {
            if (!ContentId.TryParse(number, out var parsed))
            {
                return Wrong("content_id is the number in a label (ProduceID).");
            }

            content = parsed;
        }

        if (query["sha256"] is [{ } hex])
        {
            if (hex.Length != 2 * EntryHash.Size || !hex.All(char.IsAsciiHexDigit))
            {
                return Wrong("sha256 is 64 hexadecimal digits.");
            }

            sha256 = EntryHash.FromBytes(Convert.FromHexString(hex));
        }

        if (query["person"] is [{ } handle] && (person = handles.OpenPerson(regulator, handle)) is null)
        {
            return Wrong("person is a handle that an answer gave to you.");
        }

        if (query["kind"] is [{ } word] && (kind = EntryKinds.Parse(word)) is null)
        {
            return Wrong($"kind is one of {EntryKinds.Words}.");
        }

        var (from, to) = (TimeOf(query["from"]), TimeOf(query["to"]));
        var most = query["limit"] is not [{ } limit] ? UsualPage
            : int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out var wanted) && wanted is >= 1 and <= TraceDesk.MostEntries ? wanted : 0;
        if (most == 0 || (from is null && query.ContainsKey("from")) || (to is null && query.ContainsKey("to")))
        {
            return Wrong($"limit is 1 to {TraceDesk.MostEntries}; from and to are times as 2027-01-31T00:00:00Z.");
        }

        var filter = new TraceFilter(content, sha256, person, query["app"], query["tool"], query["issuer"], kind, from, to);
        return filter.IsEmpty ? Wrong("Ask by content_id, sha256, person, app, tool or issuer; kind, from and to narrow it.") : new(mandate, filter, most, query["cursor"], null);
    }

    private static DateTimeOffset? TimeOf(Microsoft.Extensions.Primitives.StringValues values) => values is [{ } text] ? Rfc3339.Parse(text) : null;

    private static TraceQuery Wrong(string problem) => new(0, null!, 0, null, problem);
}
