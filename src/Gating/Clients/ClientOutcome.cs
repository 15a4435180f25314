using Gating.Registry;

namespace Gating.Clients;

/// <summary>Why a client was not authenticated. At the edge the first three are <c>invalid_request</c>, all others <c>invalid_client</c> in the same words.</summary>
public enum ClientRefusal
{
    /// <summary>Credentials by more than one method, RFC 6749 section 2.3.</summary>
    SeveralMethods = 1,

    /// <summary>A parameter or header field sent twice, or an encoding that does not decode.</summary>
    MalformedCredentials = 2,

    /// <summary><c>client_id</c> is not the client that the credentials are of.</summary>
    ClientIdMismatch = 3,
    NoCredentials = 4,

    /// <summary>Another scheme, another assertion type, or the secret in the form.</summary>
    UnsupportedMethod = 5,
    UnknownClient = 6,
    ClientStopped = 7,
    WrongSecret = 8,
    AssertionMalformed = 9,
    AssertionTooLarge = 10,
    ExtensionNotSupported = 11,
    BringsOwnKey = 12,
    AlgorithmNotAllowed = 13,
    WrongType = 14,
    MissingClaim = 15,
    InvalidClaim = 16,

    /// <summary><c>iss</c> and <c>sub</c> must both be the client id (RFC 7523 section 3).</summary>
    SubjectMismatch = 17,

    /// <summary>Our issuer identifier must be the one and only audience.</summary>
    WrongAudience = 18,
    Expired = 19,
    NotYetValid = 20,
    LifetimeTooLong = 21,
    UnknownKey = 22,
    UnfitKey = 23,
    AmbiguousKey = 24,
    BadSignature = 25,
}

public abstract record ClientOutcome
{
    private ClientOutcome()
    {
    }

    /// <param name="Assertion">What must not be presented again; null for a secret.</param>
    /// <param name="KeyThumbprint">Of the key that signed the assertion; null for a secret.</param>
    public sealed record Authenticated(App App, OneTimeId? Assertion, string? KeyThumbprint) : ClientOutcome
    {
        public override T Match<T>(Func<Authenticated, T> authenticated, Func<Refused, T> refused) => authenticated(this);
    }

    public sealed record Refused(ClientRefusal Reason) : ClientOutcome
    {
        public override T Match<T>(Func<Authenticated, T> authenticated, Func<Refused, T> refused) => refused(this);
    }

    /// <summary>By case: a new one does not compile until it is matched here and by every caller.</summary>
    public abstract T Match<T>(Func<Authenticated, T> authenticated, Func<Refused, T> refused);
}
