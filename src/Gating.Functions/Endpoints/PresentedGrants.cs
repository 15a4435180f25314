using Gating.Clients;
using Gating.Functions.Http;
using Gating.Grants;
using Gating.Ledger;
using Microsoft.Extensions.Primitives;

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
            return await RefuseAsync(context, error: null, isDpop: false, "grant_missing", "Send the grant: Authorization: Bearer, or DPoP for one that is bound to a key.");
        }

        if (grants.Read(token) is not { } grant)
        {
            return await RefuseAsync(context, "invalid_token", isDpop, "grant_invalid", "This is no grant of ours.");
        }

        if (grant.KeyThumbprint is null != !isDpop)
        {
            return await RefuseAsync(context, "invalid_token", grant.KeyThumbprint is not null, "grant_scheme_wrong", isDpop ? "This grant is not bound to a key: send it as Bearer." : "This grant is bound to a key: send it as DPoP, with a proof.");
        }

        if (!isDpop)
        {
            return (grant, null);
        }

        var proven = DpopProof.Check(context.Request.Headers["DPoP"], new(context.Request.Method, target, token, []), time.GetUtcNow())
            .Match<DpopOutcome.Proven?>(static proven => proven, static _ => null);
        return proven is not null && string.Equals(proven.Thumbprint, grant.KeyThumbprint, StringComparison.Ordinal)
            ? (grant, new ShortLivedRow(proven.Id.Key, proven.Id.Until + (2 * clock.MaxSkew)))
            : await RefuseAsync(context, "invalid_dpop_proof", isDpop, "proof_invalid", "The DPoP proof does not prove the grant's key for this request.");
    }

    /// <summary>What a 401 about a grant says of how one is sent: both ways where none was, and the error under the one that this grant takes (RFC 6750, section 3; RFC 9449, section 7.1).</summary>
    /// <param name="error">Null where no grant was sent: then none is told (RFC 6750, section 3.1).</param>
    public static void Challenge(HttpContext context, string? error, bool isDpop)
    {
        var (bearer, dpop) = ("Bearer realm=\"gating\"", "DPoP realm=\"gating\", algs=\"ES256\"");
        context.Response.Headers.WWWAuthenticate = error is null ? new StringValues([bearer, dpop]) : $"{(isDpop ? dpop : bearer)}, error=\"{error}\"";
    }

    private static async Task<(PresentedGrant Grant, ShortLivedRow? Proof)?> RefuseAsync(HttpContext context, string? error, bool isDpop, string reason, string detail)
    {
        Challenge(context, error, isDpop);
        await Problem.WriteAsync(context, StatusCodes.Status401Unauthorized, reason, detail);
        return null;
    }
}
