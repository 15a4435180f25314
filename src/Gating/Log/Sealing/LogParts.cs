using System.Collections.Immutable;
using Gating.Ledger;
using Gating.Log.Notes;

namespace Gating.Log.Sealing;

/// <summary>Where the log is kept.</summary>
/// <param name="Published">What the public reads.</param>
/// <param name="LastKnown">Out of reach of a restore of all the others: what a restored log is measured by.</param>
public sealed record LogStores(ILedgerStore Ledger, ILeafStore Leaves, ILogStore Log, ICheckpointStore Published, ICheckpointStore LastKnown);

/// <summary>Who the log is.</summary>
/// <param name="Origin">Names the log in every checkpoint: its URL without scheme.</param>
/// <param name="Data">Makes the leaves.</param>
/// <param name="Signers">Each signs every checkpoint; a public log needs one with Ed25519.</param>
/// <param name="Former">Keys that signed earlier, still believed on what is stored.</param>
public sealed record LogKeys(string Origin, OperatorKey Data, ImmutableArray<INoteSigner> Signers, ImmutableArray<NoteKey> Former)
{
    /// <summary>What our own checkpoints are checked with.</summary>
    public ImmutableArray<NoteKey> Verifiers { get; } = [.. Signers.Select(static signer => signer.Key), .. Former];

    /// <summary>A stored checkpoint; throws <see cref="LogFrozenException"/> where it is not one of ours.</summary>
    public Checkpoint Open(StoredNote stored, string what) =>
        Checkpoint.Open(stored.Note, Origin, Verifiers) ?? throw new LogFrozenException($"the {what} checkpoint is not one that this log signed");
}
