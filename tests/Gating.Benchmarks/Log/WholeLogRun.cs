using System.Diagnostics;
using Gating.Azure;
using Gating.Azure.Tables;
using Gating.Fsck;
using Gating.Functions.Tests;
using Gating.Ledger;
using Gating.Log;
using Gating.Log.Sealing;
using Gating.Log.Tiles;
using Gating.Receipts;
using Gating.Testing.Storage;

namespace Gating.Benchmarks.Log;

/// <summary>A log that was built through the real surface, shown to somebody else's verifier, checked whole, and checked again with damage all over its storage.</summary>
/// <param name="Shown">Receipts of entries taken at random.</param>
/// <param name="Accepted">Of them, those that the other verifier accepts, for the entry that they are of and a tree of the whole size.</param>
/// <param name="Wrong">What a check says of the log as it is; nothing, if all is well.</param>
/// <param name="Damaged">Rows and blobs that were changed, deleted, put in or moved.</param>
/// <param name="Named">Of them, those that a check names.</param>
/// <param name="Others">What it names besides.</param>
internal sealed record WholeLogRun(int Shown, int Accepted, long Things, TimeSpan Took, int Wrong, int Damaged, int Named, int Others)
{
    private const int Receipts = 500;

    public static async Task<WholeLogRun> MeasureAsync(LogStage stage, Action<string> say)
    {
        var streams = (await stage.StreamsAsync()).ToArray();
        Random.Shared.Shuffle(streams);
        say($"showing {Receipts} receipts to the other verifier");
        var accepted = await ShowAsync(stage, streams);
        var (wrong, things, took) = await CheckAsync(stage, FsckPhase.Done);
        say($"checked {things} things in {took.TotalSeconds:0.0} s; damaging storage");
        var damage = new Damage(stage.StorageOptions, stage.Services.GetRequiredService<AzureStorage>());
        var expected = await damage.RowsAsync(streams);
        var (named, _, _) = await CheckAsync(stage, FsckPhase.Done);
        var tiles = await damage.TilesAsync(await stage.SizeAsync());
        var (blobs, _, _) = await CheckAsync(stage, FsckPhase.Log);
        expected.UnionWith(tiles);
        named.UnionWith(blobs);
        foreach (var missed in expected.Except(named))
        {
            say($"not named: {missed}");
        }

        foreach (var other in named.Except(expected))
        {
            say($"named besides: {other}");
        }

        return new(Receipts, accepted, things, took, wrong.Count, expected.Count, expected.Count(named.Contains), named.Except(expected).Count());
    }

    private static async Task<int> ShowAsync(LogStage stage, StreamId[] streams)
    {
        var (ledger, maker, size) = (stage.Services.GetRequiredService<ILedgerStore>(), stage.Services.GetRequiredService<ReceiptMaker>(), await stage.SizeAsync());
        var (receipts, hashes) = (new List<byte[]>(), new List<string>());
        while (receipts.Count < Receipts)
        {
            var stream = streams[Random.Shared.Next(streams.Length)];
            var seq = Random.Shared.NextInt64((await ledger.ReadHeadAsync(stream, CancellationToken.None))!.Head.Seq) + 1;
            receipts.Add(((ReceiptOutcome.Made)await maker.MakeAsync(new(stream, seq), CancellationToken.None)).Receipt.ToBytes());
            hashes.Add((await ledger.ReadEntryAsync(stream, seq, CancellationToken.None))!.Hash.ToString());
        }

        var verdicts = await OtherVerifier.VerifyAsync(stage.Services.GetRequiredService<LogKeys>().Verifiers[0], receipts);
        return verdicts.Zip(hashes).Count(pair => pair.First is var (entry, _, tree) && string.Equals(entry, pair.Second, StringComparison.Ordinal) && tree == size);
    }

    private static async Task<(HashSet<string> Wrong, long Things, TimeSpan Took)> CheckAsync(LogStage stage, FsckPhase last)
    {
        var (storage, keys) = (stage.Services.GetRequiredService<AzureStorage>(), stage.Services.GetRequiredService<LogKeys>());
        var stores = new FsckStores(new(storage.Ledger, storage.Leaves, storage.Log, storage.Published, storage.LastKnown), storage.Walk, storage.Archive, storage.Index, storage.Timelines);
        var (started, things, wrong) = (Stopwatch.GetTimestamp(), 0L, new HashSet<string>(StringComparer.Ordinal));
        await foreach (var step in new StoreFsck(stores, new(keys.Data, keys.Verifiers), TimeProvider.System).RunAsync(FsckPosition.Start, last, CancellationToken.None))
        {
            things += step.Things;
            foreach (var finding in step.Findings)
            {
                if (finding is FsckFinding.Wrong { Thing: var thing })
                {
                    wrong.Add(storage.Walk.NameOf(thing));
                }
            }
        }

        return (wrong, things, Stopwatch.GetElapsedTime(started));
    }

    /// <summary>Ways to change storage past the gate, each on rows of a stream of its own; names of what was changed come back as a check tells them.</summary>
    private sealed class Damage(StorageOptions options, AzureStorage storage)
    {
        private const int Ways = 12;

