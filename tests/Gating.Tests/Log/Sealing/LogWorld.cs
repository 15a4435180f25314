using Gating.Archive;
using Gating.Ledger;
using Gating.Log;
using Gating.Log.Merkle;
using Gating.Log.Notes;
using Gating.Log.Sealing;
using Gating.Log.Tiles;
using Gating.Messages;
using Gating.Testing;
using Gating.Testing.Storage;
using Gating.Timelines;
using Gating.Tests.Log.Merkle;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;

namespace Gating.Tests.Log.Sealing;

/// <summary>Ledgers, a queue and a log in memory, and as many instances of the handler and the sealer as a test wants.</summary>
internal sealed class LogWorld
{
    public const string Origin = "gate.example/log";

    private readonly Ed25519NoteSigner _signer = Ed25519NoteSigner.Parse(Ed25519NoteSigner.Generate(Origin))!;

    /// <param name="further">Sign every checkpoint as well.</param>
    public LogWorld(params INoteSigner[] further)
    {
        Queues = new(Time, Faults);
        Ledger = new(Faults);
        Index = new(Faults);
        Timelines = new(Faults);
        Leaves = new(Faults);
        Log = new(Time, Faults);
        Published = InMemoryCheckpointStore.Published(Faults);
        LastKnown = InMemoryCheckpointStore.LastKnown(Faults);
        Keys = new(Origin, new(new byte[OperatorKey.Size]), [_signer, .. further], []);
        Restart();
    }

    public Faults Faults { get; } = new();

    public ManualTime Time { get; } = ManualTime.AtNoon();

    public InMemoryLedgerStore Ledger { get; }

    public InMemoryLeafStore Leaves { get; }

    public InMemoryLogStore Log { get; }

    public InMemoryCheckpointStore Published { get; }

    public InMemoryCheckpointStore LastKnown { get; }

    public LogKeys Keys { get; }

    public LogSealer Sealer { get; private set; } = null!;

    public TraceHandler Handler { get; private set; } = null!;

    public InMemoryMessageQueues Queues { get; }

    public InMemoryOutputIndex Index { get; }

    public InMemoryTimelineStore Timelines { get; }

    public IReadOnlyList<QueuedMessage> Queued => Queues.Messages;

    /// <summary>Streams whose entries need not be in the log.</summary>
    public HashSet<StreamId> Frozen { get; } = [];

    private LogStores Stores => new(Ledger, Leaves, Log, Published, LastKnown);

    /// <summary>A log of some leaves, and a message about six more: of streams that are new and one that is not, with a gap that the ledger fills.</summary>
    public static async Task<(LogWorld World, byte[] Message)> BeginAsync(int before)
    {
        var world = new LogWorld();
        var old = await world.LogAsync(before);
        await world.ShouldBeSoundAsync();
        var (one, two) = (await world.AppendAsync(1), await world.AppendAsync(3));
        await world.AppendAsync(2, old);
        world.Time.Pass(TimeSpan.FromMinutes(1));
        return (world, Message(new(one, 1, 1), new(old, before + 1, before + 2), new(two, 2, 3)));
    }

    /// <summary>Null where it could not know what it did.</summary>
    public static async Task<MessageOutcome?> TryAsync(Func<Task<MessageOutcome>> act)
    {
        try
        {
            return await act();
        }
        catch (StorageUnavailableException)
        {
            return null;
        }
    }

    /// <summary>What lived in memory is gone; what an instance held by time ends.</summary>
    public void Restart() => (Sealer, Handler) = NewInstance();

    public (LogSealer Sealer, TraceHandler Handler) NewInstance()
    {
        var indexes = NewIndexes();
        var sealer = new LogSealer(Stores, Keys, indexes, Queues, Time, NullLogger<LogSealer>.Instance);
        return (sealer, new(Stores, indexes, Queues, sealer, Time, NullLogger<TraceHandler>.Instance));
    }

    /// <summary>What an instance writes before the leaf rows of entries.</summary>
    public EntryIndexes NewIndexes() => new([new OutputIndexing(Index), new TimelineIndexing(Timelines, new(static () => true, TimeSpan.Zero), Time)]);

    /// <summary>Appends entries to a stream's ledger, without a word to the queue.</summary>
    public async Task<StreamId> AppendAsync(int count, StreamId? stream = null)
    {
        var id = stream ?? StreamId.Create();
        foreach (var chunk in Enumerable.Range(0, count).Chunk(90))
        {
            var head = await Ledger.ReadHeadAsync(id, default);
            var entries = Some.Chain(id, head?.Head ?? Head.New(Some.Salt), chunk.Length, json: """{"v":2,"app":"app","tool":"https://tools.test/face","issuer":"https://issuer.test"}""");
            (await Ledger.CommitAsync(Some.Batch(id, head, entries), default)).ShouldBeOfType<CommitOutcome.Committed>();
        }

        return id;
    }

    public static byte[] Message(params TraceReference[] references) => TraceMessage.Write(references);

    /// <summary>Appends, announces and handles, with time enough since the last seal.</summary>
    public async Task<StreamId> LogAsync(int count, StreamId? stream = null)
    {
        var id = await AppendAsync(count, stream);
        var last = (await Ledger.ReadHeadAsync(id, default))!.Head.Seq;
        Time.Pass(LogSealer.Pace);
        (await Handler.HandleAsync(Message(new TraceReference(id, last - count + 1, last)), default)).ShouldBeOfType<MessageOutcome.Done>();
        return id;
    }

