using Gating.Functions.Http;
using Gating.Identity;
using Gating.Registry;

namespace Gating.Functions.Endpoints;

/// <summary>Which person an app speaks for, by an identity token in what it sent.</summary>
internal sealed class PresentedPerson(RegistrySource registry, IdentityVerifier identities)
{
    /// <summary>Null where the token does not hold; then the answer is written.</summary>
    public async Task<VerifiedIdentity?> IdentifyAsync(HttpContext context, App app, string token)
    {
        var outcome = await identities.VerifyAsync(token, app, (await registry.GetAsync(context.RequestAborted)).Issuers, context.RequestAborted);
        var (identity, error) = TokenError.Read(outcome);
        if (error is { } why)
        {
            await Problem.WriteAsync(context, why.Status, why.Reason, why.Description);
        }

        return identity;
    }
}
