namespace Gating.Consents;

/// <summary>Why a consent is not recorded, or not withdrawn. Stable: callers switch on it.</summary>
public enum ConsentRefusal
{
    /// <summary>No consent has that id, or it is somebody else's: it is not told which.</summary>
    Unknown = 1,

    /// <summary>The account and the natural person are known as two.</summary>
    IdentityConflict = 2,

    PersonSuspended = 3,

    PersonRevoked = 4,

    /// <summary>The Idempotency-Key was used for another consent.</summary>
    KeyMismatch = 5,

    /// <summary>What was known of the person is being erased.</summary>
    PersonErased = 6,

    /// <summary>Too much is being asked of the person's record at once: try again.</summary>
    Busy = 7,
}

/// <summary>How giving or withdrawing a consent ended.</summary>
public abstract record ConsentOutcome
{
    private ConsentOutcome()
    {
    }

    /// <summary>The entry is durable and announced.</summary>
    /// <param name="IsRepeated">It was before this request.</param>
    public sealed record Done(Consent Consent, bool IsRepeated) : ConsentOutcome
    {
        public override T Match<T>(Func<Done, T> done, Func<Refused, T> refused) => done(this);
    }

    public sealed record Refused(ConsentRefusal Reason) : ConsentOutcome
    {
        public override T Match<T>(Func<Done, T> done, Func<Refused, T> refused) => refused(this);
    }

    /// <summary>By case: a new one does not compile until it is matched here and by every caller.</summary>
    public abstract T Match<T>(Func<Done, T> done, Func<Refused, T> refused);
}
