using Gating.Ledger;
using Gating.Testing;
using Gating.Testing.Storage;
using Shouldly;
using Xunit;

namespace Gating.Tests.Ledger.Append;

public sealed class CommitTests
{
    private readonly LedgerWorld _world = new();

    [Fact]
    public async Task A_warm_append_is_one_commit_and_one_put_without_a_read()
    {
        await _world.AppendAsync();
        var (calls, commits, puts) = (_world.Faults.AllCalls, _world.Faults.Calls(StoreCall.Commit), _world.Faults.Calls(StoreCall.PutTrace));
        for (var i = 0; i < 100; i++)
        {
            (await _world.AppendAsync()).ShouldBeOfType<AppendOutcome<bool>.Done>();
        }

        (_world.Faults.Calls(StoreCall.Commit) - commits).ShouldBe(100);
        (_world.Faults.Calls(StoreCall.PutTrace) - puts).ShouldBe(100);
        (_world.Faults.AllCalls - calls).ShouldBe(200);
    }

    [Fact]
    public async Task The_answer_waits_for_the_commit()
    {
        var commit = _world.Faults.HoldNext(StoreCall.Commit);
        var append = _world.AppendAsync();
        await commit.Reached;
        await Eventually.TrueAsync(() => _world.Queue.References.Count == 1);
        await LedgerWorld.ShouldStillWaitAsync(append);
        commit.Release();
        await append;
    }

    [Fact]
    public async Task The_answer_waits_for_the_reference()
    {
        var put = _world.Faults.HoldNext(StoreCall.PutTrace);
        var append = _world.AppendAsync();
        await put.Reached;
        await Eventually.TrueAsync(() => _world.Store.Streams.Count == 1);
        await LedgerWorld.ShouldStillWaitAsync(append);
        put.Release();
        await append;
    }

