using Gating.Grants;
using Gating.Ledger;
using Gating.Log;
using Gating.Log.Sealing;

namespace Gating.Evidence;

/// <summary>
/// Writes evidence bundles: a ZIP whose files and lines <see cref="BundleFormat"/> names, which <see cref="BundleVerifier"/> judges without us. The checkpoint that is published at the beginning is the bundle's only one: entries that
/// it does not cover are in the bundle too, and said to have no proof yet. Entries are read once, some hundred at a time, whatever their number, and writes may go on meanwhile. Writes nothing to storage. The manifest and its
/// signature come last: whatever breaks on the way leaves a bundle without them, which is refused. Safe for concurrent use.
/// </summary>
/// <param name="temporary">Makes an empty file that is gone when it is closed: lines wait in three of them, about 1.5 KiB for each entry.</param>
public sealed class BundleWriter(LogStores stores, LogKeys log, SigningKeyRing signing, TimeProvider time, Func<Stream> temporary)
{
    /// <summary>Entries in hand.</summary>
    private const int Window = 128;

    /// <summary>
    /// Writes to a stream that need not seek, asynchronously only, and leaves it open. Throws <see cref="StorageUnavailableException"/>, <see cref="StreamFrozenException"/> where an entry is not there or is not the one that was
    /// logged, <see cref="LogFrozenException"/> where the log contradicts itself, <see cref="FormatException"/> for a stored entry that no reader would take, and <see cref="InvalidOperationException"/> for a request that no bundle
    /// holds. What was written by then is for the caller to cut off.
    /// </summary>
    public async Task<BundleOutcome> WriteAsync(BundleRequest request, Stream output, CancellationToken cancellation)
    {
        if (request.Whole.Count > BundleFormat.MaxWhole)
        {
            throw new InvalidOperationException($"A bundle discloses at most {BundleFormat.MaxWhole} streams whole.");
        }

        var made = time.GetUtcNow();
        if (await stores.Published.ReadAsync(cancellation) is not { } note)
        {
            return new BundleOutcome.NothingSealed();
        }

        // Heads after the checkpoint: it covers no entry that they do not count, so that the tag after the last one is not in its tree.
        var checkpoint = log.Open(note, "published");
        var whole = await CountAsync(request.Whole, cancellation);
        var archive = await BundleArchive.CreateAsync(output, cancellation);
        await archive.AddAsync(BundleFormat.Question, request.Question, cancellation);
        await archive.AddAsync(BundleFormat.Checkpoint, note.Note, cancellation);
        await archive.AddAsync(BundleFormat.Keys, BundleKeys.Write(log, signing), cancellation);
        await archive.AddAsync(BundleFormat.Registry, request.Registry.ToBytes(), cancellation);
        var written = await WriteEntriesAsync(archive, new(request, whole), new(stores, log.Data, checkpoint), whole, cancellation);

        var manifest = new BundleManifest(made, checkpoint.Origin, checkpoint.Size, checkpoint.Root, [.. archive.Files]).ToBytes();
        await archive.AddAsync(BundleFormat.Manifest, manifest, cancellation);
        await archive.AddAsync(BundleFormat.Signature, ManifestSignature.Sign(signing.Current, manifest), cancellation);
        await archive.CloseAsync(cancellation);
        return written;
    }

    private async Task<IReadOnlyList<(StreamId Stream, long Count)>> CountAsync(IReadOnlyCollection<StreamId> streams, CancellationToken cancellation)
    {
        var counts = new List<(StreamId, long)>(streams.Count);
        foreach (var stream in streams.Distinct())
        {
            counts.Add((stream, (await stores.Ledger.ReadHeadAsync(stream, cancellation))?.Head.Seq ?? 0));
        }

        return counts;
    }

    private async Task<BundleOutcome.Written> WriteEntriesAsync(
        BundleArchive archive, BundlePlaces places, SealedEntries source, IReadOnlyList<(StreamId Stream, long Count)> whole, CancellationToken cancellation)
    {
        await using var lines = new BundleLines(log.Origin, temporary);
        await archive.AddAsync(BundleFormat.Entries, async file =>
        {
            await foreach (var window in places.WindowsAsync(Window, cancellation))
            {
                var read = await source.ReadAsync([.. window.Select(static one => one.Place)], cancellation);
                for (var i = 0; i < read.Length; i++)
                {
                    lines.Add(read[i], window[i].Role);
                }

                await lines.FlushAsync(file, cancellation);
            }

            return lines.Entries;
        }, cancellation);
        await archive.AddAsync(BundleFormat.Labels, file => lines.Labels.CopyToAsync(file, cancellation), cancellation);
        await archive.AddAsync(BundleFormat.Proofs, file => lines.Proofs.CopyToAsync(file, cancellation), cancellation);
        await archive.AddAsync(BundleFormat.Streams, async file =>
        {
            foreach (var (stream, count) in whole)
            {
                await file.WriteAsync(new StreamLine(stream, LeafKey.Of(log.Data, stream).ToBytes(), count, lines.SealedOf(stream)).ToBytes(), cancellation);
                await file.WriteAsync("\n"u8.ToArray(), cancellation);
            }

            return whole.Count;
        }, cancellation);
        await archive.AddAsync(BundleFormat.Table, async file =>
        {
            await file.WriteAsync(TableLine.Header(), cancellation);
            return await lines.Table.CopyToAsync(file, cancellation);
        }, cancellation);
        return new(lines.Entries, lines.NotSealed);
    }
}
