using System.Collections.Immutable;
using Gating.Ledger;

namespace Gating.Usage;

/// <summary>Whether units may be charged: all quotas of a plan, or none.</summary>
public abstract record UsageDecision
{
    private UsageDecision()
    {
    }

    /// <summary>Every quota has room. Nothing is charged until the head is committed with <paramref name="Windows"/>.</summary>
    /// <param name="Charge">What a later refund must present.</param>
    /// <param name="Statuses">As they are after the charge.</param>
    public sealed record Charged(ImmutableArray<UsageWindow> Windows, UsageCharge Charge, ImmutableArray<QuotaStatus> Statuses) : UsageDecision
    {
        /// <summary>Quotas that would have refused it, were they in force.</summary>
        public ImmutableArray<Quota> Shadowed { get; init; } = [];
    }

    /// <summary>At least one quota has no room: nothing changes.</summary>
    /// <param name="Violations">All of them, at least one.</param>
    /// <param name="Statuses">As they are, without the units asked for.</param>
    public sealed record Exceeded(ImmutableArray<QuotaViolation> Violations, ImmutableArray<QuotaStatus> Statuses) : UsageDecision
    {
        /// <summary>Whether one of the app's own quotas is violated: only then may the app be told which.</summary>
        public bool OwnViolated => Violations.Any(violation => violation.Quota.IsOwn);

        /// <summary>Whether the same request can never succeed: it asks for more units than a limit.</summary>
        public bool Never => Violations.Any(violation => violation.RetryAt is null);

        /// <summary>When the same request fits if nothing else is charged; null where it never will. Exact, so not for an app's eyes: <see cref="RateLimitFields"/>.</summary>
        public DateTimeOffset? RetryAt => Never ? null : Violations.Max(violation => violation.RetryAt);
    }

    /// <summary>The person has as many live windows as a head holds; fewer from <paramref name="RetryAt"/> on.</summary>
    public sealed record TooManyWindows(DateTimeOffset RetryAt) : UsageDecision;
}

/// <summary>A quota without room.</summary>
/// <param name="RetryAt">When the same units would fit, if nothing else is charged; null: never, they are more than the limit.</param>
public readonly record struct QuotaViolation(Quota Quota, DateTimeOffset? RetryAt);

/// <summary>Where one quota stands.</summary>
/// <param name="Remaining">Units that could be charged now.</param>
/// <param name="Resets">When there will be more; null when nothing was used in a window that slides; a calendar period always ends.</param>
public readonly record struct QuotaStatus(Quota Quota, long Remaining, DateTimeOffset? Resets);

/// <summary>Which windows a charge went to: the ids of its quotas and the time. A quota that is registered later must not be refunded for it.</summary>
public readonly record struct UsageCharge(ImmutableArray<ulong> Ids, DateTimeOffset At);
