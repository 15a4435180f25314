namespace Gating.Client;

/// <summary>What became of a file, see <see cref="GatingApp.HandInAsync"/>.</summary>
public abstract record HandInOutcome
{
    private HandInOutcome()
    {
    }

    /// <summary>It is labelled, kept and recorded.</summary>
    public sealed record Kept(KeptOutput Output) : HandInOutcome;

    public sealed record Refused(Refusal Refusal) : HandInOutcome;

    public sealed record Unavailable(Outage Outage) : HandInOutcome;
}
