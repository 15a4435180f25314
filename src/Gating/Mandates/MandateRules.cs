using Gating.Access;
using Gating.Ledger;

namespace Gating.Mandates;

/// <summary>Why a mandate is not made, not decided, or gives no answer. Stable: callers switch on it.</summary>
public enum MandateRefusal
{
    /// <summary>There is none of that id.</summary>
    Unknown = 1,

    /// <summary>Whoever proposed it, or whom it is for, does not approve it: that takes another human.</summary>
    SameHuman = 2,

    /// <summary>It was approved or declined before, otherwise than now.</summary>
    Decided = 3,

    /// <summary>Its time is over.</summary>
    Expired = 4,
    Withdrawn = 5,

    /// <summary>No second admin has approved it yet, or one declined it.</summary>
    NotApproved = 6,

    /// <summary>It is another regulator's. At the edge the same as <see cref="Unknown"/>.</summary>
    NotYours = 7,

    /// <summary>What was asked for lies outside of it.</summary>
    OutOfScope = 8,

    /// <summary>Too much is being asked of that ledger at once: try again.</summary>
    Busy = 9,
}

/// <summary>Which parts of a proposal can be settled once.</summary>
internal static class MandateParts
{
    public static SettlementId Decision(long mandate) => new(mandate, 1);

    public static SettlementId Withdrawal(long mandate) => new(mandate, 2);
}

/// <summary>Who may decide a mandate, and what rests on it: pure, on values.</summary>
internal static class MandateRules
{
    /// <summary>Null where <paramref name="by"/> may approve it. Declining takes nobody in particular: it gives nothing.</summary>
    public static MandateRefusal? Approve(Mandate mandate, Official by, DateTimeOffset now) =>
        mandate.ProposedBy.IsSameHumanAs(by) || mandate.Terms.Regulator.IsSameHumanAs(by) ? MandateRefusal.SameHuman
        : mandate.Standing is MandateStanding.Withdrawn ? MandateRefusal.Withdrawn
        : mandate.Terms.Expires <= now ? MandateRefusal.Expired
        : null;

    /// <summary>Null where a question of <paramref name="regulator"/> may rest on it now; what the question is about is looked at besides.</summary>
    public static MandateRefusal? Use(Mandate mandate, Official regulator, DateTimeOffset now) =>
        !string.Equals(mandate.Terms.Regulator.Issuer, regulator.Issuer, StringComparison.Ordinal)
            || !string.Equals(mandate.Terms.Regulator.Subject, regulator.Subject, StringComparison.Ordinal) ? MandateRefusal.NotYours
        : mandate.Standing is MandateStanding.Withdrawn ? MandateRefusal.Withdrawn
        : mandate.Standing is not MandateStanding.Approved ? MandateRefusal.NotApproved
        : mandate.Terms.Expires <= now ? MandateRefusal.Expired
        : null;
}
