using Gating.Access;
using Gating.Functions.Http;
using Gating.Identify;
using Gating.Ledger;
using Gating.Mandates;
using Gating.Tracing;

namespace Gating.Functions.Endpoints.Desk;

/// <summary>
/// <c>GET /v1/trace/entries</c>: what was recorded, by any combination of <c>content_id</c>, <c>sha256</c>, <c>person</c>, <c>app</c>, <c>tool</c>, <c>issuer</c>, <c>kind</c>, <c>from</c> and <c>to</c>, page by page (RFC 8288 <c>Link</c>);
/// <c>POST /v1/trace/files</c>: the same of the output that a file is, or comes from, or looks like. Each rests on a mandate and is recorded before it is answered.
/// </summary>
internal sealed class TraceEndpoint(RoleCaller callers, TraceDesk desk, DeskHandles handles, TracePositions positions, Identifier identifier, PublicUrls urls)
{
    public async Task GetEntriesAsync(HttpContext context)
    {
        if (await callers.RegulatorAsync(context, strong: false) is not { } regulator)
        {
            return;
        }

        var query = TraceQuery.Read(context.Request.Query, regulator.Who, handles);
        var after = query is { Problem: null, Cursor: { } cursor } ? positions.Open(cursor, regulator.Who, query.Mandate, query.Filter) : null;
        if (query.Problem is not null || (query.Cursor is not null && after is null))
        {
            await Problem.WriteAsync(context, StatusCodes.Status400BadRequest, "question_malformed", query.Problem ?? "cursor is one that an answer to the same question gave you.");
            return;
        }

        await AnswerAsync(context, regulator, query.Filter, await desk.AskAsync(regulator, query.Mandate, query.Filter, after, query.Most, context.RequestAborted), found: null);
    }

    public async Task PostFileAsync(HttpContext context)
    {
        if (await callers.RegulatorAsync(context, strong: false) is not { } regulator)
        {
            return;
        }

        if (context.Request.Query is not { Count: 1 } query || !Mandate.TryParse(query["mandate"], out var mandate))
        {
            await Problem.WriteAsync(context, StatusCodes.Status400BadRequest, "question_malformed", "Name the mandate, and nothing else: /v1/trace/files?mandate=m12.");
            return;
        }

        await using var file = await TemporaryFile.OfBodyAsync(context.Request, IdentifyEndpoint.MostBytes, context.RequestAborted);
        if (file is not { Length: > 0 })
        {
            var (status, reason) = file is null ? (StatusCodes.Status413PayloadTooLarge, "file_too_large") : (StatusCodes.Status400BadRequest, "file_empty");
            await Problem.WriteAsync(context, status, reason, $"Send a file of 1 to {IdentifyEndpoint.MostBytes} bytes.");
            return;
        }

        // What a file is anybody may ask; what was recorded of it is told under the mandate alone.
        var identified = await identifier.OfFileAsync(file, context.RequestAborted);
        var filter = new TraceFilter(identified.Content, identified.Content is null ? await DigestAsync(file, context.RequestAborted) : null, null, null, null, null, null, null, null);
        await AnswerAsync(context, regulator, filter, await desk.AskAsync(regulator, mandate, filter, after: null, TraceDesk.MostEntries, context.RequestAborted), identified);
    }

    private static async Task<EntryHash> DigestAsync(FileStream file, CancellationToken cancellation)
    {
        file.Position = 0;
        return EntryHash.FromBytes(await System.Security.Cryptography.SHA256.HashDataAsync(file, cancellation));
    }

    private async Task AnswerAsync(HttpContext context, RoleHolder regulator, TraceFilter filter, TraceOutcome outcome, Identification? found)
    {
        if (outcome is not TraceOutcome.Answered answer)
        {
            await MandateAnswers.RefuseAsync(context, ((TraceOutcome.Refused)outcome).Reason);
            return;
        }

        var next = answer.Next is { } position ? positions.Seal(position, regulator.Who, answer.Mandate.Id, filter) : null;
        if (next is not null)
        {
            var query = QueryString.Create(context.Request.Query.Where(static one => one.Key is not "cursor").Append(new("cursor", next)));
            context.Response.Headers.Link = $"<{context.Request.Path}{query}>; rel=\"next\"";
        }

        await JsonAnswer.WriteAsync(context.Response, StatusCodes.Status200OK, MediaTypes.Json, (handles, source: urls.Issuer, regulator.Who, answer, found, next), static (json, state) =>
        {
            var (handles, source, regulator, answer, found, next) = state;
            json.WriteString("question"u8, DeskNumber.Text('q', answer.Question));
            json.WriteString("mandate"u8, Mandate.Text(answer.Mandate.Id));
            if (found is not null)
            {
                json.WriteString("record"u8, IdentifyEndpoint.Word(found.Match));
                if (found.Distance is { } distance)
                {
                    json.WriteNumber("distance"u8, distance);
                }
            }

            json.WriteStartArray("entries"u8);
            foreach (var entry in answer.Entries)
            {
                TracedEvents.Write(json, entry, answer.Mandate.Terms.Scope, handles.OfPerson(regulator, entry.Entry.Stream), source);
            }

            json.WriteEndArray();
            json.WriteNumber("withheld"u8, answer.Withheld);
            if (next is not null)
            {
                json.WriteString("next"u8, next);
            }
        }, context.RequestAborted);
    }
}
