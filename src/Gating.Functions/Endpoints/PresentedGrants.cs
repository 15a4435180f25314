using Gating.Clients;
using Gating.Functions.Http;
using Gating.Grants;
using Gating.Ledger;

namespace Gating.Functions.Endpoints;

/// <summary>Reads the grant that a request comes under (RFC 6750, RFC 9449 7.1): a grant bound to a key is refused as plain bearer, and a plain one with a proof that it does not ask for.</summary>
internal sealed class PresentedGrants(GrantVerifier grants, ClockCheck clock, TimeProvider time)
{
    private const string Bearer = "Bearer ";
    private const string Dpop = "DPoP ";

    /// <summary>Null where it was refused; then the answer is written. The row is the proof's, to be used up in the person's transaction.</summary>
    public async Task<(PresentedGrant Grant, ShortLivedRow? Proof)?> ReadAsync(HttpContext context, Uri target)
    {
        var authorization = context.Request.Headers.Authorization;
        var text = authorization is [{ } only] ? only : string.Empty;
        var isDpop = text.StartsWith(Dpop, StringComparison.OrdinalIgnoreCase);
        var token = isDpop ? text[Dpop.Length..] : text.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? text[Bearer.Length..] : string.Empty;
        if (token.Length == 0)
        {
            return await RefuseAsync(context, null, "grant_missing", "Send the grant: Authorization: Bearer, or DPoP for one that is bound to a key.");
        }

        if (grants.Read(token) is not { } grant)
        {
            return await RefuseAsync(context, "invalid_token", "grant_invalid", "This is no grant of ours.");
        }

        if (grant.KeyThumbprint is null != !isDpop)
        {
            return await RefuseAsync(context, "invalid_token", "grant_scheme_wrong", isDpop ? "This grant is not bound to a key: send it as Bearer." : "This grant is bound to a key: send it as DPoP, with a proof.");
        }

        if (!isDpop)
        {
            return (grant, null);
        }

        var proven = DpopProof.Check(context.Request.Headers["DPoP"], new(context.Request.Method, target, token, []), time.GetUtcNow())
            .Match<DpopOutcome.Proven?>(static proven => proven, static _ => null);
        return proven is not null && string.Equals(proven.Thumbprint, grant.KeyThumbprint, StringComparison.Ordinal)
            ? (grant, new ShortLivedRow(proven.Id.Key, proven.Id.Until + (2 * clock.MaxSkew)))
            : await RefuseAsync(context, "invalid_dpop_proof", "proof_invalid", "The DPoP proof does not prove the grant's key for this request.");
    }

    private static async Task<(PresentedGrant Grant, ShortLivedRow? Proof)?> RefuseAsync(HttpContext context, string? error, string reason, string detail)
    {
        context.Response.Headers.WWWAuthenticate = error is null ? "Bearer realm=\"gating\"" : $"Bearer realm=\"gating\", error=\"{error}\"";
        await Problem.WriteAsync(context, StatusCodes.Status401Unauthorized, reason, detail);
        return null;
    }
}
