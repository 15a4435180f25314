namespace Gating.Clients;

/// <summary>Why a DPoP proof proves nothing. At the edge <c>invalid_dpop_proof</c>, for <see cref="NonceWanted"/> <c>use_dpop_nonce</c>.</summary>
public enum DpopRefusal
{
    Missing = 1,

    /// <summary>More than one <c>DPoP</c> header field.</summary>
    Repeated = 2,
    Malformed = 3,
    TooLarge = 4,
    ExtensionNotSupported = 5,

    /// <summary><c>jku</c>, <c>x5u</c> or <c>x5c</c> beside or instead of <c>jwk</c>.</summary>
    PointsToKey = 6,

    /// <summary><c>typ</c> is not <c>dpop+jwt</c>.</summary>
    WrongType = 7,
    AlgorithmNotAllowed = 8,
    KeyMissing = 9,

    /// <summary>The <c>jwk</c> is no public key that fits the algorithm.</summary>
    UnfitKey = 10,

    /// <summary>The <c>jwk</c> holds a private or symmetric key.</summary>
    PrivateKey = 11,
    BadSignature = 12,
    MissingClaim = 13,
    InvalidClaim = 14,

    /// <summary><c>htm</c> is another method.</summary>
    WrongMethod = 15,

    /// <summary><c>htu</c> is another address.</summary>
    WrongTarget = 16,
    TooOld = 17,
    NotYetValid = 18,

    /// <summary><c>ath</c> is not the digest of the token it came with.</summary>
    WrongToken = 19,

    /// <summary>No nonce, or not one that we gave lately.</summary>
    NonceWanted = 20,
}

public abstract record DpopOutcome
{
    private DpopOutcome()
    {
    }

    /// <param name="Thumbprint">Of the key that the sender holds: a grant's <c>cnf.jkt</c> (RFC 9449 section 6).</param>
    /// <param name="Id">Must not be presented again.</param>
    public sealed record Proven(string Thumbprint, OneTimeId Id) : DpopOutcome
    {
        public override T Match<T>(Func<Proven, T> proven, Func<Refused, T> refused) => proven(this);
    }

    public sealed record Refused(DpopRefusal Reason) : DpopOutcome
    {
        public override T Match<T>(Func<Proven, T> proven, Func<Refused, T> refused) => refused(this);
    }

    /// <summary>By case: a new one does not compile until it is matched here and by every caller.</summary>
    public abstract T Match<T>(Func<Proven, T> proven, Func<Refused, T> refused);
}
