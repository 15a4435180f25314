using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using Gating.Ledger;
using Gating.Usage;
using Gating.Usage.Leases;

namespace Gating.Registry;

/// <summary>The whole registry at one version: immutable, swapped whole.</summary>
/// <param name="Version">The stamp that every change moves up.</param>
/// <param name="Tools">By resource URI.</param>
/// <param name="Issuers">By identifier.</param>
/// <param name="PersonQuotas">Quotas of every person over all tools.</param>
/// <param name="ReadAt">When the read of this snapshot (or of the stamp that confirmed it) began, in <see cref="TimeProvider"/> timestamp ticks.</param>
public sealed record RegistrySnapshot(
    long Version,
    FrozenDictionary<string, App> Apps,
    FrozenDictionary<string, Tool> Tools,
    FrozenDictionary<string, Issuer> Issuers,
    ImmutableArray<Quota> PersonQuotas,
    long ReadAt)
{
    // Worked out at first use and kept for the version: a copy with a later ReadAt shares it. At most one plan per registered app and tool.
    private readonly ConcurrentDictionary<(string App, string Tool), QuotaPlan> _plans = new();
    private readonly ConcurrentDictionary<(string App, string Tool), ImmutableArray<SharedLimit>> _shared = new();

    /// <summary>By id.</summary>
    public FrozenDictionary<string, Moderator> Moderators { get; init; } = FrozenDictionary<string, Moderator>.Empty;

    /// <summary>Thumbprints (RFC 7638) of keys by which nothing is proven any more, whoever presents them.</summary>
    public FrozenSet<string> StoppedKeys { get; init; } = FrozenSet<string>.Empty;

    /// <summary>When the first of the stops begins that are recorded and do not hold yet: from then on this is not the registry any more. Null where there is none.</summary>
    public DateTimeOffset? ChangesAt { get; init; }

    /// <summary>Whether nothing may be decided on it any more: it is older than <paramref name="maxAge"/> timestamp ticks, or a stop has begun since.</summary>
    internal bool IsStaleAt(DecisionTime time, long maxAge) => time.Timestamp - ReadAt > maxAge || ChangesAt <= time.Now;

    /// <summary>All three are registered and nobody stopped any of them.</summary>
    /// <param name="issuer">Null where it is not known.</param>
    public bool IsOpen(string app, string resource, string? issuer) =>
        Apps.GetValueOrDefault(app) is { Status: RegistryStatus.Active }
        && Tools.GetValueOrDefault(resource) is { Status: RegistryStatus.Active }
        && (issuer is null || Issuers.GetValueOrDefault(issuer) is { Status: RegistryStatus.Active });

    /// <summary>Whether any issuer is stopped: only then need it be known by whose word somebody is who he is.</summary>
    public bool HasStoppedIssuer { get; } = Issuers.Values.Any(static issuer => issuer.Status is not RegistryStatus.Active);

    /// <summary>The limits that everybody shares which apply when that app asks for that tool; none where either is not registered.</summary>
    public ImmutableArray<SharedLimit> SharedOf(string app, string resource)
    {
        if (_shared.TryGetValue((app, resource), out var limits))
        {
            return limits;
        }

        return Apps.TryGetValue(app, out var owner) && Tools.TryGetValue(resource, out var tool) ? _shared.GetOrAdd((app, resource), QuotaPlan.SharedOf(owner, tool)) : [];
    }

    /// <summary>The quotas of a person that apply when that app asks for that tool; null where either is not registered.</summary>
    public QuotaPlan? PlanOf(string app, string resource)
    {
        if (_plans.TryGetValue((app, resource), out var plan))
        {
            return plan;
        }

        return Apps.ContainsKey(app) && Tools.TryGetValue(resource, out var tool)
            ? _plans.GetOrAdd((app, resource), QuotaPlan.For(app, resource, tool.Quotas, PersonQuotas))
            : null;
    }
}
