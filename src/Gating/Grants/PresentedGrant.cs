using System.Collections.Immutable;
using Gating.Ledger;

namespace Gating.Grants;

/// <summary>A grant that was presented, ours by its signature: what it says. Whether it still holds is the record's to say.</summary>
/// <param name="Seq">Of the entry in the person's ledger that admitted it.</param>
/// <param name="KeyThumbprint"><c>cnf.jkt</c>: whoever presents it has to prove that key; null for a bearer grant.</param>
public sealed record PresentedGrant(StreamId Person, long Seq, string App, string Resource, string Operation, int Units, DateTimeOffset ExpiresAt, string? KeyThumbprint)
{
    /// <summary>The consents that it was given under, each of which held then.</summary>
    public ImmutableArray<string> ConsentIds { get; init; } = [];
}