    /// <summary>Delivers everything that is queued, whatever its delay, and what that queues, until nothing is.</summary>
    public async Task DrainAsync()
    {
        while (Queues.Take() is { } next)
        {
            Time.Pass(LogSealer.Pace);
            (await Handler.HandleAsync(next.Message, default)).ShouldBeOfType<MessageOutcome.Done>();
        }
    }

    public async Task<Checkpoint> CheckpointAsync() => Keys.Open((await Published.ReadAsync(default)).ShouldNotBeNull(), "published");

    /// <summary>
    /// What an auditor checks who trusts nothing but the key: the published tree is what its entries give, all its tiles are there, every checkpoint that was ever served is a prefix of it, every
    /// entry of every ledger is in it once, at the place that its row says, and on its three timelines, and nothing else is.
    /// </summary>
    public async Task ShouldBeSoundAsync()
    {
        Faults.Violations.ShouldBeEmpty();
        Leaves.Pending.ShouldBeEmpty();
        var checkpoint = await CheckpointAsync();
        (Log.State!.Size, Log.State.Root).ShouldBe((checkpoint.Size, checkpoint.Root));
        Keys.Open((await LastKnown.ReadAsync(default)).ShouldNotBeNull(), "last known").ShouldBe(checkpoint);
        var leaves = await ReadLeavesAsync(checkpoint.Size);
        await ShouldHaveTilesAsync(leaves);
        ShouldBePrefixes(leaves);
        await ShouldBeCompleteAsync(leaves);
    }

    private async Task<byte[][]> ReadLeavesAsync(long size)
    {
        var leaves = new List<byte[]>();
        for (var index = 0L; index * TileId.FullWidth < size; index++)
        {
            var id = new TileId(TileId.EntriesLevel, index, (int)Math.Min(TileId.FullWidth, size - (index * TileId.FullWidth)));
            var bundle = (await Log.ReadTileAsync(id, default)).ShouldNotBeNull(id.Path);
            leaves.AddRange(EntryBundle.Read(bundle, id.Width).ShouldNotBeNull().Select(static leaf => leaf.ToArray()));
        }

        return [.. leaves];
    }

    private async Task ShouldHaveTilesAsync(byte[][] leaves)
    {
        foreach (var tile in TileGrowth.Grow(0, new Dictionary<TileId, ReadOnlyMemory<byte>>(), [.. leaves.Select(static leaf => (ReadOnlyMemory<byte>)leaf)]))
        {
            (await Log.ReadTileAsync(tile.Id, default)).ShouldNotBeNull(tile.Id.Path).Span.SequenceEqual(tile.Bytes.Span).ShouldBeTrue(tile.Id.Path);
        }
    }

    private void ShouldBePrefixes(byte[][] leaves)
    {
        foreach (var store in new[] { Published, LastKnown })
        {
            var last = 0L;
            foreach (var checkpoint in store.History.Select(note => Keys.Open(new(note, string.Empty), "former")))
            {
                checkpoint.Size.ShouldBeGreaterThan(last);
                checkpoint.Root.ShouldBe(ReferenceTree.Root(leaves.AsSpan(0, (int)checkpoint.Size)));
                last = checkpoint.Size;
            }
        }
    }

    private async Task ShouldBeCompleteAsync(byte[][] leaves)
    {
        var places = leaves.Select(static (leaf, index) => (Leaf: LogLeaf.FromBytes(leaf), index)).ToDictionary(static leaf => leaf.Leaf.Tag, static leaf => (leaf.Leaf, Index: (long)leaf.index));
        var rows = Leaves.Rows.ToDictionary(static row => new LeafPlace(row.Stream, row.Seq));
        var items = Timelines.Rows.GroupBy(static row => row.Item).ToDictionary(static rows => rows.Key, static rows => rows.Select(static row => row.Timeline).ToArray());
        var count = 0;
        foreach (var stream in Ledger.Streams.Where(stream => !Frozen.Contains(stream)))
        {
            (await Leaves.ReadFrozenAsync(stream, default)).ShouldBeNull();
            var (key, last) = (LeafKey.Of(Keys.Data, stream), 0L);
            await foreach (var entry in Ledger.ReadEntriesAsync(stream, 1, long.MaxValue, default))
            {
                places.ShouldContainKey(key.Tag(entry.Seq), $"entry {entry.Seq} of {stream}");
                var (leaf, index) = places[key.Tag(entry.Seq)];
                leaf.CommitsTo(entry.Hash, key.Opening(entry.Seq)).ShouldBeTrue();
                rows[new(stream, entry.Seq)].Index.ShouldBe(index);
                items.ShouldContainKey(TimelineItem.Of(entry), $"no timeline has entry {entry.Seq} of {stream}");
                items[TimelineItem.Of(entry)].ShouldBe(EntryTimelines.Of(entry), ignoreOrder: true);
                (last, count) = (entry.Seq, count + 1);
            }

            places.ShouldNotContainKey(key.Tag(last + 1));
        }

        (leaves.Length - count).ShouldBe(Leaves.Rows.Count(row => row.Index is not null && Frozen.Contains(row.Stream)));
    }
}
