namespace Gating.Client;

/// <summary>Whether the tool may begin, see <see cref="GatingApp.BeginAsync"/>.</summary>
public abstract record BeginOutcome
{
    private BeginOutcome()
    {
    }

    /// <summary>The tool may generate.</summary>
    public sealed record Begun(Generation Generation) : BeginOutcome;

    public sealed record Refused(Refusal Refusal) : BeginOutcome;

    public sealed record Unavailable(Outage Outage) : BeginOutcome;
}
