using System.Collections.Immutable;
using Gating.Ledger;
using Gating.Registry;
using Gating.Usage.Leases;

namespace Gating.Usage;

/// <summary>
/// All quotas of a person that apply when one app asks for one tool, with their ids worked out: built once for a registry snapshot, so that a charge hashes
/// nothing. Pure: windows in, decision out.
/// </summary>
public sealed class QuotaPlan
{
    private readonly IQuotaRule[] _rules;
    private readonly IQuotaRule[] _shadows;

    private QuotaPlan(IQuotaRule[] rules)
    {
        _rules = [.. rules.Where(static rule => !rule.Quota.IsShadow)];
        _shadows = [.. rules.Where(static rule => rule.Quota.IsShadow)];
        Ids = [.. _rules.Select(rule => rule.Id)];
        MostWindows = rules.Sum(rule => rule.MostWindows);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MostWindows, Head.MaxWindows, nameof(rules));
        PolicyField = RateLimitFields.Policy(_rules);
    }

    /// <summary>Ids of the windows that it charges with every grant, in the order of its quotas; a shadow's are not among them.</summary>
    public ImmutableArray<ulong> Ids { get; }

    /// <summary>How many windows it can keep alive at once for one person.</summary>
    public int MostWindows { get; }

    /// <summary>The value of <c>RateLimit-Policy</c> for the app's own quotas; null where it has none.</summary>
    public string? PolicyField { get; }

    /// <summary>
    /// The plan of <paramref name="app"/> asking for <paramref name="tool"/> (its resource). Throws <see cref="ArgumentOutOfRangeException"/> where a quota is out of
    /// bounds or all of them together want more windows than a head holds (<see cref="WindowsOf(ImmutableArray{Quota})"/>).
    /// </summary>
    public static QuotaPlan For(string app, string tool, ImmutableArray<Quota> toolQuotas, ImmutableArray<Quota> personQuotas) =>
        new([.. toolQuotas.Concat(personQuotas).Where(static quota => !quota.IsShared).Select(quota => QuotaRules.For(quota, app, tool))]);

    /// <summary>How many windows these quotas can keep alive at once for one person.</summary>
    public static int WindowsOf(ImmutableArray<Quota> quotas) => WindowsOf(quotas.Where(static quota => !quota.IsShared));

    /// <summary>How many windows those of them can keep alive at once that everybody shares.</summary>
    public static int SharedWindowsOf(ImmutableArray<Quota> quotas) => WindowsOf(quotas.Where(static quota => quota.IsShared));

    /// <summary>The limits of <paramref name="app"/> and of <paramref name="tool"/> that everybody shares.</summary>
    internal static ImmutableArray<SharedLimit> SharedOf(App app, Tool tool) =>
    [
        .. app.Quotas.Where(static quota => quota.IsShared).Select(quota => new SharedLimit(QuotaRules.For(quota, app.Id, tool.Resource), RegistryKind.App.Word(), app.Id)),
        .. tool.Quotas.Where(static quota => quota.IsShared).Select(quota => new SharedLimit(QuotaRules.For(quota, app.Id, tool.Resource), RegistryKind.Tool.Word(), tool.Resource)),
    ];

    private static int WindowsOf(IEnumerable<Quota> quotas) => quotas.Sum(static quota => QuotaRules.For(quota, "", "").MostWindows);

    /// <summary>
    /// Charges <paramref name="units"/> (1 or more) to every quota, or says which have no room. Windows that have ended are dropped. What is charged is charged to each shadow too that has room for it; the others are told.
    /// <paramref name="now"/> counts in whole milliseconds and must not be before any earlier charge to the same windows.
    /// </summary>
    public UsageDecision Charge(ImmutableArray<UsageWindow> windows, long units, DateTimeOffset now)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(units, 1);
        var time = now.ToUnixTimeMilliseconds();
        if (!HasRoom(windows.AsSpan(), units, time))
        {
            return new UsageDecision.Exceeded(Violations(windows.AsSpan(), units, time), Read(_rules, windows.AsSpan(), time));
        }

        var memory = Memory(windows, stackalloc UsageWindow[StackRows]);
        var buffer = Charged(memory, windows.AsSpan(), units, time);
        if (buffer.Rows.Length > Head.MaxWindows)
        {
            // A full head forgets what shadows counted before anybody is refused for it.
            windows = windows.RemoveAll(static window => QuotaRules.IsShadow(window.Id));
            buffer = Charged(memory, windows.AsSpan(), units, time);
        }

        if (buffer.Rows.Length > Head.MaxWindows)
        {
            return new UsageDecision.TooManyWindows(FitsAt(windows, units, buffer.Rows.Length - Head.MaxWindows, time));
        }

        var (ids, shadowed) = ChargeShadows(ref buffer, units, time);
        return new UsageDecision.Charged([.. buffer.Rows], new(ids, now), Read(_rules, buffer.Rows, time)) { Shadowed = shadowed };
    }

    /// <summary>Where every quota stands, charging nothing; last those that are not in force.</summary>
    public ImmutableArray<QuotaStatus> Read(ImmutableArray<UsageWindow> windows, DateTimeOffset now) =>
        [.. Read(_rules, windows.AsSpan(), now.ToUnixTimeMilliseconds()), .. Read(_shadows, windows.AsSpan(), now.ToUnixTimeMilliseconds())];

    /// <summary>
    /// Returns <paramref name="units"/> of a charge to those of its windows that still count and are still in this plan. Nothing comes back
    /// that time has given back already. The caller sees to it that no more is returned than was charged.
    /// </summary>
    public ImmutableArray<UsageWindow> Refund(ImmutableArray<UsageWindow> windows, UsageCharge charge, long units, DateTimeOffset now)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(units, 1);
        var time = now.ToUnixTimeMilliseconds();
        var buffer = new WindowBuffer(Memory(windows, stackalloc UsageWindow[StackRows]), windows.AsSpan(), time);
        Refund(_rules, ref buffer, charge, units, time);
        Refund(_shadows, ref buffer, charge, units, time);
        return [.. buffer.Rows];
    }

    private static void Refund(IQuotaRule[] rules, ref WindowBuffer buffer, UsageCharge charge, long units, long now)
    {
        foreach (var rule in rules)
        {
            if (charge.Ids.Contains(rule.Id))
            {
                rule.Refund(ref buffer, units, charge.At.ToUnixTimeMilliseconds(), now);
            }
        }
    }

    // Most people have a few live windows; those with many pay an array.
    private const int StackRows = 40;

    private Span<UsageWindow> Memory(ImmutableArray<UsageWindow> windows, Span<UsageWindow> stack)
    {
        var needed = windows.Length + _rules.Length + _shadows.Length;
        return needed <= stack.Length ? stack : new UsageWindow[needed];
    }

    private bool HasRoom(ReadOnlySpan<UsageWindow> windows, long units, long now)
    {
        foreach (var rule in _rules)
        {
            if (!rule.Read(windows, units, now).Allows(now))
            {
                return false;
            }
        }

        return true;
    }

    private ImmutableArray<QuotaViolation> Violations(ReadOnlySpan<UsageWindow> windows, long units, long now)
    {
        var violations = ImmutableArray.CreateBuilder<QuotaViolation>(_rules.Length);
        foreach (var rule in _rules)
        {
            var reading = rule.Read(windows, units, now);
            if (!reading.Allows(now))
            {
                violations.Add(new(rule.Quota, Time(reading.FreeAt)));
            }
        }

        return violations.DrainToImmutable();
    }

    private static ImmutableArray<QuotaStatus> Read(IQuotaRule[] rules, ReadOnlySpan<UsageWindow> windows, long now)
    {
        var statuses = ImmutableArray.CreateBuilder<QuotaStatus>(rules.Length);
        foreach (var rule in rules)
        {
            var reading = rule.Read(windows, 0, now);
            statuses.Add(new(rule.Quota, reading.Remaining, Time(reading.Resets)));
        }

        return statuses.MoveToImmutable();
    }

    /// <summary>Each by itself: the ids of all that was charged, and which had no room. One for which a full head has none left counts nothing.</summary>
    private (ImmutableArray<ulong> Ids, ImmutableArray<Quota> Shadowed) ChargeShadows(ref WindowBuffer buffer, long units, long now)
    {
        var (ids, shadowed) = (Ids, ImmutableArray<Quota>.Empty);
        foreach (var rule in _shadows)
        {
            if (!rule.Read(buffer.Rows, units, now).Allows(now))
            {
                shadowed = shadowed.Add(rule.Quota);
            }
            else if (buffer.Rows.Length < Head.MaxWindows)
            {
                rule.Charge(ref buffer, units, now);
                ids = ids.Add(rule.Id);
            }
        }

        return (ids, shadowed);
    }

    private WindowBuffer Charged(Span<UsageWindow> memory, ReadOnlySpan<UsageWindow> windows, long units, long now)
    {
        var buffer = new WindowBuffer(memory, windows, now);
        foreach (var rule in _rules)
        {
            rule.Charge(ref buffer, units, now);
        }

        return buffer;
    }

    /// <summary>When a head holds what the charge would leave. <paramref name="surplus"/> windows must end, or more where ended ones would begin anew.</summary>
    private DateTimeOffset FitsAt(ImmutableArray<UsageWindow> windows, long units, int surplus, long now)
    {
        var ends = windows.Where(window => window.IsLive(now)).Select(window => window.End).Order().ToArray();
        var memory = Memory(windows, default);
        var at = Math.Min(surplus, ends.Length) - 1;
        while (at < ends.Length - 1 && Charged(memory, windows.AsSpan(), units, ends[at].ToUnixTimeMilliseconds()).Rows.Length > Head.MaxWindows)
        {
            at++;
        }

        return ends[at];
    }

    private static DateTimeOffset? Time(long? milliseconds) =>
        milliseconds is { } time ? DateTimeOffset.FromUnixTimeMilliseconds(time) : null;
}
