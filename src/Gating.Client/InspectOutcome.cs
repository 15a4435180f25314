namespace Gating.Client;

/// <summary>Whether a grant is good, see <see cref="GatingApp.InspectAsync"/>.</summary>
public abstract record InspectOutcome
{
    private InspectOutcome()
    {
    }

    /// <summary>It is good now.</summary>
    public sealed record Active(ActiveGrant Grant) : InspectOutcome;

    /// <summary>It is not, for whichever reason: unknown, expired, given back, stopped, or another app's.</summary>
    public sealed record Inactive : InspectOutcome;

    public sealed record Refused(Refusal Refusal) : InspectOutcome;

    public sealed record Unavailable(Outage Outage) : InspectOutcome;
}
