using Gating.Archive;
using Gating.Ledger;
using Gating.Log;
using Gating.Log.Merkle;
using Gating.Log.Notes;
using Gating.Log.Sealing;
using Gating.Log.Tiles;
using Gating.Messages;
using Gating.Testing.Storage;
using Gating.Timelines;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace Gating.Azure.Tests;

/// <summary>The log on real storage: behind a network that breaks every fifth exchange, and what it costs behind one that does not.</summary>
public sealed class LogFaultTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const string Origin = "gate.example/log";

    private static readonly WireFault[] Faults =
        [WireFault.ResetBefore, WireFault.AnswerLost, WireFault.Busy, WireFault.ErrorAfter, WireFault.CutOff, WireFault.Duplicate];

    private readonly LogKeys _keys = new(Origin, new(new byte[OperatorKey.Size]), [Ed25519NoteSigner.Parse(Ed25519NoteSigner.Generate(Origin))!], []);
    private readonly List<Checkpoint> _served = [];
    private StorageOptions _options = null!;
    private AzureStorage _direct = null!;

    public async Task InitializeAsync()
    {
        _options = await AzuriteStorage.NewOptionsAsync();
        _direct = new(_options, TimeProvider.System, _keys.Data);
        await _direct.EnsureCreatedAsync(default);
    }

    public Task DisposeAsync()
    {
        _direct.Dispose();
        return Task.CompletedTask;
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Behind_a_bad_network_one_log_comes_of_it(int seed)
    {
        await using var tables = await FaultProxy.StartAsync(_options.Tables);
        await using var blobs = await FaultProxy.StartAsync(_options.Blobs);
        using var storage = new AzureStorage(_options with { Tables = tables.Address, Blobs = blobs.Address }, TimeProvider.System, _keys.Data);
        await storage.EnsureCreatedAsync(default);
        var streams = await AppendAsync(streams: 6, each: 5);
        var (random, broken) = (new Random(seed), 0);
        WireFault Choose()
        {
            lock (random)
            {
                var fault = random.Next(5) == 0 ? Faults[random.Next(Faults.Length)] : WireFault.None;
                broken += fault is WireFault.None ? 0 : 1;
                return fault;
            }
        }

        tables.Choose((_, _) => Choose());
        blobs.Choose((_, _) => Choose());
        var failures = 0;
        foreach (var (stream, part) in streams.SelectMany(static stream => new[] { (stream, 1), (stream, 2) }).OrderBy(_ => random.Next()))
        {
            var message = TraceMessage.Write([part == 1 ? new(stream, 1, 2) : new(stream, 3, 5)]);
            for (var delivered = false; !delivered;)
            {
                try
                {
                    // A new instance for every delivery: nothing is remembered.
                    delivered = await NewHandler(storage).HandleAsync(message, default) is MessageOutcome.Done;
                }
                catch (StorageUnavailableException)
                {
                    failures++;
                    failures.ShouldBeLessThan(500);
                }

                await ServeAsync();
            }
        }

        await ReleaseAsync();
        (await NewSealer(_direct).RunAsync(default)).ShouldBe(SealRun.Done);
        await ShouldBeOneLogAsync(streams, 30);
        output.WriteLine($"{broken} exchanges broken, {failures} deliveries failed, {_served.Distinct().Count()} checkpoints served");
        broken.ShouldBeGreaterThan(20);
    }

    [Fact]
    public async Task A_leaf_costs_two_reads_where_each_is_of_another_stream_and_nearly_nothing_where_they_share_one()
    {
        var streams = await AppendAsync(streams: 500, each: 1);
        var one = (await AppendAsync(streams: 1, each: 500))[0];
        var apart = await CountAsync(TraceMessage.Write([.. streams.Select(static stream => new TraceReference(stream, 1, 1))]));
        await Task.Delay(LogSealer.Pace);
        var together = await CountAsync(TraceMessage.Write([new TraceReference(one, 1, 500)]));

        output.WriteLine($"500 streams: {apart.Requests / 500.0:0.00} requests a leaf, {apart.Elapsed.TotalSeconds:0.00} s; one stream: {together.Requests / 500.0:0.00} requests a leaf, {together.Elapsed.TotalSeconds:0.00} s");
        apart.Requests.ShouldBeLessThan(3 * 500);
        together.Requests.ShouldBeLessThan(500 / 2);
        await ServeAsync();
        await ShouldBeOneLogAsync([.. streams, one], 1000);
    }

    private async Task<(long Requests, TimeSpan Elapsed)> CountAsync(byte[] message)
    {
        var (before, started) = (_direct.Requests.Total, TimeProvider.System.GetTimestamp());
        (await NewHandler(_direct).HandleAsync(message, default)).ShouldBeOfType<MessageOutcome.Done>();
        return (_direct.Requests.Total - before, TimeProvider.System.GetElapsedTime(started));
    }

    /// <summary>Whoever lost the answer to its release has the lease until it ends by itself.</summary>
    private async Task ReleaseAsync()
    {
        string? lease;
        while ((lease = await _direct.Log.TryLeaseAsync(TimeSpan.FromSeconds(15), default)) is null)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(500));
        }

        await _direct.Log.ReleaseLeaseAsync(lease, default);
    }

    private async Task ServeAsync()
    {
        if (await _direct.Published.ReadAsync(default) is { } stored)
        {
            _served.Add(_keys.Open(stored, "served"));
        }
    }

    private async Task ShouldBeOneLogAsync(IReadOnlyList<StreamId> streams, int size)
    {
        await ServeAsync();
        var checkpoint = _served[^1];
        checkpoint.Size.ShouldBe(size);
        var leaves = new List<LogLeaf>();
        for (var index = 0; index * 256 < size; index++)
        {
            var id = new TileId(TileId.EntriesLevel, index, Math.Min(256, size - (index * 256)));
            var bundle = (await _direct.Log.ReadTileAsync(id, default)).ShouldNotBeNull(id.Path);
            leaves.AddRange(EntryBundle.Read(bundle, id.Width).ShouldNotBeNull().Select(static leaf => LogLeaf.FromBytes(leaf.Span)));
        }

        TreeHash[] hashes = [.. leaves.Select(static leaf => leaf.Hash)];
        _served.ForEach(served => TreeEdge.Empty.Append(hashes.AsSpan(0, (int)served.Size)).Root.ShouldBe(served.Root));
        _served.Select(static served => served.Size).ShouldBeInOrder();
        var places = leaves.Select(static (leaf, index) => (leaf, index)).ToDictionary(static leaf => leaf.leaf, static leaf => (long?)leaf.index);
        foreach (var stream in streams)
        {
            var (key, rows) = (LeafKey.Of(_keys.Data, stream), await _direct.Leaves.ReadAsync(stream, 1, 999, default));
            await foreach (var entry in _direct.Ledger.ReadEntriesAsync(stream, 1, 999, default))
            {
                rows[(int)entry.Seq - 1].Index.ShouldBe(places[key.LeafOf(entry.Seq, entry.Hash)]);
            }
        }

        (await _direct.Leaves.ReadPendingAsync(10, default)).ShouldBeEmpty();
    }

    private async Task<StreamId[]> AppendAsync(int streams, int each)
    {
        StreamId[] ids = [.. Enumerable.Range(0, streams).Select(static _ => StreamId.Create())];
        await Parallel.ForEachAsync(ids, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (stream, cancel) =>
        {
            foreach (var chunk in Enumerable.Range(0, each).Chunk(90))
            {
                var head = await _direct.Ledger.ReadHeadAsync(stream, cancel);
                var entries = Some.Chain(stream, head?.Head ?? Head.New(Some.Salt), chunk.Length);
                (await _direct.Ledger.CommitAsync(Some.Batch(stream, head, entries), cancel)).ShouldBeOfType<CommitOutcome.Committed>();
            }
        });
        return ids;
    }

    private TraceHandler NewHandler(AzureStorage storage) =>
        new(StoresOf(storage), IndexesOf(storage), new InMemoryMessageQueues(TimeProvider.System), NewSealer(storage), TimeProvider.System, NullLogger<TraceHandler>.Instance);

    private LogSealer NewSealer(AzureStorage storage) => new(StoresOf(storage), _keys, IndexesOf(storage), new InMemoryMessageQueues(TimeProvider.System), TimeProvider.System, NullLogger<LogSealer>.Instance);

    private static EntryIndexes IndexesOf(AzureStorage storage) => new([new OutputIndexing(storage.Index), new TimelineIndexing(storage.Timelines, new(static () => true, TimeSpan.Zero), TimeProvider.System)]);

    private static LogStores StoresOf(AzureStorage storage) => new(storage.Ledger, storage.Leaves, storage.Log, storage.Published, storage.LastKnown);
}
