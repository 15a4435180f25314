namespace Gating.Client;

/// <summary>A labelled file, see <see cref="GatingApp.FetchAsync"/>.</summary>
public abstract record FetchOutcome
{
    private FetchOutcome()
    {
    }

    /// <summary>Its head is here; the caller reads and disposes it.</summary>
    public sealed record Found(OutputFile File) : FetchOutcome;

    public sealed record Refused(Refusal Refusal) : FetchOutcome;

    public sealed record Unavailable(Outage Outage) : FetchOutcome;
}
