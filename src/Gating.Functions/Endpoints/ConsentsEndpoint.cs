using System.Collections.Immutable;
using Gating.Admission;
using Gating.Consents;
using Gating.Functions.Endpoints.Desk;
using Gating.Functions.Http;
using Gating.Registry;

namespace Gating.Functions.Endpoints;

/// <summary>
/// Consents of persons depicted (Deep Synthesis Provisions Art. 14). <c>POST /v1/consents</c>: an app records one, with the identity token of that person; <c>POST …/{id}/withdraw</c> takes it back, with such a token again;
/// <c>GET …/{id}</c>: where it stands; <c>GET …/{id}/outputs</c>: what was made with it.
/// </summary>
internal sealed class ConsentsEndpoint(
    AppCaller callers, PresentedPerson people, ConsentReader reader, ConsentDesk desk, RecordedConsents consents, ConcernedOutputs outputs, ConsentHandles handles, TimeProvider time)
{
    public async Task PostAsync(HttpContext context)
    {
        if (await callers.ReadJsonAsync(context, ConsentReader.MaxSize) is not var (app, body))
        {
            return;
        }

        IdempotencyKey? key = null;
        if (context.Request.Headers.TryGetValue("Idempotency-Key", out var sent))
        {
            if (sent.Count != 1 || !IdempotencyKey.TryParse(sent.ToString(), out var parsed))
            {
                await Problem.WriteAsync(context, StatusCodes.Status400BadRequest, "idempotency_key_malformed", "Idempotency-Key has 1 to 255 visible ASCII characters.");
                return;
            }

            key = parsed;
        }

        var (request, errors) = reader.Read(body, app.Id, time.GetUtcNow());
        if (request is null)
        {
            await MalformedAsync(context, errors);
        }
        else if (await people.IdentifyAsync(context, app, request.SubjectToken) is { } depicted)
        {
            await (await desk.GiveAsync(app.Id, depicted, request.Terms, key, context.RequestAborted)).Match(
                done =>
                {
                    var id = handles.Of(done.Consent.Depicted, done.Consent.Seq);
                    context.Response.Headers.Location = $"/v1/consents/{id}";
                    return ConsentAnswers.WriteAsync(context, done.IsRepeated ? StatusCodes.Status200OK : StatusCodes.Status201Created, id, done.Consent, "given");
                },
                refused => ConsentAnswers.RefuseAsync(context, refused.Reason));
        }
    }

    public async Task WithdrawAsync(HttpContext context)
    {
        if (await callers.ReadJsonAsync(context, ConsentReader.MaxSize) is not var (app, body))
        {
            return;
        }

        var (token, errors) = ConsentReader.ReadWithdrawal(body);
        if (token is null)
        {
            await MalformedAsync(context, errors);
        }
        else if (await people.IdentifyAsync(context, app, token) is { } depicted)
        {
            var id = IdOf(context);
            await (await desk.WithdrawAsync(app.Id, depicted, id, context.RequestAborted)).Match(
                done => ConsentAnswers.WriteAsync(context, StatusCodes.Status200OK, id, done.Consent, "withdrawn"),
                refused => ConsentAnswers.RefuseAsync(context, refused.Reason));
        }
    }

    public async Task GetAsync(HttpContext context)
    {
        if (await FindAsync(context) is var (_, id, standing))
        {
            await ConsentAnswers.WriteAsync(context, StatusCodes.Status200OK, id, standing.Consent!, standing.State switch
            {
                ConsentState.Given => time.GetUtcNow() < standing.Consent!.Terms!.Until ? "given" : "expired",
                ConsentState.Withdrawn => "withdrawn",
                ConsentState.Void or ConsentState.Unknown => "void",
            });
        }
    }

    public async Task GetOutputsAsync(HttpContext context)
    {
        if (await FindAsync(context) is not var (app, id, standing))
        {
            return;
        }

        // To the app that the person depicted is a user of: what others made is not every other app's business.
        if (!string.Equals(standing.Consent!.App, app.Id, StringComparison.Ordinal))
        {
            await ConsentAnswers.RefuseAsync(context, ConsentRefusal.Unknown);
            return;
        }

        var query = context.Request.Query;
        var cursor = query["cursor"] is [{ } only] ? only : null;
        if (query.Count != (cursor is null ? 0 : 1) || await outputs.ReadAsync(id, standing.Consent, cursor, context.RequestAborted) is not { } page)
        {
            await PageCursor.RefuseAsync(context);
            return;
        }

        PageCursor.Link(context, $"/v1/consents/{id}/outputs", page.Next);
        await ConsentAnswers.WriteAsync(context, page);
    }

    private static string IdOf(HttpContext context) => (string)context.Request.RouteValues["id"]!;

    /// <summary>Null where this app may not know of it; then the answer is written.</summary>
    private async Task<(App App, string Id, ConsentStanding Standing)?> FindAsync(HttpContext context)
    {
        if (await callers.AuthenticateAsync(context) is not { } app)
        {
            return null;
        }

        var id = IdOf(context);
        if (await consents.ReadAsync(id, context.RequestAborted) is { Consent: { } consent } standing && consent.IsFor(app.Id))
        {
            return (app, id, standing);
        }

        await ConsentAnswers.RefuseAsync(context, ConsentRefusal.Unknown);
        return null;
    }

    private static Task MalformedAsync(HttpContext context, ImmutableArray<RegistryError> errors) => Problem.WriteAsync(context, StatusCodes.Status400BadRequest, "consent_malformed", "The consent cannot be used.", errors);
}
