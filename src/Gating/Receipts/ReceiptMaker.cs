using Gating.Ledger;
using Gating.Log;
using Gating.Log.Sealing;
using Gating.Log.Tiles;

namespace Gating.Receipts;

/// <summary>Whether there is a receipt for an entry.</summary>
public abstract record ReceiptOutcome
{
    private ReceiptOutcome()
    {
    }

    /// <summary>It leads to the checkpoint that was published when it was made, and is good for ever.</summary>
    public sealed record Made(LogProof Receipt) : ReceiptOutcome;

    /// <summary>No published checkpoint covers the entry yet.</summary>
    public sealed record NotSealed : ReceiptOutcome;

    /// <summary>There is no such entry.</summary>
    public sealed record Unknown : ReceiptOutcome;
}

/// <summary>
/// Makes receipts from what is stored, against the checkpoint that is published: three point reads, the leaf's own tile, and of the tiles that all leaves share those that this instance has not read
/// before. Writes nothing; gives none that does not verify. Throws <see cref="StorageUnavailableException"/>, <see cref="StreamFrozenException"/> where the entry is not the one that was logged or will
/// never be, and <see cref="LogFrozenException"/> where the log contradicts itself.
/// </summary>
public sealed class ReceiptMaker(LogStores stores, LogKeys keys)
{
    /// <summary>Tiles kept, up to twice as many: about 2 MB.</summary>
    private const int MaxTiles = 64;

    private readonly TileProofs _proofs = new(stores.Log.ReadTileAsync, MaxTiles);

    public async Task<ReceiptOutcome> MakeAsync(LeafPlace place, CancellationToken cancellation)
    {
        var (stream, seq) = place;
        var (entryRead, rowRead, noteRead) = (
            stores.Ledger.ReadEntryAsync(stream, seq, cancellation), stores.Leaves.ReadAsync(stream, seq, seq, cancellation), stores.Published.ReadAsync(cancellation));
        await Task.WhenAll(entryRead, rowRead, noteRead);
        if (await entryRead is not { } entry)
        {
            return new ReceiptOutcome.Unknown();
        }

        var (rows, note) = (await rowRead, await noteRead);
        if (rows is [var row] && row.Entry != entry.Hash)
        {
            throw new StreamFrozenException(stream, $"entry {seq} is another than the one that was logged");
        }

        if (rows is not [{ Index: { } index }])
        {
            return await stores.Leaves.ReadFrozenAsync(stream, cancellation) is { } why ? throw new StreamFrozenException(stream, why) : new ReceiptOutcome.NotSealed();
        }

        if (note is null || keys.Open(note, "published") is not { } checkpoint || checkpoint.Size <= index)
        {
            return new ReceiptOutcome.NotSealed();
        }

        var opening = LeafOpening.Of(LeafKey.Of(keys.Data, stream), seq, entry.Hash);
        var hashes = await _proofs.InclusionAsync(opening.Leaf.Hash, index, checkpoint.Size, checkpoint.Root, cancellation);
        return new ReceiptOutcome.Made(new(index, hashes, note.Note, opening.ToBytes()));
    }
}
