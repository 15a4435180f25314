namespace Gating.Client;

/// <summary>Whether a grant was given back, see <see cref="GatingApp.GiveBackAsync"/>.</summary>
public abstract record GiveBackOutcome
{
    private GiveBackOutcome()
    {
    }

    /// <summary>It is of no use any more, whatever it was before (RFC 7009, 2.2).</summary>
    public sealed record GivenBack : GiveBackOutcome;

    public sealed record Refused(Refusal Refusal) : GiveBackOutcome;

    public sealed record Unavailable(Outage Outage) : GiveBackOutcome;
}
