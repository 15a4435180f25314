using Gating.Ledger;
using Gating.Testing;
using Gating.Testing.Storage;
using Shouldly;
using Xunit;

namespace Gating.Tests.Ledger.Append;

/// <summary>Instances that write one stream take turns: who loses is not shut out by who won last.</summary>
public sealed class PaceTests
{
    private static readonly TimeSpan OneWay = TimeSpan.FromMilliseconds(2);

    private readonly LedgerWorld _world = new();

    [Fact]
    public async Task A_writer_gets_its_turn_on_a_stream_that_another_one_keeps_busy()
    {
        const int Newcomers = 8;
        const int Most = Newcomers * 8 * StreamPace.Streak;
        var distant = new Distant(_world.Store);
        var busy = new Appender(distant, _world.Queue, LedgerWorld.Key, _world.Time);
        using var enough = new CancellationTokenSource();
        var load = Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            while (!enough.IsCancellationRequested)
            {
                await _world.AppendAsync(limit: 1_000_000, by: busy);
            }
        })));

        // Each comes when the busy one believes to be alone. Counted together: one may wait long, where the machine has no time for it at that moment.
        var (entered, waited) = (0, 0);
        while (entered < Newcomers && waited < Most)
        {
            await Task.Delay(50);
            var (before, late) = (distant.Commits, new Appender(distant, _world.Queue, LedgerWorld.Key, _world.Time));
            entered += await _world.AppendAsync(limit: 1_000_000, by: late) is AppendOutcome<bool>.Done ? 1 : 0;
            waited += distant.Commits - before;
        }

        await enough.CancelAsync();
        await load;
        entered.ShouldBe(Newcomers, $"within {waited} commits");
        await _world.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task Who_believes_to_be_alone_stands_back_after_a_streak()
    {
        var time = ManualTime.Stepped();
        var pace = new StreamPace(new AppenderContext(_world.Store, new TraceAnnouncer(_world.Queue), LedgerWorld.Key, time));
        for (var commit = 1; commit < StreamPace.Streak; commit++)
        {
            pace.Committed($"{commit}", time.GetTimestamp());
            pace.RestAsync().IsCompleted.ShouldBeTrue($"commit {commit}");
        }

        pace.Committed("last", time.GetTimestamp());
        var breath = pace.RestAsync();
        breath.IsCompleted.ShouldBeFalse();
        time.Pass(StreamPace.ShortestRoundTrip * StreamPace.BreathRoundTrips);
        await breath;
    }

    [Fact]
    public async Task Who_met_another_writer_reads_before_it_commits_until_it_is_alone_again()
    {
        var other = _world.NewInstance();
        await _world.AppendAsync();
        await _world.AppendAsync(by: other);
        await _world.AppendAsync();

        // It lost to the other one just now, so that it reads first; it is alone, learns so, and the one after rests on what it knows.
        await ShouldReadHeadsAsync(1, () => _world.AppendAsync());
        await ShouldReadHeadsAsync(0, () => _world.AppendAsync());
        await _world.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task Who_met_another_writer_leaves_it_a_turn_after_its_own()
    {
        await _world.AppendAsync();
        await _world.AppendAsync(by: _world.NewInstance());
        await _world.AppendAsync();
        var hold = _world.Faults.HoldNext(StoreCall.Commit);

        var next = _world.AppendAsync();
        hold.Reached.IsCompleted.ShouldBeFalse();
        await hold.Reached;
        hold.Release();
        (await next).ShouldBeOfType<AppendOutcome<bool>.Done>();
    }

    private async Task ShouldReadHeadsAsync(int heads, Func<Task> append)
    {
        var before = _world.Faults.Calls(StoreCall.ReadHead);
        await append();
        (_world.Faults.Calls(StoreCall.ReadHead) - before).ShouldBe(heads);
    }

    /// <summary>A store some milliseconds away.</summary>
    private sealed class Distant(ILedgerStore inner) : LedgerStoreDecorator(inner)
    {
        private int _commits;

        /// <summary>Those that won.</summary>
        public int Commits => Volatile.Read(ref _commits);

        public override Task<StoredHead?> ReadHeadAsync(StreamId stream, CancellationToken cancellation) => AwayAsync(() => base.ReadHeadAsync(stream, cancellation));

        public override Task<Entry?> ReadEntryAsync(StreamId stream, long seq, CancellationToken cancellation) => AwayAsync(() => base.ReadEntryAsync(stream, seq, cancellation));

        public override async Task<CommitOutcome> CommitAsync(LedgerBatch batch, CancellationToken cancellation)
        {
            var outcome = await AwayAsync(() => base.CommitAsync(batch, cancellation));
            if (outcome is CommitOutcome.Committed)
            {
                Interlocked.Increment(ref _commits);
            }

            return outcome;
        }

        private static async Task<T> AwayAsync<T>(Func<Task<T>> call)
        {
            await Task.Delay(OneWay);
            var answer = await call();
            await Task.Delay(OneWay);
            return answer;
        }
    }
}