        // A check looks for at most a hundred streams' leaves in the whole log, and for each twice.
        private const int Rounds = 4;

        private readonly Intruder _intruder = new(options);
        private readonly HashSet<string> _things = new(StringComparer.Ordinal);

        private string Ledger => _intruder.Keys.LedgerTable;

        private string Leaves => _intruder.Keys.LeavesTable;

        /// <summary>Every way several times.</summary>
        public async Task<HashSet<string>> RowsAsync(StreamId[] streams)
        {
            for (var i = 0; i < streams.Length && i < Ways * Rounds; i++)
            {
                await ApplyAsync(i % Ways, streams[i]);
            }

            return _things;
        }

        /// <summary>One byte of a tile and one of a bundle of entries, and one of each is gone.</summary>
        public async Task<IEnumerable<string>> TilesAsync(long size)
        {
            var whole = size / 256;
            TileId[] flipped = [new(0, whole / 3, 256), new(TileId.EntriesLevel, whole / 2, 256), new(1, 0, (int)Math.Min(whole, 256))];
            TileId[] gone = [new(0, whole / 4, 256), new(TileId.EntriesLevel, whole / 5, 256)];
            foreach (var tile in flipped)
            {
                var (bytes, properties) = await _intruder.ReadBlobAsync(_intruder.Keys.LogContainer, tile.Path);
                await _intruder.DeleteBlobAsync(_intruder.Keys.LogContainer, tile.Path);
                await _intruder.PutBlobAsync(_intruder.Keys.LogContainer, tile.Path, Intruder.Flip(bytes, Random.Shared.Next(bytes.Length)), properties);
            }

            foreach (var tile in gone)
            {
                await _intruder.DeleteBlobAsync(_intruder.Keys.LogContainer, tile.Path);
            }

            return flipped.Concat(gone).Select(static tile => new StoredThing.Tile(tile)).Select(storage.Walk.NameOf);
        }

        private async Task ApplyAsync(int way, StreamId stream)
        {
            var last = (await storage.Ledger.ReadHeadAsync(stream, CancellationToken.None))!.Head.Seq;
            var seq = Random.Shared.NextInt64(2, last - 1);
            switch (way)
            {
                case < 3:
                    await FlipAsync(Ledger, TableKeys.Partition(stream), TableKeys.Entry(seq));
                    break;
                case 3:
                    await DeleteAsync(Ledger, TableKeys.Partition(stream), TableKeys.Entry(seq));
                    break;
                case 4:
                    await SwapAsync(Ledger, TableKeys.Partition(stream), TableKeys.Entry(seq), TableKeys.Entry(seq + 1));
                    break;
                case 5:
                    await InsertAsync(Ledger, TableKeys.Partition(stream), TableKeys.Entry(seq), TableKeys.Entry(last + 1));
                    break;
                case 6:
                    await DeleteAsync(Ledger, TableKeys.Partition(stream), TableKeys.Entry(last));
                    break;
                case < 9:
                    await FlipAsync(Leaves, TableKeys.LeafPartition(stream), TableKeys.Leaf(new(stream, seq)));
                    break;
                case 9:
                    await DeleteAsync(Leaves, TableKeys.LeafPartition(stream), TableKeys.Leaf(new(stream, seq)));
                    break;
                case 10:
                    await SwapAsync(Leaves, TableKeys.LeafPartition(stream), TableKeys.Leaf(new(stream, seq)), TableKeys.Leaf(new(stream, seq + 1)));
                    break;
                default:
                    await InsertAsync(Leaves, TableKeys.LeafPartition(stream), TableKeys.Leaf(new(stream, seq)), TableKeys.Leaf(new(stream, last + 1)));
                    break;
            }
        }

        private async Task FlipAsync(string table, string partition, string key)
        {
            var flips = Intruder.Flips(await ReadAsync(table, partition, key)).ToArray();
            await _intruder.PutAsync(table, flips[Random.Shared.Next(flips.Length)].Row);
            Add(table, partition, key);
        }

        private async Task DeleteAsync(string table, string partition, string key)
        {
            await _intruder.DeleteAsync(table, new(partition, key));
            Add(table, partition, key);
        }

        private async Task SwapAsync(string table, string partition, string left, string right)
        {
            var (one, other) = (await ReadAsync(table, partition, left), await ReadAsync(table, partition, right));
            await _intruder.PutAsync(table, Intruder.Copy(one, right));
            await _intruder.PutAsync(table, Intruder.Copy(other, left));
            Add(table, partition, left);
            Add(table, partition, right);
        }

        private async Task InsertAsync(string table, string partition, string like, string key)
        {
            await _intruder.PutAsync(table, Intruder.Copy(await ReadAsync(table, partition, like), key));
            Add(table, partition, key);
        }

        private async Task<TableEntity> ReadAsync(string table, string partition, string key) =>
            await _intruder.Table(table).GetAsync(partition, key, CancellationToken.None) ?? throw new InvalidDataException($"{table} has no row {key}.");

        private void Add(string table, string partition, string key) => _things.Add($"table {table}, partition {partition}, row {key}");
    }
}
