using System.Collections.Immutable;
using Gating.Ledger;

namespace Gating.Usage.Leases;

/// <summary>What a decision in the owner's ledger came to.</summary>
internal abstract record LeaseAnswer
{
    private LeaseAnswer()
    {
    }

    /// <summary>Counted as used, for whoever asked to use from <paramref name="From"/> to before <paramref name="Until"/>.</summary>
    public sealed record Leased(long Units, DateTimeOffset From, DateTimeOffset Until) : LeaseAnswer;

    /// <param name="RetryAt">When as many fit if nothing else is leased; null: never, they are more than the limit.</param>
    public sealed record Exceeded(long Units, DateTimeOffset? RetryAt) : LeaseAnswer;
}

/// <summary>How large a block is: pure, on values.</summary>
internal static class LeaseRules
{
    /// <summary>An instance gets no more than this part of what is left: near the end blocks become small, and nobody sits on the last units.</summary>
    private const int Share = 8;

    /// <param name="needed">Units without which a block is of no use.</param>
    public static Decided<LeaseAnswer> Decide(SharedLimit limit, long needed, StreamState state, DecisionTime time)
    {
        if (Violation(limit, needed, state, time.Now) is { } violation)
        {
            return new(state, [], [], null, null, new LeaseAnswer.Exceeded(needed, violation.RetryAt));
        }

        var now = time.Now.ToUnixTimeMilliseconds();
        var units = Math.Max(needed, Math.Min(limit.Block, limit.Rule.Read(state.Windows.AsSpan(), 0, now).Remaining / Share));
        var (from, until) = limit.Rule.UseOf(now);
        var answer = new LeaseAnswer.Leased(units, DateTimeOffset.FromUnixTimeMilliseconds(from), DateTimeOffset.FromUnixTimeMilliseconds(until));
        var buffer = new WindowBuffer(new UsageWindow[state.Windows.Length + 1], state.Windows.AsSpan(), now);
        limit.Rule.Charge(ref buffer, units, now);
        return new(state with { Windows = [.. buffer.Rows] }, [Entry(limit, answer)], [], null, null, answer);
    }

    /// <summary>Null where there is room.</summary>
    public static QuotaViolation? Violation(SharedLimit limit, long needed, StreamState state, DateTimeOffset time)
    {
        var now = time.ToUnixTimeMilliseconds();
        var reading = limit.Rule.Read(state.Windows.AsSpan(), needed, now);
        return reading.Allows(now) ? null : new(limit.Quota, reading.FreeAt is { } at ? DateTimeOffset.FromUnixTimeMilliseconds(at) : null);
    }

    private static EntryDraft Entry(SharedLimit limit, LeaseAnswer.Leased leased) => new(
        EntryKind.Leased,
        JsonBytes.OfObject((limit, leased), static (json, state) =>
        {
            json.WriteNumber("v"u8, 1);
            json.WriteString(state.limit.Kind, state.limit.Owner);
            json.WriteString("quota"u8, state.limit.Quota.Name);
            json.WriteNumber("units"u8, state.leased.Units);
            json.WriteNumber("from"u8, state.leased.From.ToUnixTimeMilliseconds());
            json.WriteNumber("until"u8, state.leased.Until.ToUnixTimeMilliseconds());
        }),
        default);
}
