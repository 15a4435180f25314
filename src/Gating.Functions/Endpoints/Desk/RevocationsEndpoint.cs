using Gating.Access;
using Gating.Admission;
using Gating.Functions.Http;
using Gating.Revocation;

namespace Gating.Functions.Endpoints.Desk;

/// <summary>
/// <c>POST /v1/revocations</c>: an admin stops a person, at once or until a time, one grant, or an app, a tool, an issuer, a moderator or a key; <c>DELETE /v1/revocations/{id}</c> lifts it; <c>GET /v1/revocations/{id}</c>: how it stands, and which grants it reached; <c>GET /v1/revocations</c>: all of
/// them, the youngest first. One admin is enough, however weakly authenticated: stopping one person must not wait, and is undone as easily. Stopping an app, a tool, an issuer, a moderator or a key stops many, and takes strong authentication.
/// </summary>
internal sealed class RevocationsEndpoint(RoleCaller callers, RevocationDesk desk, NamedPeople people, OpenGrants grants, RevocationAnswers answers)
{
    public async Task PostAsync(HttpContext context)
    {
        if (await callers.AdminAsync(context, strong: false) is not { } admin || await KeyAsync(context) is not { } key)
        {
            return;
        }

        var (request, errors) = RevocationReader.Read(await BoundedBody.ReadAsync(context.Request, RevocationReader.MaxSize, context.RequestAborted) ?? []);
        if (request is null)
        {
            await Problem.WriteAsync(context, StatusCodes.Status400BadRequest, "revocation_malformed", "The order is not one that can be carried out.", errors);
            return;
        }

        if (request.Subject is RevocationSubject.OfRegistered && await RoleCaller.StrongAsync(context, admin) is null)
        {
            return;
        }

        var outcome = await TargetAsync(request.Subject, context.RequestAborted) is { } target
            ? await desk.RevokeAsync(new(target, request.Reason, request.Text, request.SuspendUntil, request.EffectiveFrom), admin.Who, key, context.RequestAborted)
            : new RevocationOutcome.Refused(request.Subject is RevocationSubject.OfGrant ? RevocationRefusal.GrantUnknown : RevocationRefusal.PersonUnknown);
        await outcome.Match(
            done => DoneAsync(context, done, done.Replayed ? StatusCodes.Status200OK : StatusCodes.Status201Created),
            refused => RevocationAnswers.RefuseAsync(context, refused.Reason));
    }

    public async Task DeleteAsync(HttpContext context)
    {
        if (await callers.AdminAsync(context, strong: false) is not { } admin)
        {
            return;
        }

        var (text, errors) = RevocationReader.ReadLifting(await BoundedBody.ReadAsync(context.Request, RevocationReader.MaxSize, context.RequestAborted) ?? []);
        if (text is null)
        {
            await Problem.WriteAsync(context, StatusCodes.Status400BadRequest, "lifting_malformed", "Say why it is lifted.", errors);
            return;
        }

        var known = RecordedRevocation.TryParse((string)context.Request.RouteValues["id"]!, out var id) ? await desk.FindAsync(id, context.RequestAborted) : null;
        if (known?.Revocation.Order.Target is RevocationTarget.OfRegistered && await RoleCaller.StrongAsync(context, admin) is null)
        {
            return;
        }

        var outcome = known is not null
            ? await desk.LiftAsync(id, text, admin.Who, context.RequestAborted)
            : new RevocationOutcome.Refused(RevocationRefusal.Unknown);
        await outcome.Match(done => DoneAsync(context, done, StatusCodes.Status200OK), refused => RevocationAnswers.RefuseAsync(context, refused.Reason));
    }

    public async Task GetAsync(HttpContext context)
    {
        if (await callers.AdminAsync(context, strong: false) is null)
        {
            return;
        }

        if (!PageCursor.TryRead(context, 'g', out var before))
        {
            await PageCursor.RefuseAsync(context);
            return;
        }

        if (!RecordedRevocation.TryParse((string)context.Request.RouteValues["id"]!, out var id) || await desk.FindAsync(id, context.RequestAborted) is not var (revocation, standing))
        {
            await RevocationAnswers.RefuseAsync(context, RevocationRefusal.Unknown);
            return;
        }

        await answers.WriteAsync(context, StatusCodes.Status200OK, revocation, standing, await ReachedAsync(revocation, before, context.RequestAborted));
    }

    public async Task ListAsync(HttpContext context)
    {
        if (await callers.AdminAsync(context, strong: false) is null)
        {
            return;
        }

        if (!PageCursor.TryRead(context, 'r', out var before))
        {
            await PageCursor.RefuseAsync(context);
            return;
        }

        await answers.WriteAsync(context, await desk.ListAsync(before, RevocationDesk.MostRevocations, context.RequestAborted));
    }

    private async Task<RevocationTarget?> TargetAsync(RevocationSubject subject, CancellationToken cancellation) =>
        subject is RevocationSubject.OfRegistered registered ? new RevocationTarget.OfRegistered(registered.Kind, registered.Name)
        : subject is RevocationSubject.OfGrant grant ? await people.FindGrantAsync(grant.Id, cancellation) is var (app, holder, seq) ? new RevocationTarget.OfGrant(holder, seq, app) : null
        : await people.FindAsync(subject, cancellation) is { } person ? new RevocationTarget.OfPerson(person)
        : null;

    /// <summary>Of what is registered, or of a key, none are listed: theirs stand in everybody's ledgers, and expire within <see cref="Registry.Tool.LongestGrant"/>.</summary>
    private async Task<OpenGrantPage> ReachedAsync(RecordedRevocation revocation, long? before, CancellationToken cancellation) => revocation.Order.Target is RevocationTarget.OfPerson of
        ? await grants.ReadAsync(of.Person, revocation.Place, before, cancellation)
        : new([], null);

    private async Task DoneAsync(HttpContext context, RevocationOutcome.Done done, int status)
    {
        var reached = await ReachedAsync(done.Revocation, before: null, context.RequestAborted);
        if (status is StatusCodes.Status201Created)
        {
            context.Response.Headers.Location = RevocationAnswers.PathOf(done.Revocation.Id);
        }
        else if (done.Replayed)
        {
            context.Response.Headers["Idempotency-Replayed"] = "true";
        }

        await answers.WriteAsync(context, status, done.Revocation, done.Standing, reached);
    }

    private static async Task<IdempotencyKey?> KeyAsync(HttpContext context)
    {
        if (context.Request.Headers["Idempotency-Key"] is [{ } sent] && IdempotencyKey.TryParse(sent, out var key))
        {
            return key;
        }

        await Problem.WriteAsync(context, StatusCodes.Status400BadRequest, "idempotency_key_missing", "Send one Idempotency-Key of 1 to 255 visible ASCII characters: where the answer is lost, the same order under it completes what was begun.");
        return null;
    }
}
