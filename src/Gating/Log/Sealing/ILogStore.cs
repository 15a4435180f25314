using Gating.Ledger;
using Gating.Log.Tiles;

namespace Gating.Log.Sealing;

/// <summary>The state as it was read, and the opaque token that a write must present to replace it.</summary>
public sealed record StoredState(LogState State, string Token);

/// <summary>
/// The blobs of the log. Every method MUST throw <see cref="StorageUnavailableException"/> when it cannot know the answer. Reads MUST see every write that was answered before they began. Safe
/// for concurrent use by any number of instances.
/// </summary>
public interface ILogStore
{
    /// <summary>Null before the first seal.</summary>
    Task<StoredState?> ReadStateAsync(CancellationToken cancellation);

    /// <summary>
    /// Replaces the state if it still carries <paramref name="token"/> (null: if there is none), durably and whole. The log's one commit point: false where it moved, and then nothing happened.
    /// An own earlier try that got through and whose answer was lost may also be answered false: the caller reads again.
    /// </summary>
    Task<bool> WriteStateAsync(LogState state, string? token, CancellationToken cancellation);

    /// <summary>Keeps bytes under the name that is their SHA-256. One that is there is the same.</summary>
    Task PutStagingAsync(EntryHash name, ReadOnlyMemory<byte> bytes, CancellationToken cancellation);

    /// <summary>The bytes, or null. The caller compares them with their name.</summary>
    Task<ReadOnlyMemory<byte>?> ReadStagingAsync(EntryHash name, CancellationToken cancellation);

    /// <summary>Writes a tile once. MUST throw <see cref="LogFrozenException"/> where one with other bytes is there, and leave it.</summary>
    Task PutTileAsync(Tile tile, CancellationToken cancellation);

    /// <summary>The bytes, or null.</summary>
    Task<ReadOnlyMemory<byte>?> ReadTileAsync(TileId id, CancellationToken cancellation);

    /// <summary>
    /// Takes the sealer's lease, or answers null where somebody has it. It ends by itself after <paramref name="duration"/> (15 to 60 s). It saves work and protects nothing: whoever goes on
    /// after its end is stopped by the state's token.
    /// </summary>
    Task<string?> TryLeaseAsync(TimeSpan duration, CancellationToken cancellation);

    /// <summary>Gives the lease back; one that ended is passed over.</summary>
    Task ReleaseLeaseAsync(string lease, CancellationToken cancellation);
}

/// <summary>A signed checkpoint as it was read, and the opaque token that a write must present to replace it.</summary>
public sealed record StoredNote(ReadOnlyMemory<byte> Note, string Token);

/// <summary>
/// Keeps one signed checkpoint: the one that is published, or the last one known, which stands where a restore of the storage account does not reach. Same promises as <see cref="ILogStore"/>.
/// </summary>
public interface ICheckpointStore
{
    /// <summary>Null before the first one.</summary>
    Task<StoredNote?> ReadAsync(CancellationToken cancellation);

    /// <summary>Replaces it if it still carries <paramref name="token"/> (null: if there is none). False where it moved, or where an own earlier try got through.</summary>
    Task<bool> WriteAsync(ReadOnlyMemory<byte> note, string? token, CancellationToken cancellation);
}
