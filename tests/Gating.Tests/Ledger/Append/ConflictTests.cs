using Gating.Ledger;
using Gating.Testing;
using Gating.Testing.Storage;
using Shouldly;
using Xunit;

namespace Gating.Tests.Ledger.Append;

/// <summary>Conflicts and lost answers are told apart by what stands at the seq that was tried.</summary>
public sealed class ConflictTests
{
    private readonly LedgerWorld _world = new();

    [Fact]
    public async Task A_moved_head_is_read_and_decided_on_again()
    {
        await _world.AppendAsync(limit: 2);
        await _world.AppendAsync(limit: 2, by: _world.NewInstance());
        (await _world.AppendAsync(limit: 2)).ShouldBeOfType<AppendOutcome<bool>.Done>().Answer.ShouldBeFalse();
        (await _world.UsedAsync()).ShouldBe(2);
        await _world.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task A_commit_whose_answer_was_lost_is_recognised_as_our_own()
    {
        _world.Faults.On(StoreCall.Commit, Fault.After);
        var done = (await _world.AppendAsync()).ShouldBeOfType<AppendOutcome<bool>.Done>();
        done.Answer.ShouldBeTrue();
        (await _world.UsedAsync()).ShouldBe(1);
        (await _world.HeadAsync()).Hash.ShouldBe(done.Entries[0].Hash);
        await _world.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task A_commit_that_never_arrived_is_made_again_and_charged_once()
    {
        _world.Faults.On(StoreCall.Commit, Fault.Before);
        (await _world.AppendAsync()).ShouldBeOfType<AppendOutcome<bool>.Done>().Answer.ShouldBeTrue();
        (await _world.UsedAsync()).ShouldBe(1);
        await _world.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task A_commit_that_arrives_twice_counts_once()
    {
        _world.Faults.On(StoreCall.Commit, Fault.Duplicate);
        (await _world.AppendAsync()).ShouldBeOfType<AppendOutcome<bool>.Done>();
        (await _world.UsedAsync()).ShouldBe(1);
        await _world.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task A_whole_batch_whose_answer_was_lost_is_recognised()
    {
        var hold = _world.Faults.HoldNext(StoreCall.Commit);
        var first = _world.AppendAsync();
        await hold.Reached;
        var rest = Enumerable.Range(0, 20).Select(_ => _world.AppendAsync()).ToArray();
        _world.Faults.On(StoreCall.Commit, Fault.After);
        hold.Release();
        (await Task.WhenAll(rest.Append(first))).ShouldAllBe(outcome => outcome is AppendOutcome<bool>.Done);
        (await _world.UsedAsync()).ShouldBe(21);
        await _world.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task An_attempt_that_lands_late_is_recognised_and_not_repeated()
    {
        await _world.AppendAsync();

        // The first try hangs in the network: its answer is lost now, its effect comes later. A second try meets it.
        var late = _world.Faults.HoldNext(StoreCall.Commit);
        var slow = new SlowCommits(_world.Store);
        var appender = new Appender(slow, _world.Queue, LedgerWorld.Key, _world.Time);
        slow.LoseNextAndLandOnSecond = true;
        late.Release();
        (await _world.AppendAsync(by: appender)).ShouldBeOfType<AppendOutcome<bool>.Done>();
        (await _world.UsedAsync()).ShouldBe(2);
        (await _world.HeadAsync()).Seq.ShouldBe(2);
        await _world.ShouldBeSoundAsync();
    }

    [Theory]
    [InlineData(StoreCall.ReadHead)]
    [InlineData(StoreCall.ReadEntry)]
    public async Task An_attempt_that_lands_while_it_is_looked_for_is_charged_once(StoreCall landsBefore)
    {
        await _world.AppendAsync();
        var appender = new Appender(new LateCommit(_world.Store, landsBefore), _world.Queue, LedgerWorld.Key, _world.Time);
        (await _world.AppendAsync(by: appender)).ShouldBeOfType<AppendOutcome<bool>.Done>().Entries[0].Seq.ShouldBe(2);
        (await _world.UsedAsync()).ShouldBe(2);
        await _world.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task A_head_beyond_an_entry_that_is_not_there_freezes_the_stream()
    {
        await _world.AppendAsync();
        var appender = new Appender(new WithoutEntries(_world.Store), _world.Queue, LedgerWorld.Key, _world.Time);
        await Should.ThrowAsync<StreamFrozenException>(_world.AppendAsync(by: appender));
    }

    [Fact]
    public async Task Of_several_attempts_the_one_that_happened_is_answered()
    {
        _world.Faults.On(StoreCall.Commit, Fault.Before);
        _world.Faults.On(StoreCall.Commit, Fault.After, nth: 2);
        var done = (await _world.AppendAsync(secret: "sealed anew each time")).ShouldBeOfType<AppendOutcome<bool>.Done>();
        _world.Faults.Calls(StoreCall.Commit).ShouldBe(2);
        done.Entries[0].Hash.ShouldBe((await _world.HeadAsync()).Hash);
        (await _world.AppendAsync()).ShouldBeOfType<AppendOutcome<bool>.Done>();
        await _world.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task When_the_tried_entry_cannot_be_read_either_nobody_is_told_yes_or_no()
    {
        using (_world.Faults.Outage(Fault.Before, StoreCall.ReadEntry))
        {
            _world.Faults.On(StoreCall.Commit, Fault.After);
            await Should.ThrowAsync<StorageUnavailableException>(_world.AppendAsync());
        }

        // It had happened; nobody was told; the next one builds on it.
        (await _world.AppendAsync()).ShouldBeOfType<AppendOutcome<bool>.Done>().Entries[0].Seq.ShouldBe(2);
        await _world.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task Storage_that_comes_back_serves_again_without_a_restart()
    {
        await _world.AppendAsync();
        using (_world.Faults.Outage(Fault.Before))
        {
            await Should.ThrowAsync<StorageUnavailableException>(_world.AppendAsync());
        }

        (await _world.AppendAsync()).ShouldBeOfType<AppendOutcome<bool>.Done>();
        (await _world.UsedAsync()).ShouldBe(2);
        await _world.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task Two_instances_never_pass_the_limit()
    {
        var instances = Enumerable.Range(0, 4).Select(_ => _world.NewInstance()).ToArray();
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 400).Select(i => Task.Run(() => _world.AppendAsync(limit: 100, by: instances[i % 4]))));
        var granted = outcomes.Count(outcome => outcome is AppendOutcome<bool>.Done { Answer: true });
        outcomes.ShouldAllBe(outcome => outcome is AppendOutcome<bool>.Done);
        granted.ShouldBe(100);
        (await _world.UsedAsync()).ShouldBe(100);
        await _world.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task A_head_that_keeps_moving_ends_in_a_clear_refusal_after_two_seconds()
    {
        await _world.AppendAsync();
        var contended = new Appender(new AlwaysMoved(_world.Store, _world.Time), _world.Queue, LedgerWorld.Key, _world.Time);
        (await _world.AppendAsync(by: contended)).ShouldBe(new AppendOutcome<bool>.Shed(ShedReason.Contended));
    }

    [Fact]
    public async Task Between_two_conflicts_it_stands_back()
    {
        const int Conflicts = 12;
        var time = ManualTime.Stepped();
        var append = _world.AppendAsync(by: new(new MovedFor(Conflicts, _world.Store), _world.Queue, LedgerWorld.Key, time));
        while (!append.IsCompleted)
        {
            // Only while it stands back: where the append is slow to go on, time would run through the two seconds that it has.
            if (time.Waiting > 0)
            {
                time.Pass(TimeSpan.FromMilliseconds(128));
            }

            await Task.Yield();
        }

        // Jitter may be zero now and then; in all of them it is not. After the first it tries at once; after its own commit it rests.
        (await append).ShouldBeOfType<AppendOutcome<bool>.Done>();
        time.Delays.Count.ShouldBeInRange(2, Conflicts);
        time.Delays.ShouldAllBe(delay => delay < TimeSpan.FromMilliseconds(128));
    }

    /// <summary>Another writer is faster so many times.</summary>
    private sealed class MovedFor(int times, ILedgerStore inner) : LedgerStoreDecorator(inner)
    {
        private int _times;

        public override Task<CommitOutcome> CommitAsync(LedgerBatch batch, CancellationToken cancellation) =>
            _times++ < times ? Task.FromResult<CommitOutcome>(new CommitOutcome.HeadMoved()) : base.CommitAsync(batch, cancellation);
    }

    /// <summary>Another writer is always faster; each try costs half a second.</summary>
    private sealed class AlwaysMoved(ILedgerStore inner, ManualTime time) : LedgerStoreDecorator(inner)
    {
        private int _tries;

        public override Task<CommitOutcome> CommitAsync(LedgerBatch batch, CancellationToken cancellation)
        {
            _tries++.ShouldBeLessThan(10);
            time.Pass(TimeSpan.FromSeconds(0.5));
            return Task.FromResult<CommitOutcome>(new CommitOutcome.HeadMoved());
        }
    }

    /// <summary>The first commit is lost on the way and takes effect just before one of the two reads that look for it, after the other one.</summary>
    private sealed class LateCommit(ILedgerStore inner, StoreCall landsBefore) : LedgerStoreDecorator(inner)
    {
        private readonly TaskCompletionSource _otherRead = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private LedgerBatch? _underway;
        private bool _lost;

        public override async Task<CommitOutcome> CommitAsync(LedgerBatch batch, CancellationToken cancellation)
        {
            if (_lost)
            {
                return await base.CommitAsync(batch, cancellation);
            }

            (_lost, _underway) = (true, batch);
            throw new StorageUnavailableException("timed out");
        }

        public override Task<StoredHead?> ReadHeadAsync(StreamId stream, CancellationToken cancellation) =>
            ReadAsync(StoreCall.ReadHead, () => base.ReadHeadAsync(stream, cancellation));

        public override Task<Entry?> ReadEntryAsync(StreamId stream, long seq, CancellationToken cancellation) =>
            ReadAsync(StoreCall.ReadEntry, () => base.ReadEntryAsync(stream, seq, cancellation));

        private async Task<T> ReadAsync<T>(StoreCall call, Func<Task<T>> read)
        {
            if (_underway is null)
            {
                return await read();
            }

            if (call != landsBefore)
            {
                var early = await read();
                _otherRead.SetResult();
                return early;
            }

            // Read one after the other in this order, the other one never comes first.
            await Task.WhenAny(_otherRead.Task, Task.Delay(TimeSpan.FromMilliseconds(500)));
            if (Interlocked.Exchange(ref _underway, null) is { } late)
            {
                (await base.CommitAsync(late, default)).ShouldBeOfType<CommitOutcome.Committed>();
            }

            return await read();
        }
    }

    /// <summary>Entries are gone, and the head moves at the first commit.</summary>
    private sealed class WithoutEntries(ILedgerStore inner) : LedgerStoreDecorator(inner)
    {
        public override Task<Entry?> ReadEntryAsync(StreamId stream, long seq, CancellationToken cancellation) => Task.FromResult<Entry?>(null);

        public override async Task<CommitOutcome> CommitAsync(LedgerBatch batch, CancellationToken cancellation)
        {
            await base.CommitAsync(batch, cancellation);
            return new CommitOutcome.HeadMoved();
        }
    }

    /// <summary>The first commit is lost on the way and takes effect just before the second is looked at.</summary>
    private sealed class SlowCommits(ILedgerStore inner) : LedgerStoreDecorator(inner)
    {
        private LedgerBatch? _underway;

        public bool LoseNextAndLandOnSecond { get; set; }

        public override async Task<CommitOutcome> CommitAsync(LedgerBatch batch, CancellationToken cancellation)
        {
            if (LoseNextAndLandOnSecond)
            {
                LoseNextAndLandOnSecond = false;
                _underway = batch;
                throw new StorageUnavailableException("timed out");
            }

            if (Interlocked.Exchange(ref _underway, null) is { } first)
            {
                (await base.CommitAsync(first, cancellation)).ShouldBeOfType<CommitOutcome.Committed>();
            }

            return await base.CommitAsync(batch, cancellation);
        }
    }
}
