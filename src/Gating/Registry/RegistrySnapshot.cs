using System.Collections.Frozen;
using System.Collections.Immutable;
using Gating.Usage;

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
    public Usage.QuotaPlan? PlanOf(string app, string resource) => null;
}
