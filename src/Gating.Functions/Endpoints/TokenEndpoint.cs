using System.Diagnostics;
using Gating.Admission;
using Gating.Clients;
using Gating.Functions.Http;
using Gating.Functions.Telemetry;
using Gating.Identity;
using Gating.Ledger;
using Gating.Registry;

namespace Gating.Functions.Endpoints;

/// <summary>
/// <c>POST /oauth2/token</c> (RFC 8693): client, identity token, then the admission. What is refused before a person is known is counted for the app; what is
/// refused after is an entry of the person's.
/// </summary>
internal sealed partial class TokenEndpoint(
    FormCaller callers,
    IdentityVerifier identities,
    OneTimeUse oneTime,
    AdmissionGate gate,
    AppRefusals appRefusals,
    ClockCheck clock,
    PublicUrls urls,
    TimeProvider time,
    ILogger<TokenEndpoint> logger)
{
    private readonly Uri _target = new(urls.Token);

    public async Task PostAsync(HttpContext context)
    {
        var started = time.GetTimestamp();
        using var activity = GateTelemetry.Activities.StartActivity("token-exchange", ActivityKind.Server);
        context.Response.Headers.CacheControl = "no-store";
        var (refused, app, request) = await PrepareAsync(context);
        if (refused is { } error)
        {
            if (app is not null)
            {
                appRefusals.Count(app.Id, error.Reason);
            }

            Record(activity, started, "refused", error.Reason, app?.Id);
            await TokenAnswers.RefuseAsync(context, error);
            return;
        }

        var decision = await gate.AdmitAsync(request!, context.RequestAborted);
        await decision.Match(
            (Endpoint: this, Context: context, Activity: activity, Started: started, App: app!.Id),
            static (granted, at) =>
            {
                foreach (var quota in granted.Shadowed)
                {
                    GateTelemetry.QuotaShadowed(granted.Terms.Resource, quota.Name);
                }

                at.Endpoint.Record(at.Activity, at.Started, granted.Replayed ? "replayed" : "granted", "none", at.App);
                return TokenAnswers.GrantAsync(at.Context, granted);
            },
            static (no, at) =>
            {
                at.Endpoint.Record(at.Activity, at.Started, "refused", no.Refusal.Reason.Code(), at.App);
                return TokenAnswers.RefuseAsync(at.Context, no);
            });
    }

    /// <summary>Everything that is checked before the person's record is touched.</summary>
    private async ValueTask<(TokenError? Refused, App? App, AdmissionRequest? Request)> PrepareAsync(HttpContext context)
    {
        var (unknown, sent) = await callers.AuthenticateAsync(context);
        if (sent is not var (client, form, snapshot))
        {
            return (unknown, null, null);
        }

        if (TokenRequest.Read(form, out var request) is { } malformed)
        {
            return (malformed, client.App, null);
        }

        return await ProveAsync(context, client, request, snapshot);
    }

    private async ValueTask<(TokenError? Refused, App? App, AdmissionRequest? Request)> ProveAsync(
        HttpContext context, ClientOutcome.Authenticated client, TokenRequest request, RegistrySnapshot snapshot)
    {
        var headers = context.Request.Headers;
        DpopOutcome.Proven? proof = null;
        if (headers.TryGetValue("DPoP", out var dpop))
        {
            (proof, var unproven) = DpopProof.Check(dpop, new(HttpMethods.Post, _target, null, []), time.GetUtcNow()).Match<(DpopOutcome.Proven?, TokenError?)>(
                static proven => (proven, null),
                static refused => (null, TokenError.Of(refused.Reason)));
            if (proof is null)
            {
                return (unproven, client.App, null);
            }
        }

        IdempotencyKey? key = null;
        if (headers.TryGetValue("Idempotency-Key", out var sent))
        {
            if (sent.Count != 1 || !IdempotencyKey.TryParse(sent.ToString(), out var parsed))
            {
                return (TokenError.Invalid("idempotency_key_malformed", "Idempotency-Key has 1 to 255 visible ASCII characters."), client.App, null);
            }

            key = parsed;
        }

        var outcome = await identities.VerifyAsync(request.SubjectToken, client.App, snapshot.Issuers, context.RequestAborted);
        var (identity, unbelieved) = TokenError.Read(outcome);
        return identity is null ? Spent(client, proof, unbelieved) : Admissible(client, request, proof, key, identity);
    }

    private (TokenError? Refused, App? App, AdmissionRequest? Request) Admissible(
        ClientOutcome.Authenticated client, TokenRequest request, DpopOutcome.Proven? proof, IdempotencyKey? key, VerifiedIdentity identity)
    {
        var sender = new Sender(client.App.Id, key?.Value, identity.Issuer, identity.Subject);
        if (oneTime.Check(client.Assertion, sender, RefusalReason.AssertionReplayed) is { } usedAssertion)
        {
            return (usedAssertion, client.App, null);
        }

        if (oneTime.Check(proof?.Id, sender, RefusalReason.ProofReplayed) is { } usedProof)
        {
            return (usedProof, client.App, null);
        }

        return (null, client.App, new(client.App, identity, request.Resource, request.Detail, proof?.Thumbprint, Row(proof?.Id), Row(client.Assertion), key) { ClientKey = client.KeyThumbprint });
    }

    // What was presented with a token that did not hold is used up all the same.
    private (TokenError? Refused, App? App, AdmissionRequest? Request) Spent(ClientOutcome.Authenticated client, DpopOutcome.Proven? proof, TokenError? error)
    {
        oneTime.Spend(client.Assertion);
        oneTime.Spend(proof?.Id);
        return (error, client.App, null);
    }

    // Kept longer than it can be presented, by as much as two instances' clocks may be apart.
    private ShortLivedRow? Row(OneTimeId? id) => id is null ? null : new(id.Key, id.Until + (2 * clock.MaxSkew));

    private void Record(Activity? activity, long started, string outcome, string reason, string? app)
    {
        var took = time.GetElapsedTime(started);
        GateTelemetry.Decided(outcome, reason, took);
        activity?.SetTag("gating.outcome", outcome).SetTag("gating.reason", reason).SetTag("gating.app", app);
        Log.Decided(logger, outcome, reason, app ?? "unknown", took.TotalMilliseconds);
    }

    private static partial class Log
    {
        // Debug: the ledger has it, the metrics count it, and a line for each request costs as much as a tenth of the request.
        [LoggerMessage(10, LogLevel.Debug, "Token request {Outcome} ({Reason}) for app {App} in {Milliseconds:F1} ms")]
        public static partial void Decided(ILogger logger, string outcome, string reason, string app, double milliseconds);
    }
}
