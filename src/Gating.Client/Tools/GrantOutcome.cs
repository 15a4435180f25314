namespace Gating.Client.Tools;

/// <summary>Why a grant is not good. In each case the app asks for a new one, or mends what it sends.</summary>
public enum GrantFault
{
    /// <summary>No strict compact JWS with one JSON object (RFC 7515), or longer than 16 KiB.</summary>
    Malformed = 1,

    /// <summary><c>typ</c> is not <c>at+jwt</c> (RFC 9068, 4).</summary>
    WrongType = 2,

    /// <summary>Not ES256 (RFC 8725, 3.1).</summary>
    AlgorithmNotAllowed = 3,

    /// <summary>Signed with a key that the gate does not publish.</summary>
    UnknownKey = 4,
    BadSignature = 5,

    /// <summary>A claim that each grant has is missing, or is not what it must be.</summary>
    ClaimMissing = 6,
    WrongIssuer = 7,

    /// <summary>For another tool.</summary>
    WrongAudience = 8,
    Expired = 9,
    NotYetValid = 10,

    /// <summary>Bound to a key and sent as bearer, or the other way round.</summary>
    WrongScheme = 11,

    /// <summary>A bearer grant, and this tool takes none.</summary>
    DpopDemanded = 12,
    ProofMissing = 13,

    /// <summary>No strict JWS of type <c>dpop+jwt</c> under ES256 with a public key and the claims of RFC 9449, 4.2.</summary>
    ProofMalformed = 14,
    ProofSignatureBad = 15,

    /// <summary><c>htm</c> or <c>htu</c> are another request's.</summary>
    ProofForOtherRequest = 16,

    /// <summary>Older than a minute, or from more than 10 s ahead.</summary>
    ProofOutOfTime = 17,

    /// <summary><c>ath</c> is not this grant's.</summary>
    ProofForOtherGrant = 18,

    /// <summary>The grant is bound to another key.</summary>
    ProofOfOtherKey = 19,

    /// <summary>Presented before.</summary>
    ProofReplayed = 20,

    /// <summary>The grant names no status list of its gate's.</summary>
    StatusListForeign = 21,

    /// <summary>Its list is not there, or not any more.</summary>
    StatusListMissing = 22,

    /// <summary>Its place is beyond the end of the list.</summary>
    StatusBeyondList = 23,

    /// <summary>Given back, or its person, app, tool or issuer is stopped.</summary>
    Revoked = 24,
}

/// <summary>Why it cannot be told whether a grant is good. The app may send the same again shortly, a bound one with a new proof.</summary>
public enum GrantDoubt
{
    /// <summary>The gate's keys cannot be had.</summary>
    KeysUnreachable = 1,

    /// <summary>The grant's status list cannot be had.</summary>
    StatusListUnreachable = 2,

    /// <summary>What came is no status list of the gate's that is good now, or is too large.</summary>
    StatusListUnreadable = 3,

    /// <summary>More proofs within a minute than are remembered: whether this one is new is not known.</summary>
    TooManyProofs = 4,
}

/// <summary>Whether a grant is good.</summary>
public abstract record GrantOutcome
{
    private GrantOutcome()
    {
    }

    public sealed record Valid(VerifiedGrant Grant) : GrantOutcome;

    public sealed record Invalid(GrantFault Reason) : GrantOutcome;

    /// <summary>Nobody knows: to be refused, as a fault of this side's.</summary>
    public sealed record Unavailable(GrantDoubt Reason) : GrantOutcome;
}