    [Fact]
    public async Task While_a_reference_is_on_its_way_the_next_batch_commits()
    {
        var put = _world.Faults.HoldNext(StoreCall.PutTrace);
        var first = _world.AppendAsync();
        await put.Reached;
        var second = _world.AppendAsync();
        await Eventually.TrueAsync(() => _world.Faults.Calls(StoreCall.Commit) == 2);
        put.Release();
        await Task.WhenAll(first, second);
        await _world.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task Appends_that_arrive_while_a_transaction_is_in_flight_share_the_next()
    {
        var hold = _world.Faults.HoldNext(StoreCall.Commit);
        var first = _world.AppendAsync();
        await hold.Reached;
        var rest = Enumerable.Range(0, 50).Select(_ => _world.AppendAsync()).ToArray();
        hold.Release();
        await Task.WhenAll(rest.Append(first));
        _world.Faults.Calls(StoreCall.Commit).ShouldBe(2);
        (await _world.HeadAsync()).Seq.ShouldBe(51);
        await _world.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task A_batch_never_holds_more_operations_than_a_transaction_may()
    {
        var hold = _world.Faults.HoldNext(StoreCall.Commit);
        var first = _world.AppendAsync();
        await hold.Reached;
        var rest = Enumerable.Range(0, 80).Select(i => _world.AppendAsync(keys: [_world.KeyOf($"a{i}"), _world.KeyOf($"b{i}")])).ToArray();
        hold.Release();
        await Task.WhenAll(rest.Append(first));
        _world.Faults.Calls(StoreCall.Commit).ShouldBeInRange(4, 8);
        (await _world.HeadAsync()).Seq.ShouldBe(81);
        await _world.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task References_that_arrive_while_a_message_is_in_flight_share_the_next()
    {
        var hold = _world.Faults.HoldNext(StoreCall.PutTrace);
        var first = _world.AppendAsync();
        await hold.Reached;
        var rest = Enumerable.Range(0, 20).Select(i => _world.AppendAsync(stream: new(new(0, (ulong)(100 + i))))).ToArray();
        await Eventually.TrueAsync(() => _world.Faults.Calls(StoreCall.Commit) == 21);
        hold.Release();
        await Task.WhenAll(rest.Append(first));
        _world.Queue.Messages.Count.ShouldBe(2);
        _world.Queue.References.Count.ShouldBe(21);
    }

    [Fact]
    public async Task A_message_never_holds_more_references_than_it_may()
    {
        var hold = _world.Faults.HoldNext(StoreCall.PutTrace);
        var first = _world.AppendAsync();
        await hold.Reached;
        var rest = Enumerable.Range(0, ITraceQueue.MaxReferences + 1).Select(i => _world.AppendAsync(stream: new(new(0, (ulong)(100 + i))))).ToArray();
        hold.Release();
        await Task.WhenAll(rest.Append(first));
        _world.Queue.Messages.Select(message => message.Count).ShouldBe([1, ITraceQueue.MaxReferences, 1]);
    }

    [Fact]
    public async Task A_batch_of_large_entries_stays_under_four_mebibytes()
    {
        var recording = new RecordingStore(_world.Store);
        var appender = new Appender(recording, _world.Queue, LedgerWorld.Key, _world.Time);
        var hold = _world.Faults.HoldNext(StoreCall.Commit);
        var first = _world.AppendAsync(by: appender);
        await hold.Reached;
        var large = new string('x', 200_000);
        var rest = Enumerable.Range(0, 40).Select(_ => _world.AppendAsync(by: appender, secret: large)).ToArray();
        hold.Release();
        (await Task.WhenAll(rest.Append(first))).ShouldAllBe(outcome => outcome is AppendOutcome<bool>.Done);
        recording.Sizes.ShouldAllBe(size => size < 3 * 1024 * 1024);
        await _world.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task No_more_than_256_wait_for_one_stream()
    {
        var hold = _world.Faults.HoldNext(StoreCall.Commit);
        var first = _world.AppendAsync();
        await hold.Reached;
        var waiting = Enumerable.Range(0, Appender.MaxWaiting).Select(_ => _world.AppendAsync()).ToArray();
        var more = _world.AppendAsync();
        hold.Release();
        (await more).ShouldBe(new AppendOutcome<bool>.Shed(ShedReason.TooManyWaiting));
        (await Task.WhenAll(waiting.Append(first))).ShouldAllBe(outcome => outcome is AppendOutcome<bool>.Done);
    }

    [Fact]
    public async Task An_answer_without_an_entry_rests_on_a_head_that_was_read_for_it()
    {
        await _world.AppendAsync(limit: 2);
        var other = _world.NewInstance();
        await _world.AppendAsync(limit: 2, by: other);

        // This instance's cached head still says one of two.
        var reads = _world.Faults.Calls(StoreCall.ReadHead);
        var outcome = (await _world.AppendAsync(limit: 1)).ShouldBeOfType<AppendOutcome<bool>.Done>();
        outcome.Answer.ShouldBeFalse();
        (_world.Faults.Calls(StoreCall.ReadHead) - reads).ShouldBe(1);

        // And what it read is what it decides on.
        (await _world.AppendAsync(limit: 2)).ShouldBeOfType<AppendOutcome<bool>.Done>().Answer.ShouldBeFalse();
    }

    [Fact]
    public async Task A_decision_that_throws_hurts_nobody_else_in_the_batch()
    {
        var hold = _world.Faults.HoldNext(StoreCall.Commit);
        var first = _world.AppendAsync();
        await hold.Reached;
        var broken = _world.Appender.AppendAsync<bool>(LedgerWorld.Stream, new(OperationId.Create(), [], (_, _) => throw new InvalidTimeZoneException()), isNew: false);
        var good = _world.AppendAsync();
        hold.Release();
        await Should.ThrowAsync<InvalidTimeZoneException>(broken);
        (await good).ShouldBeOfType<AppendOutcome<bool>.Done>();
        await first;
    }

    [Fact]
    public async Task Time_never_goes_back_in_a_stream()
    {
        await _world.AppendAsync();
        var before = (await _world.HeadAsync()).Time;
        _world.Time.Set(TimeSpan.FromHours(-1));
        var done = (await _world.AppendAsync()).ShouldBeOfType<AppendOutcome<bool>.Done>();
        done.Entries[0].Time.ShouldBe(before);
        await _world.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task Time_goes_on_with_the_clock()
    {
        await _world.AppendAsync();
        _world.Time.Pass(TimeSpan.FromHours(1));
        var now = _world.Time.GetUtcNow();
        var done = (await _world.AppendAsync()).ShouldBeOfType<AppendOutcome<bool>.Done>();
        done.Entries[0].Time.ShouldBeInRange(now.AddMilliseconds(-1), _world.Time.GetUtcNow());
        (await _world.HeadAsync()).Time.ShouldBe(done.Entries[0].Time);
    }

    [Fact]
    public async Task Personal_data_is_stored_sealed_and_opens_with_the_streams_key()
    {
        var done = (await _world.AppendAsync(secret: "alice@example")).ShouldBeOfType<AppendOutcome<bool>.Done>();
        var entry = done.Entries[0];
        System.Text.Encoding.UTF8.GetString(entry.Sealed.Span).ShouldNotContain("alice");
        using var cipher = SealedPart.Cipher(LedgerWorld.Key.SealingKey((await _world.HeadAsync()).Salt.Span));
        SealedPart.Open(cipher, entry.Stream, entry.Seq, entry.Kind, entry.Sealed.Span).ShouldBe("alice@example"u8.ToArray());
    }

    [Fact]
    public async Task Two_streams_have_different_keys()
    {
        await _world.AppendAsync();
        await _world.AppendAsync(stream: new(new(0, 8)));
        (await _world.HeadAsync()).Salt.ToArray().ShouldNotBe((await _world.HeadAsync(new(new(0, 8)))).Salt.ToArray());
    }

    [Fact]
    public async Task Two_streams_that_are_known_to_be_new_have_different_keys()
    {
        await _world.AppendAsync(isNew: true);
        await _world.AppendAsync(stream: new(new(0, 8)), isNew: true);
        (await _world.HeadAsync()).Salt.ToArray().ShouldNotBe((await _world.HeadAsync(new(new(0, 8)))).Salt.ToArray());
    }

    [Fact]
    public async Task A_stream_whose_rows_go_beyond_its_head_is_frozen()
    {
        await _world.AppendAsync();
        var old = await _world.Store.ReadHeadAsync(LedgerWorld.Stream, default);
        await _world.AppendAsync();
        _world.Store.Tamper(LedgerWorld.Stream, rows => rows.Head = old);
        var instance = _world.NewInstance();
        await Should.ThrowAsync<StreamFrozenException>(_world.AppendAsync(by: instance));
    }

    [Fact]
    public async Task A_new_stream_is_started_without_a_read()
    {
        (await _world.AppendAsync(isNew: true)).ShouldBeOfType<AppendOutcome<bool>.Done>().Entries[0].Seq.ShouldBe(1);
        (_world.Faults.AllCalls, _world.Faults.Calls(StoreCall.Commit), _world.Faults.Calls(StoreCall.PutTrace)).ShouldBe((2, 1, 1));
    }

    [Fact]
    public async Task A_new_stream_that_somebody_else_started_first_is_read()
    {
        await _world.AppendAsync(by: _world.NewInstance());
        (await _world.AppendAsync(isNew: true)).ShouldBeOfType<AppendOutcome<bool>.Done>().Entries[0].Seq.ShouldBe(2);
        await _world.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task A_stream_that_somebody_else_started_is_sealed_under_its_own_salt()
    {
        await _world.AppendAsync(by: _world.NewInstance());
        var entry = (await _world.AppendAsync(secret: "alice@example", isNew: true)).ShouldBeOfType<AppendOutcome<bool>.Done>().Entries[0];
        using var cipher = SealedPart.Cipher(LedgerWorld.Key.SealingKey((await _world.HeadAsync()).Salt.Span));
        SealedPart.Open(cipher, entry.Stream, entry.Seq, entry.Kind, entry.Sealed.Span).ShouldBe("alice@example"u8.ToArray());
    }

    /// <summary>Notes what the entries of each transaction weigh.</summary>
    private sealed class RecordingStore(ILedgerStore inner) : LedgerStoreDecorator(inner)
    {
        public List<int> Sizes { get; } = [];

        public override Task<CommitOutcome> CommitAsync(LedgerBatch batch, CancellationToken cancellation)
        {
            Sizes.Add(batch.Entries.Sum(entry => entry.Public.Length + entry.Sealed.Length));
            return base.CommitAsync(batch, cancellation);
        }
    }
}
