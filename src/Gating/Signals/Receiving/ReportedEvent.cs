using Gating.Access;
using Gating.Identity;
using Gating.Registry;
using Gating.Revocation;

namespace Gating.Signals.Receiving;

/// <summary>What an issuer reports of an account.</summary>
public enum ReportedKind
{
    /// <summary>CAEP 1.0, section 3.1: whoever is signed in there with it is no longer.</summary>
    SessionRevoked = 1,

    /// <summary>RISC 1.0, section 2.3.</summary>
    AccountDisabled = 2,

    /// <summary>RISC 1.0, section 2.2: it is gone for good.</summary>
    AccountPurged = 3,

    /// <summary>RISC 1.0, section 2.4.</summary>
    AccountEnabled = 4,

    /// <summary>CAEP 1.0, section 3.4: how well its owner was proven is judged otherwise than before.</summary>
    AssuranceLevelChange = 5,

    /// <summary>Anything else, a test event (SSF 1.0, section 8.1.4) among it: nothing follows from it.</summary>
    Other = 6,
}

/// <summary>Types of events that are received (RFC 8417, section 2.2: <c>events</c>).</summary>
internal static class ReportedKinds
{
    private const string Risc = "https://schemas.openid.net/secevent/risc/event-type/";

    public static ReportedKind Of(string type) => type switch
    {
        SecurityEvents.SessionRevoked => ReportedKind.SessionRevoked,
        Risc + "account-disabled" => ReportedKind.AccountDisabled,
        Risc + "account-purged" => ReportedKind.AccountPurged,
        Risc + "account-enabled" => ReportedKind.AccountEnabled,
        SecurityEvents.AssuranceLevelChange => ReportedKind.AssuranceLevelChange,
        _ => ReportedKind.Other,
    };

    /// <summary>No discard: a kind without a type does not compile.</summary>
    public static string TypeOf(ReportedKind kind) => kind switch
    {
        ReportedKind.SessionRevoked => SecurityEvents.SessionRevoked,
        ReportedKind.AccountDisabled => Risc + "account-disabled",
        ReportedKind.AccountPurged => Risc + "account-purged",
        ReportedKind.AccountEnabled => Risc + "account-enabled",
        ReportedKind.AssuranceLevelChange => SecurityEvents.AssuranceLevelChange,
        ReportedKind.Other => string.Empty,
    };
}

/// <summary>An event of an issuer's transmitter that passed every check.</summary>
/// <param name="Id">Its <c>jti</c>: 1 to 255 characters.</param>
/// <param name="At">Its <c>iat</c>: when the transmitter made it, not when it came.</param>
/// <param name="Subject">The account's <c>sub</c> at the issuer; empty for <see cref="ReportedKind.Other"/>.</param>
/// <param name="Reason">What it says of why.</param>
/// <param name="Assurance">Of <see cref="ReportedKind.AssuranceLevelChange"/>: what it comes to here; null where it comes to nothing.</param>
public sealed record ReportedEvent(Issuer Issuer, string Id, DateTimeOffset At, ReportedKind Kind, string Subject, RevocationReason Reason, AssuranceChange? Assurance)
{
    /// <summary>As whom the issuer acts in ledgers: itself, by an event of that kind. No account of a human.</summary>
    internal Official By => AsBy(Kind);

    internal Official AsBy(ReportedKind kind) => new(Issuer.Id, ReportedKinds.TypeOf(kind), null);
}

/// <summary>Which way a level went.</summary>
public enum AssuranceDirection
{
    Increase = 1,
    Decrease = 2,
}

/// <summary>How well a person is proven from now on, in levels of our own.</summary>
/// <param name="Previous">Null where it is not known.</param>
/// <param name="Direction">Null where it is not known.</param>
public sealed record AssuranceChange(AssuranceLevel Current, AssuranceLevel? Previous, AssuranceDirection? Direction);
