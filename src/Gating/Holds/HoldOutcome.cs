using Gating.Ledger;

namespace Gating.Holds;

/// <summary>Why a hold is not set or not lifted. Stable: callers switch on it.</summary>
public enum HoldRefusal
{
    /// <summary>Nothing is recorded of this person.</summary>
    PersonUnknown = 1,

    /// <summary>No output has that number.</summary>
    OutputUnknown = 2,

    /// <summary>The person has no such hold.</summary>
    NotStanding = 3,

    /// <summary>A hold of that id was lifted: an id serves once.</summary>
    WasLifted = 4,

    /// <summary><see cref="StreamHolds.MaxStanding"/> holds stand already, and keep everything as well as one more would.</summary>
    TooMany = 5,

    /// <summary>Too much is being asked of the person's record at once: try again.</summary>
    Busy = 6,
}

/// <summary>How setting or lifting a hold ended.</summary>
public abstract record HoldOutcome
{
    private HoldOutcome()
    {
    }

    /// <summary>It is as was asked, and recorded and announced.</summary>
    /// <param name="Replayed">It was so before.</param>
    public sealed record Done(StreamId Person, bool Replayed) : HoldOutcome
    {
        public override T Match<T>(Func<Done, T> done, Func<Refused, T> refused) => done(this);
    }

    public sealed record Refused(HoldRefusal Reason) : HoldOutcome
    {
        public override T Match<T>(Func<Done, T> done, Func<Refused, T> refused) => refused(this);
    }

    /// <summary>By case: a new one does not compile until it is matched here and by every caller.</summary>
    public abstract T Match<T>(Func<Done, T> done, Func<Refused, T> refused);
}
