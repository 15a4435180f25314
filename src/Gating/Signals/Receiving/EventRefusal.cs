namespace Gating.Signals.Receiving;

/// <summary>Why an event was not believed. Told to whoever sent it, and never with any of its words.</summary>
public enum EventRefusal
{
    /// <summary>Not a JWS of strict form around exactly one JSON object without duplicate members.</summary>
    Malformed = 1,
    TooLarge = 2,

    /// <summary><c>crit</c>, <c>b64</c>, <c>zip</c>, <c>enc</c>, or a token in a token.</summary>
    ExtensionNotSupported = 3,

    /// <summary><c>jwk</c>, <c>jku</c>, <c>x5u</c> or <c>x5c</c> in the header.</summary>
    BringsOwnKey = 4,

    /// <summary>Its <c>typ</c> is not <c>secevent+jwt</c>.</summary>
    WrongType = 5,

    /// <summary>Nobody said that the events of that <c>iss</c> are believed, or it is stopped.</summary>
    UnknownIssuer = 6,

    /// <summary>The header <c>Authorization</c> is not what was agreed with that transmitter.</summary>
    NotAuthenticated = 7,
    AlgorithmNotAllowed = 8,
    WrongAudience = 9,

    /// <summary>A claim that every event must carry is absent.</summary>
    MissingClaim = 10,

    /// <summary>A claim cannot be what it says: wrong JSON type, empty or too long.</summary>
    InvalidClaim = 11,

    /// <summary><c>exp</c> or <c>sub</c>: an event has neither (SSF 1.0, section 4.1), and what has is another kind of token.</summary>
    ForbiddenClaim = 12,

    /// <summary>Made longer ago than events are remembered: it could not be told from one that had its effect.</summary>
    TooOld = 13,

    /// <summary><c>iat</c> lies ahead by more than the allowed skew.</summary>
    NotYetValid = 14,

    /// <summary><c>events</c> names none, or more than one.</summary>
    NotOneEvent = 15,

    /// <summary>A member of the event itself cannot be what it says.</summary>
    InvalidEvent = 16,

    /// <summary>Not an <c>iss_sub</c> of the issuer's own, alone, among <c>aliases</c>, or as the <c>user</c> of a complex subject.</summary>
    SubjectNotSupported = 17,

    /// <summary>The transmitter does not publish a key of that id.</summary>
    UnknownKey = 18,
    UnfitKey = 19,
    AmbiguousKey = 20,
    BadSignature = 21,

    /// <summary>Its <c>jti</c> was that of another event.</summary>
    IdTaken = 22,

    /// <summary>The signature holds, and an admin stopped the key.</summary>
    KeyStopped = 23,
}
