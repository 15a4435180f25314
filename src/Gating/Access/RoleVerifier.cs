using System.Collections.Frozen;
using System.Text.Json;
using Gating.Identity;
using Gating.Identity.Jose;
using Gating.Identity.Keys;
using Gating.Registry;

namespace Gating.Access;

/// <summary>What <see cref="RoleVerifier"/> found.</summary>
public abstract record RoleOutcome
{
    private RoleOutcome()
    {
    }

    /// <summary>The token holds. Whether it gives a role is for the holder to say: it may give none.</summary>
    public sealed record Holds(RoleHolder Holder) : RoleOutcome;

    public sealed record Refused(IdentityRefusal Reason) : RoleOutcome;

    /// <summary>The issuer's keys cannot be had: at the edge 503, not 401.</summary>
    public sealed record Unavailable : RoleOutcome;
}

/// <summary>
/// Who is an admin and who a regulator: an identity token for the desk, from an issuer that the registry trusts for roles. A token for an app opens nothing here, and the other way round: no client
/// id is both. Nothing is remembered of a token.
/// </summary>
public sealed class RoleVerifier(IssuerKeys keys, TimeProvider time)
{
    private const int MostRoles = 64;
    private const int MostAcr = 256;

    private readonly IdentityTokenCheck _check = new(keys, VerifiedSignatures.None, time);

    public async ValueTask<RoleOutcome> VerifyAsync(string token, FrozenDictionary<string, Issuer> issuers, CancellationToken cancellation)
    {
        var allowed = issuers.Values.Where(static issuer => issuer.Roles is not null).ToDictionary(static issuer => issuer.Id, static issuer => issuer.Roles!.Audiences, StringComparer.Ordinal);
        using var found = await _check.RunAsync(token, allowed, issuers, cancellation);
        return found.Fault switch
        {
            null => Believe(found.Payload!.RootElement, found.Claims, found.At),
            IdentityOutcome.Refused refused => new RoleOutcome.Refused(refused.Reason),
            _ => new RoleOutcome.Unavailable(),
        };
    }

    private static RoleOutcome Believe(JsonElement payload, IdentityClaims claims, DateTimeOffset now)
    {
        var trust = claims.Issuer.Roles!;
        if (IdentityVerifier.NaturalPersonOf(payload, claims.Issuer, out var person) is { } refusal)
        {
            return new RoleOutcome.Refused(refusal);
        }

        var roles = RolesOf(payload, trust.Claim);
        return new RoleOutcome.Holds(new(
            new(claims.Issuer.Id, claims.Subject, person), roles.Any(trust.Admins.Contains), roles.Any(trust.Regulators.Contains), IsStrong(payload, claims, trust, now),
            new(string.Join(' ', trust.StrongAcr), trust.StrongWithin)));
    }

    private static bool IsStrong(JsonElement payload, IdentityClaims claims, RoleTrust trust, DateTimeOffset now) =>
        Claims.Text(payload, "acr", MostAcr, out var acr) is ClaimState.Present && trust.StrongAcr.Contains(acr, StringComparer.Ordinal)
        && claims.AuthenticatedAt is { } at && now - at <= trust.StrongWithin;

    /// <summary>None where the claim is of another form: a role is never guessed.</summary>
    private static List<string> RolesOf(JsonElement payload, string claim)
    {
        if (!payload.TryGetProperty(claim, out var value))
        {
            return [];
        }

        return value.ValueKind switch
        {
            JsonValueKind.String => [value.GetString()!],
            JsonValueKind.Array when value.GetArrayLength() <= MostRoles && value.EnumerateArray().All(static one => one.ValueKind is JsonValueKind.String) =>
                [.. value.EnumerateArray().Select(static one => one.GetString()!)],
            _ => [],
        };
    }
}
