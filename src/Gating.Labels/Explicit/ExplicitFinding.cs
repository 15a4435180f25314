namespace Gating.Labels.Explicit;

/// <summary>What can be said of the label that people see or hear.</summary>
public abstract record ExplicitFinding
{
    private ExplicitFinding()
    {
    }

    /// <summary>It is there.</summary>
    /// <param name="Place">In words of the format.</param>
    /// <param name="Text">As it stands there.</param>
    public sealed record Found(string Place, string Text) : ExplicitFinding;

    /// <summary>It is in none of the places where the standard wants it. Said of text alone, which can be read whole.</summary>
    public sealed record Absent : ExplicitFinding;

    /// <summary>Nobody can say without eyes or ears: this library reads its own labels back, and no one else's pixels and sounds.</summary>
    /// <param name="Why">A sentence.</param>
    public sealed record Undetermined(string Why) : ExplicitFinding;
}
