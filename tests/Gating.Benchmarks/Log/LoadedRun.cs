using System.Collections.Concurrent;
using Gating.Azure;
using Gating.Ledger;
using Gating.Log;
using Gating.Log.Sealing;
using Gating.Testing.Log;

namespace Gating.Benchmarks.Log;

/// <summary>Requests of the gate to storage, and rows in them.</summary>
internal readonly record struct Spent(long BlobWrites, long Entities, long TableRequests, long QueueRequests, long QueuePuts)
{
    private static readonly StorageOperation[] Tables = [StorageOperation.Get, StorageOperation.Insert, StorageOperation.Update, StorageOperation.Delete, StorageOperation.Transaction, StorageOperation.Query];

    public static Spent Read(StorageRequests requests) => new(
        requests[StorageOperation.BlobPut], requests.EntitiesSent, Tables.Sum(table => requests[table]), requests[StorageOperation.QueuePut] + requests[StorageOperation.QueueOther], requests[StorageOperation.QueuePut]);

    public static Spent operator -(Spent after, Spent before) => new(
        after.BlobWrites - before.BlobWrites, after.Entities - before.Entities, after.TableRequests - before.TableRequests, after.QueueRequests - before.QueueRequests, after.QueuePuts - before.QueuePuts);
}

/// <summary>Entries made under load and sealed meanwhile.</summary>
/// <param name="Busy">Requests that were answered 503.</param>
/// <param name="Rate">Entries a second, while the load lasted.</param>
/// <param name="P50">Seconds from the time of the decision, which is before its commit, until the checkpoint that covers it was read over HTTP; the others likewise.</param>
/// <param name="Found">Entries of all ledgers, whose leaf is in the tree, at the place that its row says, and nothing else is; earlier runs' included.</param>
internal sealed record LoadedRun(int Entries, long Busy, double Rate, double P50, double P99, double Longest, Spent Spent, int Seals, long Total, long Found)
{
    public static async Task<LoadedRun> MeasureAsync(LogStage stage, int entries, int connections)
    {
        var before = Spent.Read(stage.Requests);
        var earlier = await stage.SizeAsync();
        using var stop = new CancellationTokenSource();
        var watching = WatchAsync(stage, stop.Token);
        var load = await stage.LoadAsync(entries, connections);
        var total = await stage.CoveredAsync();
        await stop.CancelAsync();
        var seen = await watching;
        var spent = Spent.Read(stage.Requests) - before;

        var log = await PlainLog.ReadAsync(stage.Http, stage.Log);
        var latencies = await LatenciesAsync(stage, log, seen, earlier);
        var found = latencies.Count + earlier;
        var sorted = latencies.Order().ToArray();
        double At(double quantile) => sorted[(int)Math.Min(sorted.Length - 1, sorted.Length * quantile)];
        var busy = load.Others.GetValueOrDefault(503);
        return new(latencies.Count, busy, load.Rate, At(0.5), At(0.99), sorted[^1], spent, seen.Count, total, log.Size == total ? found : -1);
    }

    public double PerEntry(long count) => (double)count / Entries;

    private static async Task<List<(DateTimeOffset At, long Size)>> WatchAsync(LogStage stage, CancellationToken stop)
    {
        var seen = new List<(DateTimeOffset At, long Size)>();
        for (var last = await stage.SizeAsync(); !stop.IsCancellationRequested;)
        {
            if (await stage.SizeAsync() is var size && size > last)
            {
                seen.Add((DateTimeOffset.UtcNow, size));
                last = size;
            }

            await Task.Delay(20, CancellationToken.None);
        }

        return seen;
    }

    private static async Task<ConcurrentBag<double>> LatenciesAsync(LogStage stage, PlainLog log, List<(DateTimeOffset At, long Size)> seen, long earlier)
    {
        var (ledger, leaves, keys) = (stage.Services.GetRequiredService<ILedgerStore>(), stage.Services.GetRequiredService<LogStores>().Leaves, stage.Services.GetRequiredService<LogKeys>());
        var (places, latencies) = (log.Places(), new ConcurrentBag<double>());
        await Parallel.ForEachAsync(await stage.StreamsAsync(), new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (stream, cancel) =>
        {
            var key = LeafKey.Of(keys.Data, stream);
            var rows = (await leaves.ReadAsync(stream, 1, long.MaxValue, cancel)).ToDictionary(static row => row.Seq);
            await foreach (var entry in ledger.ReadEntriesAsync(stream, 1, long.MaxValue, cancel))
            {
                var index = places[Convert.ToHexStringLower(key.LeafOf(entry.Seq, entry.Hash).ToBytes())];
                if (rows[entry.Seq].Index != index)
                {
                    throw new InvalidDataException($"Leaf {index} is not where its row says.");
                }

                if (index >= earlier)
                {
                    latencies.Add((seen.First(checkpoint => checkpoint.Size > index).At - entry.Time).TotalSeconds);
                }
            }
        });
        return latencies;
    }
}
