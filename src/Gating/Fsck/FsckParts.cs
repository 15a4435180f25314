using System.Collections.Immutable;
using Gating.Archive;
using Gating.Ledger;
using Gating.Log.Notes;
using Gating.Log.Sealing;
using Gating.Timelines;

namespace Gating.Fsck;

/// <summary>What is checked.</summary>
public sealed record FsckStores(LogStores Log, IStoreWalk Walk, IArchiveStore Archive, IOutputIndex Index, ITimelineStore Timelines);

/// <summary>What it is checked with.</summary>
/// <param name="Data">The operator's data key; null: only what is public is checked.</param>
/// <param name="Verifiers">Keys that sign the log's checkpoints; empty: signatures are not judged. The log is called as the first of them.</param>
public sealed record FsckKeys(OperatorKey? Data, ImmutableArray<NoteKey> Verifiers)
{
    public string? Origin => Verifiers is [{ Name: var name }, ..] ? name : null;

    internal ArchiveReferences? References { get; } = Data is null ? null : new(Data);
}
