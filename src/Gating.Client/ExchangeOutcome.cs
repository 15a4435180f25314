namespace Gating.Client;

/// <summary>Whether the user may, see <see cref="GatingApp.ExchangeAsync"/>.</summary>
public abstract record ExchangeOutcome
{
    private ExchangeOutcome()
    {
    }

    /// <summary>Recorded, charged, and good until it expires.</summary>
    public sealed record Granted(Grant Grant) : ExchangeOutcome;

    public sealed record Refused(Refusal Refusal) : ExchangeOutcome;

    /// <param name="IdempotencyKey">Under which it was asked: ask again under it, and whatever was done is not done twice.</param>
    public sealed record Unavailable(Outage Outage, string IdempotencyKey) : ExchangeOutcome;
}
