namespace Gating.Fsck;

/// <summary>What is wrong with a stored thing.</summary>
public enum FsckFault
{
    /// <summary>It must be there and is not.</summary>
    Missing = 1,

    /// <summary>It cannot be read as what it is.</summary>
    Unreadable = 2,

    /// <summary>It says something else than everything around it.</summary>
    Differs = 3,

    /// <summary>It is there and nothing accounts for it.</summary>
    Stray = 4,

    /// <summary>The log itself has raised this alarm before.</summary>
    Frozen = 5,
}

/// <summary>What a check has to say. Silence is good; what could not be judged is never silent.</summary>
public abstract record FsckFinding
{
    private FsckFinding()
    {
    }

    /// <param name="Expected">What the rest of the store wants there; hashes, numbers and names, never personal data.</param>
    public sealed record Wrong(StoredThing Thing, FsckFault Fault, string Expected, string Found) : FsckFinding;

    /// <summary>Neither good nor bad: it could not be judged.</summary>
    /// <param name="Thing">Null where it is about a whole part of the check.</param>
    public sealed record Unjudged(StoredThing? Thing, string Why) : FsckFinding;
}
