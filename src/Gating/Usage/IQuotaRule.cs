using Gating.Ledger;

namespace Gating.Usage;

/// <summary>
/// How one kind of quota counts. A rule is one quota under the id of its windows; it holds no state. Times are whole milliseconds since 1970 UTC and
/// never go back from one call to the next; units are 1 or more (0 to only look). A window that has ended never counts, whether it was dropped or not.
/// </summary>
internal interface IQuotaRule
{
    Quota Quota { get; }

    /// <summary>The id that all windows of this quota carry.</summary>
    ulong Id { get; }

    /// <summary>How many windows of this quota can be live at once.</summary>
    int MostWindows { get; }

    /// <summary>The length that is published as the policy's window; null where it varies.</summary>
    TimeSpan? Length { get; }

    /// <summary>From when until before when units may be used that are charged at <paramref name="now"/>, so that no window ever has more than the limit. Throws <see cref="NotSupportedException"/> for a kind that allows no delay.</summary>
    (long From, long Until) UseOf(long now);

    /// <summary>Looks whether <paramref name="units"/> more would be within the limit. Changes nothing.</summary>
    QuotaReading Read(ReadOnlySpan<UsageWindow> windows, long units, long now);

    /// <summary>Counts units that <see cref="Read"/> allowed on the same windows at the same time. Adds one window at most.</summary>
    void Charge(ref WindowBuffer windows, long units, long now);

    /// <summary>Takes back units charged at <paramref name="chargedAt"/>, as far as they still count: never below what others used, never more than was charged.</summary>
    void Refund(ref WindowBuffer windows, long units, long chargedAt, long now);
}

/// <summary>What a rule read.</summary>
/// <param name="Remaining">Units that could be charged now.</param>
/// <param name="Resets">When there will be more than <paramref name="Remaining"/>; null when nothing of it was used in a window that slides.</param>
/// <param name="FreeAt">When the units asked for fit, if nothing else is charged until then: now if they fit already, null if they never will.</param>
internal readonly record struct QuotaReading(long Remaining, long? Resets, long? FreeAt)
{
    public bool Allows(long now) => FreeAt <= now;
}
