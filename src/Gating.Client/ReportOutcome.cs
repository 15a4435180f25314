namespace Gating.Client;

/// <summary>Whether the end of a generation was recorded, see <see cref="GatingApp.ReportAsync"/>.</summary>
public abstract record ReportOutcome
{
    private ReportOutcome()
    {
    }

    /// <summary>Now, or by the same report before.</summary>
    public sealed record Recorded : ReportOutcome;

    public sealed record Refused(Refusal Refusal) : ReportOutcome;

    public sealed record Unavailable(Outage Outage) : ReportOutcome;
}
