using Gating.Admission;
using Gating.Clients;
using Gating.Functions.Http;
using Gating.Registry;
using Microsoft.Extensions.Primitives;

namespace Gating.Functions.Endpoints;

/// <summary>Which app sends a form to an OAuth endpoint: authenticated as at the token endpoint (RFC 7009, 2.1; RFC 7662, 2.1), a client assertion good once.</summary>
internal sealed class FormCaller(RegistrySource registry, ClientAuthenticator clients, UsedIds used, ClockCheck clock)
{
    /// <summary>The app and the <c>token</c> that its form is about; <c>token_type_hint</c> and whatever else stands in it is ignored. Null where it was refused; then the answer is written.</summary>
    public async Task<(App App, string Token)?> ReadAsync(HttpContext context)
    {
        var (error, app, token) = await TryReadAsync(context);
        if (error is { } refused)
        {
            await TokenAnswers.RefuseAsync(context, refused);
            return null;
        }

        return (app!, token!);
    }

    /// <summary>The form and whose it is, by credentials in the header or in the form (RFC 6749, 2.3), on one snapshot. That an assertion was not presented before is the caller's to see to.</summary>
    public async ValueTask<(TokenError? Refused, SentForm? Sent)> AuthenticateAsync(HttpContext context)
    {
        if (!clock.IsAcceptable)
        {
            return (new(503, "temporarily_unavailable", "clock_off", "The clock here does not agree with storage's."), null);
        }

        var (form, problem) = await FormFields.ReadAsync(context.Request, context.RequestAborted);
        if (form is null)
        {
            return (TokenError.Of(problem), null);
        }

        var snapshot = await registry.GetAsync(context.RequestAborted);
        return clients.Authenticate(Presented(context.Request, form), snapshot.Apps).Match<(TokenError?, SentForm?)>(
            authenticated => (null, new(authenticated, form, snapshot)),
            static refused => (TokenError.Of(refused.Reason), null));
    }

    private static PresentedCredentials Presented(HttpRequest request, FormFields form) => new(
        request.Headers.Authorization, Value(form["client_id"]), Value(form["client_secret"]), Value(form["client_assertion_type"]), Value(form["client_assertion"]));

    private async Task<(TokenError? Refused, App? App, string? Token)> TryReadAsync(HttpContext context)
    {
        var (refused, sent) = await AuthenticateAsync(context);
        return sent is not var (client, form, _) ? (refused, null, null)
            : client.Assertion is { } once && used.Use(once.Key) is not UsedIdAnswer.Fresh ? (TokenError.Of(RefusalReason.AssertionReplayed), null, null)
            : form["token"] is not { } token ? (TokenError.Invalid("token_missing", "Send the token in the form."), null, null)
            : (null, client.App, token);
    }

    private static StringValues Value(string? value) => value is null ? StringValues.Empty : new(value);
}

/// <summary>A form whose sender is known, and the registry by which he is.</summary>
internal sealed record SentForm(ClientOutcome.Authenticated Client, FormFields Form, RegistrySnapshot Registry);
