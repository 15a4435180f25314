using Gating.Usage;

namespace Gating.Replay;

/// <summary>Decisions as they were recorded, and what would have come of them.</summary>
public sealed class ReplayTally
{
    private readonly Dictionary<(string Name, QuotaScope Scope), long> _quotas = [];
    private readonly Dictionary<string, long> _shadowed = new(StringComparer.Ordinal);

    /// <summary>Grants that were given.</summary>
    public long Granted { get; set; }

    /// <summary>Of those, which would have been refused.</summary>
    public long WouldRefuse { get; set; }

    /// <summary>Refusals because a quota of the person's had no room.</summary>
    public long RefusedForQuotas { get; set; }

    /// <summary>Of those, which would have been granted.</summary>
    public long WouldGrant { get; set; }

    /// <summary>Of those, for which the person's quotas would have had room, while it is not recorded whether it was theirs or one of everybody's that had none.</summary>
    public long Undecided { get; set; }

    /// <summary>Refusals for other reasons: as they were.</summary>
    public long OtherRefusals { get; set; }

    /// <summary>Refusals that were only counted, beyond ten a minute: not replayed.</summary>
    public long Uncounted { get; set; }

    /// <summary>Decisions about apps or tools that are not registered any more: not replayed.</summary>
    public long Unregistered { get; set; }

    /// <summary>How many of the grants that were given each quota would have refused that was not in force then, by its name: as recorded.</summary>
    public IReadOnlyDictionary<string, long> Shadowed => _shadowed;

    /// <summary>How often each quota would have had no room for what was granted.</summary>
    public IReadOnlyDictionary<(string Name, QuotaScope Scope), long> Quotas => _quotas;

    public void Add(ReplayTally other)
    {
        Granted += other.Granted;
        WouldRefuse += other.WouldRefuse;
        RefusedForQuotas += other.RefusedForQuotas;
        WouldGrant += other.WouldGrant;
        Undecided += other.Undecided;
        OtherRefusals += other.OtherRefusals;
        Uncounted += other.Uncounted;
        Unregistered += other.Unregistered;
        foreach (var ((name, scope), count) in other.Quotas)
        {
            HasNoRoom(name, scope, count);
        }

        foreach (var (name, count) in other.Shadowed)
        {
            WasShadowed(name, count);
        }
    }

    internal void WasShadowed(string name, long times = 1) => _shadowed[name] = _shadowed.GetValueOrDefault(name) + times;

    internal void HasNoRoom(string name, QuotaScope scope, long times = 1) => _quotas[(name, scope)] = _quotas.GetValueOrDefault((name, scope)) + times;
}
