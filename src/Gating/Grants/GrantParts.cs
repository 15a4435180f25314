using Gating.Ledger;

namespace Gating.Grants;

/// <summary>What of a grant can be settled once.</summary>
internal static class GrantParts
{
    /// <summary>It was redeemed, or revoked before it was: whichever came first.</summary>
    public static SettlementId Use(long grant) => new(grant);

    /// <summary>It was revoked after it was redeemed.</summary>
    public static SettlementId Revocation(long grant) => new(grant, 1);
}
