using System.Diagnostics;
using Gating.Azure;
using Gating.Ledger;
using Gating.Local.Storage;
using Gating.Log.Notes;
using Gating.Log.Sealing;
using Gating.Messages;
using Gating.Testing.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gating.Benchmarks.Log;

/// <summary>Leaves whose rows and pointers are there already, sealed by one run: what sealing alone is worth.</summary>
internal static class BacklogRun
{
    private const string Origin = "bench.example/log";

    private static int _runs;

    /// <summary>Leaves a second, from the first look at what is pending to the checkpoint that covers the last.</summary>
    /// <param name="each">Leaves of each stream.</param>
    public static async Task<double> RateAsync(AzuriteProcess azurite, int leaves, int each)
    {
        using var storage = new AzureStorage(StorageOptions.Development(azurite.Table, azurite.Queue, azurite.Blob, $"backlog{++_runs}") with { TryTimeout = TimeSpan.FromSeconds(30) }, TimeProvider.System, AzuriteStorage.DataKey);
        await storage.EnsureCreatedAsync(CancellationToken.None);
        await Parallel.ForEachAsync(Enumerable.Range(0, leaves / each), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (_, cancel) =>
        {
            var stream = StreamId.Create();
            var rows = Some.Chain(stream, Head.New(Some.Salt), each).Select(NewLeaf.Of).ToArray();
            await storage.Leaves.AddAsync(rows, cancel);
            await storage.Leaves.AddPendingAsync([.. rows.Select(row => new LeafPlace(stream, row.Seq))], cancel);
        });

        var keys = new LogKeys(Origin, new(new byte[OperatorKey.Size]), [Ed25519NoteSigner.Parse(Ed25519NoteSigner.Generate(Origin))!], []);
        var stores = new LogStores(storage.Ledger, storage.Leaves, storage.Log, storage.Published, storage.LastKnown);
        var sealer = new LogSealer(stores, keys, new EntryIndexes([]), new InMemoryMessageQueues(TimeProvider.System), TimeProvider.System, NullLogger<LogSealer>.Instance);
        var started = Stopwatch.GetTimestamp();
        while (await sealer.RunAsync(CancellationToken.None) is not SealRun.Done)
        {
            // Its time was over: the next run goes on.
        }

        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var size = keys.Open((await storage.Published.ReadAsync(CancellationToken.None))!, "published").Size;
        return size == leaves ? leaves / seconds : throw new InvalidOperationException($"{size} of {leaves} leaves were sealed.");
    }
}
