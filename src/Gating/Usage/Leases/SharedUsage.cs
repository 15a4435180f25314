using System.Collections.Immutable;
using Gating.Ledger;

namespace Gating.Usage.Leases;

/// <summary>What a request got of the limits that are shared.</summary>
public abstract record SharedUsage
{
    private SharedUsage()
    {
    }

    /// <summary>Nothing is shared: there is nothing to hold.</summary>
    public static Held Nothing { get; } = new([], 0, DateTimeOffset.MinValue, DateTimeOffset.MaxValue);

    /// <summary>Units of every one of the limits, to be used by a decision whose time is in the range, or given back.</summary>
    /// <param name="From">Included.</param>
    /// <param name="Until">Not included.</param>
    public sealed record Held(ImmutableArray<SharedLimit> Limits, long Units, DateTimeOffset From, DateTimeOffset Until) : SharedUsage
    {
        public bool HoldsAt(DateTimeOffset now) => now >= From && now < Until;

        /// <summary>The charge with the windows that these units were leased from.</summary>
        public UsageCharge AddTo(UsageCharge charge) => Limits.IsEmpty ? charge : charge with { Ids = charge.Ids.AddRange(Limits.Select(static limit => limit.Id)) };
    }

    /// <summary>One of them has no room.</summary>
    public sealed record Exceeded(UsageDecision.Exceeded Violation) : SharedUsage;

    /// <summary>Too many ask for the same at once, or the clocks of instances are apart: it may fit a moment later.</summary>
    public sealed record Contended : SharedUsage;
}
