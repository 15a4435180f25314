using System.Security.Claims;
using System.Text.Encodings.Web;
using Gating.Client.Tools;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace Gating.Client.AspNetCore;

/// <summary>Reads the grant of one request, and says what was wrong with it (RFC 6750, 3; RFC 9449, 7.1). Where it cannot be told whether it is good, the challenge is a 503, never a 401 that would send the app for a new one.</summary>
internal sealed class GatingGrantsHandler(IOptionsMonitor<GatingGrantsOptions> options, ILoggerFactory logger, UrlEncoder encoder) : AuthenticationHandler<GatingGrantsOptions>(options, logger, encoder)
{
    private const string Bearer = "Bearer ";
    private const string Dpop = "DPoP ";
    private const string RetrySeconds = "1";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (Presented() is not { } presented)
        {
            return AuthenticateResult.NoResult();
        }

        switch (await Options.Verifier!.VerifyAsync(presented, Context.RequestAborted))
        {
            case GrantOutcome.Valid(var grant):
                Context.Features.Set(grant);
                var identity = new ClaimsIdentity([new("sub", grant.Subject), new("client_id", grant.App), new("jti", grant.Id)], Scheme.Name, "sub", roleType: null);
                return AuthenticateResult.Success(new(new ClaimsPrincipal(identity), Scheme.Name));
            case GrantOutcome.Invalid(var fault):
                return AuthenticateResult.Fail(new GrantRefusedException(fault, null));
            case GrantOutcome.Unavailable(var doubt):
                return AuthenticateResult.Fail(new GrantRefusedException(null, doubt));
            case var other:
                throw new NotSupportedException(other.GetType().Name);
        }
    }

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        var failure = (await HandleAuthenticateOnceSafeAsync()).Failure;
        if (failure is not null and not GrantRefusedException { Fault: not null })
        {
            Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            Response.Headers.RetryAfter = RetrySeconds;
            return;
        }

        Response.StatusCode = StatusCodes.Status401Unauthorized;
        var fault = (failure as GrantRefusedException)?.Fault;
        var isProof = fault is >= GrantFault.ProofMissing and <= GrantFault.ProofReplayed;
        var dpop = "DPoP algs=\"ES256\"" + (isProof ? $", error=\"invalid_dpop_proof\", error_description=\"{fault}\"" : string.Empty);
        var bearer = "Bearer" + (fault is not null && !isProof ? $" error=\"invalid_token\", error_description=\"{fault}\"" : $" realm=\"{Scheme.Name}\"");
        Response.Headers.WWWAuthenticate = Options.DemandsDpop ? dpop : new StringValues([bearer, dpop]);
    }

    /// <summary>Null where the request brings no grant.</summary>
    private PresentedGrant? Presented()
    {
        if (Request.Headers.Authorization is not [{ } text])
        {
            return null;
        }

        if (text.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
        {
            return PresentedGrant.Bearer(text[Bearer.Length..].Trim());
        }

        return text.StartsWith(Dpop, StringComparison.OrdinalIgnoreCase)
            ? PresentedGrant.Dpop(text[Dpop.Length..].Trim(), Request.Headers["DPoP"] is [{ } proof] ? proof : null, Request.Method, new Uri(Options.Origin, Request.PathBase.Add(Request.Path).ToUriComponent()))
            : null;
    }
}
