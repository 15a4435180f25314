using Gating.Ledger;
using Gating.Testing;
using Gating.Testing.Storage;
using Gating.Timelines;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;

namespace Gating.Tests.Timelines;

/// <summary>Timelines, the operator's ledger and cursors in memory, and as many instances of the task that closes hours as a test wants.</summary>
internal sealed class HourWorld
{
    private static readonly OperatorKey Key = new(new byte[OperatorKey.Size]);

    private readonly InMemoryNameStore _names;
    private readonly InMemoryTraceQueue _queue;

    public HourWorld()
    {
        (Store, Ledger, Cursors) = (new(Faults), new(Faults), new(Faults));
        (_names, _queue) = (new(Faults), new(Faults));
    }

    public Faults Faults { get; } = new();

    public ManualTime Time { get; } = ManualTime.AtNoon();

    public InMemoryTimelineStore Store { get; }

    public InMemoryLedgerStore Ledger { get; }

    public InMemoryTaskCursors Cursors { get; }

    public bool IsClockRight { get; set; } = true;

    /// <summary>The hour that is running when a test begins.</summary>
    public static UtcHour Noon { get; } = UtcHour.Of(ManualTime.Noon);

    public HourClosing NewInstance() => new(
        Store, Ledger, new(Ledger, _queue, Key, Time), new(_names, Key), Cursors, new(() => IsClockRight, TimeSpan.Zero), Time, NullLogger<HourClosing>.Instance);

    public Task<HourTally> RunAsync() => NewInstance().RunAsync(default);

    /// <summary>Null where it could not know what it did.</summary>
    public async Task<HourTally?> TryAsync(HourClosing? by = null)
    {
        try
        {
            return await (by ?? NewInstance()).RunAsync(default);
        }
        catch (StorageUnavailableException)
        {
            return null;
        }
    }

    /// <summary>Indexes entries of that hour, each of a stream of its own, as an instance that remembers nothing.</summary>
    public Task IndexAsync(UtcHour hour, int count) =>
        new TimelineIndexing(Store, new(static () => true, TimeSpan.Zero), Time).AddAsync([.. Enumerable.Range(0, count).Select(i => SomeTimelines.EntryAt(hour.Start.AddMilliseconds(i)))], default);

    /// <summary>Until the lists of this hour and the hours before it may be taken up.</summary>
    public void PassHour() => Time.Pass(TimeSpan.FromHours(1) + HourClosing.Wait);

    /// <summary>What the operator's ledger says of hours, in its order.</summary>
    public async Task<List<(long Seq, ClosedHour Closed)>> ClosedAsync()
    {
        var closed = new List<(long, ClosedHour)>();
        foreach (var stream in Ledger.Streams)
        {
            await foreach (var entry in Ledger.ReadEntriesAsync(stream, 1, long.MaxValue, default))
            {
                closed.Add((entry.Seq, ClosedHour.Read(entry).ShouldNotBeNull()));
            }
        }

        return closed;
    }

    /// <summary>Of every hour of an app or a tool the last entry of the ledger says what its rows are, and its row names that entry; the ledger is one and whole, and no store saw a rule broken.</summary>
    public async Task ShouldBeRightAsync(string? what = null)
    {
        Faults.Violations.ShouldBeEmpty(what);
        var operators = Ledger.Streams.ShouldHaveSingleItem(what);
        (await StreamVerifier.VerifyAsync(Ledger, operators, default)).Findings.ShouldBeEmpty(what);
        var last = (await ClosedAsync()).GroupBy(static one => (one.Closed.Timeline, one.Closed.Hour)).ToDictionary(static hour => hour.Key, static hour => hour.Last());
        var hours = Store.Rows.Where(static row => row.Timeline.IsClosed).GroupBy(static row => (row.Timeline, row.Shard.Hour)).ToList();
        last.Count.ShouldBe(hours.Count, what);
        foreach (var hour in hours)
        {
            var (seq, closed) = last[hour.Key];
            closed.Digest.ShouldBe(HourDigest.Of(hour.OrderBy(static row => row.Item.Position, TimelinePosition.Order).Select(static row => row.Item.Entry)), what);
            (await Store.ReadClosedAsync(hour.Key.Timeline, hour.Key.Hour, default)).ShouldBe(new Gating.Log.Sealing.LeafPlace(operators, seq), what);
        }
    }
}
