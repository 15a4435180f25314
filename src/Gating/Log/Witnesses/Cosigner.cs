using Gating.Log.Notes;
using Gating.Log.Sealing;
using Gating.Log.Tiles;
using Microsoft.Extensions.Logging;

namespace Gating.Log.Witnesses;

/// <summary>
/// Brings one witness's cosignature under the published checkpoint, beside the sealer and never in its way: a witness that is down or slow leaves the checkpoint as it was published. The same text with one line more
/// replaces it by compare-and-swap; where a larger one is out by then, that one is asked for next. A crash anywhere leaves a checkpoint without this cosignature until the next is published, or the next start.
/// </summary>
public sealed class Cosigner(LogStores stores, LogKeys keys, Witness witness, WitnessClient client, ILogger<Cosigner> logger)
{
    /// <summary>Tries to add a line to a checkpoint under which others put theirs.</summary>
    private const int MaxTries = 5;

    private readonly TileProofs _proofs = new(stores.Log.ReadTileAsync);

    /// <summary>The size that the witness cosigned last, as far as this instance knows.</summary>
    private long _size;

    /// <summary>
    /// Asks the witness, unless its cosignature is there. False where it is missing still, and it is worth while to ask again later. Throws <see cref="StorageUnavailableException"/>, and
    /// <see cref="LogFrozenException"/> where what is stored is no checkpoint of ours or its tiles are not whole. One at a time.
    /// </summary>
    public async Task<bool> RunAsync(CancellationToken cancellation)
    {
        if (await stores.Published.ReadAsync(cancellation) is not { } stored || keys.Open(stored, "published") is not { Size: > 0 } checkpoint || IsCosigned(stored))
        {
            return true;
        }

        switch (await AskAsync(checkpoint, stored.Note, cancellation))
        {
            case WitnessOutcome.Cosigned cosigned:
                await AddAsync(checkpoint, stored, cosigned.Signature, cancellation);
                return true;
            case WitnessOutcome.Elsewhere elsewhere:
                LogEvents.NotCosigned(logger, witness.Key.Name, $"it has a checkpoint of {elsewhere.Size} leaves, and {checkpoint.Size} are published");
                return false;
            case WitnessOutcome.Contradicts contradicts:
                LogEvents.Contradicted(logger, witness.Key.Name, contradicts.Why);
                return false;
            case WitnessOutcome.Silent silent:
                LogEvents.NotCosigned(logger, witness.Key.Name, silent.Why);
                return false;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    /// <summary>A second time where it says which size it has; it is believed once, or it could keep us asking.</summary>
    private async Task<WitnessOutcome> AskAsync(Checkpoint checkpoint, ReadOnlyMemory<byte> note, CancellationToken cancellation)
    {
        var outcome = await AskAsync(Math.Min(_size, checkpoint.Size), checkpoint, note, cancellation);
        if (outcome is WitnessOutcome.Elsewhere elsewhere && elsewhere.Size <= checkpoint.Size)
        {
            outcome = await AskAsync(elsewhere.Size, checkpoint, note, cancellation);
        }

        _size = outcome is WitnessOutcome.Cosigned ? checkpoint.Size : 0;
        return outcome;
    }

    private async Task<WitnessOutcome> AskAsync(long old, Checkpoint checkpoint, ReadOnlyMemory<byte> note, CancellationToken cancellation)
    {
        var proof = old == 0 || old == checkpoint.Size ? [] : await _proofs.ConsistencyAsync(old, checkpoint.Size, cancellation);
        return await client.AddCheckpointAsync(witness, old, proof, note, cancellation);
    }

    private async Task AddAsync(Checkpoint checkpoint, StoredNote stored, NoteSignature signature, CancellationToken cancellation)
    {
        for (var tries = 0; tries < MaxTries; tries++)
        {
            if (await stores.Published.WriteAsync(SignedNote.With(stored.Note, signature), stored.Token, cancellation))
            {
                LogEvents.Cosigned(logger, checkpoint.Size, witness.Key.Name);
                return;
            }

            // Somebody else's line came first, or our own try got through, or a larger checkpoint is out.
            if (await stores.Published.ReadAsync(cancellation) is not { } now || keys.Open(now, "published") != checkpoint || IsCosigned(now))
            {
                return;
            }

            stored = now;
        }
    }

    private bool IsCosigned(StoredNote stored) => SignedNote.Open(stored.Note, [witness.Key]) is NoteOutcome.Opened;
}
