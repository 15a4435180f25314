namespace Gating.Identity;

/// <summary>Why an identity token was not believed. Told to the app that sent it, counted, and never with any of the token's words.</summary>
public enum IdentityRefusal
{
    /// <summary>Not a JWS of strict form around exactly one JSON object without duplicate members.</summary>
    Malformed = 1,
    TooLarge = 2,

    /// <summary><c>crit</c>, <c>b64</c>, <c>zip</c>, <c>enc</c>, or a token in a token.</summary>
    ExtensionNotSupported = 3,

    /// <summary><c>jwk</c>, <c>jku</c>, <c>x5u</c> or <c>x5c</c> in the header.</summary>
    BringsOwnKey = 4,
    UnknownIssuer = 5,
    IssuerStopped = 6,
    AlgorithmNotAllowed = 7,

    /// <summary>The header's <c>typ</c> is another kind of token's.</summary>
    WrongType = 8,

    /// <summary>A claim that every identity token must carry is absent.</summary>
    MissingClaim = 9,

    /// <summary>A claim is there but cannot be what it says: wrong JSON type, empty, too long, or times that contradict each other.</summary>
    InvalidClaim = 10,
    WrongAudience = 11,
    Expired = 12,

    /// <summary><c>nbf</c>, <c>iat</c> or <c>auth_time</c> lies ahead by more than the allowed skew.</summary>
    NotYetValid = 13,
    LifetimeTooLong = 14,

    /// <summary>The issuer does not publish a key of that id.</summary>
    UnknownKey = 15,

    /// <summary>The key of that id may not judge this token: other type, use or algorithm, or too weak.</summary>
    UnfitKey = 16,

    /// <summary>The token names no key, or a name that several keys share, and more than one could be meant.</summary>
    AmbiguousKey = 17,
    BadSignature = 18,

    /// <summary>
    /// Everything holds, but the issuer is trusted to tell humans apart and this token does not. At the edge a step-up: there is no fallback to
    /// another identity, since it would make one human two persons.
    /// </summary>
    NaturalPersonMissing = 19,

    /// <summary>The signature holds, and an admin stopped the key.</summary>
    KeyStopped = 20,
}

/// <summary>What <see cref="IdentityVerifier"/> found.</summary>
public abstract record IdentityOutcome
{
    private IdentityOutcome()
    {
    }

    public sealed record Verified(VerifiedIdentity Identity) : IdentityOutcome
    {
        public override T Match<T>(Func<Verified, T> verified, Func<Refused, T> refused, Func<Unavailable, T> unavailable) => verified(this);
    }

    public sealed record Refused(IdentityRefusal Reason) : IdentityOutcome
    {
        public override T Match<T>(Func<Verified, T> verified, Func<Refused, T> refused, Func<Unavailable, T> unavailable) => refused(this);
    }

    /// <summary>The issuer's keys cannot be had. The token may be good: at the edge 503 with Retry-After, not 401.</summary>
    public sealed record Unavailable : IdentityOutcome
    {
        public static Unavailable Instance { get; } = new();

        public override T Match<T>(Func<Verified, T> verified, Func<Refused, T> refused, Func<Unavailable, T> unavailable) => unavailable(this);
    }

    /// <summary>By case: a new one does not compile until it is matched here and by every caller.</summary>
    public abstract T Match<T>(Func<Verified, T> verified, Func<Refused, T> refused, Func<Unavailable, T> unavailable);
}
