namespace Gating.Generations;

/// <summary>Why a generation may not begin. Stable: callers switch on it.</summary>
public enum GenerationRefusal
{
    AppStopped = 1,
    ToolStopped = 2,
    PersonRevoked = 3,
    PersonSuspended = 4,

    /// <summary>The grant's time is over.</summary>
    GrantExpired = 5,

    /// <summary>The grant was redeemed for another generation, or released.</summary>
    GrantSpent = 6,

    /// <summary>More units than the grant carries.</summary>
    TooManyUnits = 7,

    /// <summary>The DPoP proof was used before.</summary>
    ProofReplayed = 8,

    /// <summary>The registry could not be read in time, or too much is being asked of the person's record at once: try again.</summary>
    Busy = 9,

    /// <summary>The issuer whose identity token the grant was given for is stopped.</summary>
    IssuerStopped = 10,

    /// <summary>A consent that the grant was given under was withdrawn since, or is over.</summary>
    ConsentWithdrawn = 11,

    /// <summary>The key that the grant is bound to is stopped.</summary>
    KeyStopped = 12,
}

/// <summary>How redeeming a grant ended.</summary>
public abstract record GenerationOutcome
{
    private GenerationOutcome()
    {
    }

    /// <summary>The entry is durable and announced: the tool may generate.</summary>
    /// <param name="Replayed">The same request began it before.</param>
    public sealed record Begun(Generation Generation, bool Replayed) : GenerationOutcome
    {
        public override T Match<T>(Func<Begun, T> begun, Func<Refused, T> refused) => begun(this);
    }

    public sealed record Refused(GenerationRefusal Reason) : GenerationOutcome
    {
        public override T Match<T>(Func<Begun, T> begun, Func<Refused, T> refused) => refused(this);
    }

    /// <summary>By case: a new one does not compile until it is matched here and by every caller.</summary>
    public abstract T Match<T>(Func<Begun, T> begun, Func<Refused, T> refused);
}
