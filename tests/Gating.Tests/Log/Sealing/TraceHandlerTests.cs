using System.Text;
using Gating.Ledger;
using Gating.Log.Sealing;
using Gating.Messages;
using Gating.Testing.Storage;
using Shouldly;
using Xunit;

namespace Gating.Tests.Log.Sealing;

public sealed class TraceHandlerTests
{
    private readonly LogWorld _world = new();

    [Fact]
    public async Task A_row_that_is_not_there_yet_comes_again_alone_and_the_others_go_on()
    {
        var (there, late) = (await _world.AppendAsync(3), StreamId.Create());
        await HandleAsync(LogWorld.Message(new(there, 1, 5), new(late, 1, 2)));
        (await _world.CheckpointAsync()).Size.ShouldBe(3);
        _world.Queued.Select(static queued => (TraceMessage.Read(queued.Message).References[0], queued.Delay)).ShouldBe(
            [(new TraceReference(there, 4, 5), TraceHandler.FirstDelay), (new TraceReference(late, 1, 2), TraceHandler.FirstDelay)], ignoreOrder: true);

        await _world.AppendAsync(2, there);
        await _world.AppendAsync(2, late);
        await _world.DrainAsync();
        (await _world.CheckpointAsync()).Size.ShouldBe(7);
        await _world.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task It_comes_again_with_growing_delay_for_a_day_and_is_then_dropped()
    {
        await HandleAsync(LogWorld.Message(new TraceReference(StreamId.Create(), 1, 1)));
        var (times, waited, longest) = (0, TimeSpan.Zero, TimeSpan.Zero);
        while (_world.Queued.Count > 0)
        {
            var (_, message, delay) = _world.Queues.Take()!;
            delay.ShouldBeGreaterThanOrEqualTo(times is 0 or > 12 ? TimeSpan.FromSeconds(1) : longest);
            (times, waited, longest) = (times + 1, waited + delay, delay);
            _world.Time.Pass(delay);
            await HandleAsync(message);
        }

        waited.ShouldBe(TraceHandler.Patience);
        times.ShouldBeInRange(10, 20);
    }

    [Fact]
    public async Task A_first_time_that_lies_in_the_future_gets_no_more_patience()
    {
        var reference = new TraceReference(StreamId.Create(), 1, 1);
        await HandleAsync(TraceMessage.WriteAbsent(reference, _world.Time.GetUtcNow().AddDays(300)));
        TraceMessage.Read(_world.Queues.Take()!.Message).AbsentSince.ShouldBe(_world.Time.GetUtcNow());
        await HandleAsync(TraceMessage.WriteAbsent(reference, _world.Time.GetUtcNow().AddDays(-1)));
        _world.Queued.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_long_reference_goes_on_as_messages_of_its_own_and_one_without_end_does_not()
    {
        var stream = await _world.AppendAsync(2500);
        await HandleAsync(LogWorld.Message(new TraceReference(stream, 1, 2500)));
        (await _world.CheckpointAsync()).Size.ShouldBe(1000);
        _world.Queued.Count.ShouldBe(1);
        await _world.DrainAsync();
        (await _world.CheckpointAsync()).Size.ShouldBe(2500);
        await _world.ShouldBeSoundAsync();

        await HandleAsync(LogWorld.Message(new TraceReference(stream, 2001, 999_999_999_999)));
        TraceMessage.Read(_world.Queues.Take()!.Message).References.ShouldBe([new TraceReference(stream, 2501, 999_999_999_999)]);
        _world.Queued.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_message_that_comes_twice_and_out_of_order_changes_nothing()
    {
        var stream = await _world.AppendAsync(9);
        byte[][] messages = [LogWorld.Message(new TraceReference(stream, 7, 9)), LogWorld.Message(new TraceReference(stream, 1, 3)), LogWorld.Message(new TraceReference(stream, 2, 8))];
        foreach (var message in (byte[][])[.. messages, .. messages])
        {
            _world.Time.Pass(LogSealer.Pace);
            await HandleAsync(message);
        }

        await _world.ShouldBeSoundAsync();
        (await _world.CheckpointAsync()).Size.ShouldBe(9);
    }

    [Fact]
    public async Task A_nudge_seals_what_is_pending()
    {
        var stream = await _world.AppendAsync(1);
        var entry = (await _world.Ledger.ReadEntryAsync(stream, 1, default))!;
        await _world.NewIndexes().AddAsync([entry], default);
        await _world.Leaves.AddAsync([NewLeaf.Of(entry)], default);
        await _world.Leaves.AddPendingAsync([new(stream, 1)], default);
        await HandleAsync(TraceMessage.Nudge);
        await _world.ShouldBeSoundAsync();
    }

    [Theory]
    [InlineData("nothing like it", "malformed")]
    [InlineData("""{"v":1}""", "malformed")]
    [InlineData("""{"v":2,"refs":[]}""", "unknown_version")]
    public async Task A_message_that_is_none_is_set_aside(string text, string reason) =>
        (await _world.Handler.HandleAsync(Encoding.UTF8.GetBytes(text), default)).ShouldBeOfType<MessageOutcome.Refused>().Reason.ShouldBe(reason);

    [Fact]
    public async Task A_stream_that_was_restored_meets_its_leaf_rows_and_is_frozen_and_the_others_go_on()
    {
        var stream = await _world.LogAsync(5);
        await RestoreAsync(stream, 3);
        await _world.AppendAsync(4, stream);
        _world.Frozen.Add(stream);
        var other = await _world.AppendAsync(2);
        _world.Time.Pass(LogSealer.Pace);

        await HandleAsync(LogWorld.Message(new(stream, 4, 7), new(other, 1, 2)));

        (await _world.Leaves.ReadFrozenAsync(stream, default)).ShouldNotBeNull().ShouldContain("entry 4 is another than the one that was logged");
        (await _world.CheckpointAsync()).Size.ShouldBe(7);
        await _world.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task What_follows_a_restored_entry_does_not_get_into_the_log_either()
    {
        var stream = await _world.LogAsync(5);
        await RestoreAsync(stream, 3);
        await _world.AppendAsync(4, stream);
        _world.Frozen.Add(stream);
        _world.Time.Pass(LogSealer.Pace);

        await HandleAsync(LogWorld.Message(new TraceReference(stream, 6, 7)));

        (await _world.Leaves.ReadFrozenAsync(stream, default)).ShouldNotBeNull().ShouldContain("entry 6 does not follow the entry 5 that the log has");
        (await _world.CheckpointAsync()).Size.ShouldBe(5);
        await _world.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task A_stream_whose_ledger_has_lost_an_entry_before_one_that_is_announced_is_frozen()
    {
        var stream = await _world.AppendAsync(5);
        _world.Ledger.Tamper(stream, rows => rows.Entries.Remove(2));
        _world.Frozen.Add(stream);
        await _world.LogAsync(1);
        _world.Time.Pass(LogSealer.Pace);
        await HandleAsync(LogWorld.Message(new TraceReference(stream, 4, 5)));
        (await _world.Leaves.ReadFrozenAsync(stream, default)).ShouldNotBeNull().ShouldContain("of 1 to 3 the ledger has 2");
        await _world.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task After_a_seal_that_storage_did_not_answer_one_nudge_seals_what_every_message_left()
    {
        await _world.LogAsync(1);
        using (_world.Faults.Outage(Fault.Before, StoreCall.ReadPending))
        {
            for (var i = 0; i < 3; i++)
            {
                var stream = await _world.AppendAsync(1);
                (await _world.Handler.HandleAsync(LogWorld.Message(new TraceReference(stream, 1, 1)), default)).ShouldBeOfType<MessageOutcome.Done>();
            }
        }

        _world.Queued.ShouldHaveSingleItem().Message.ToArray().ShouldBe(TraceMessage.Nudge.ToArray());
        await _world.DrainAsync();
        (await _world.CheckpointAsync()).Size.ShouldBe(4);
        await _world.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task While_sealing_is_not_possible_the_leaves_are_kept_and_the_message_is_done()
    {
        using (_world.Faults.Outage(Fault.Before, StoreCall.WriteLogState))
        {
            await _world.LogAsync(3);
            _world.Leaves.Pending.Count.ShouldBe(3);
        }

        _world.Time.Pass(TimeSpan.FromMinutes(1));
        await _world.Sealer.RunAsync(default);
        await _world.ShouldBeSoundAsync();
    }

    private async Task HandleAsync(ReadOnlyMemory<byte> message) => (await _world.Handler.HandleAsync(message, default)).ShouldBeOfType<MessageOutcome.Done>();

    private async Task RestoreAsync(StreamId stream, long seq)
    {
        var entry = (await _world.Ledger.ReadEntryAsync(stream, seq, default))!;
        _world.Ledger.Tamper(stream, rows =>
        {
            foreach (var later in rows.Entries.Keys.Where(key => key > seq).ToArray())
            {
                rows.Entries.Remove(later);
            }

            rows.Head = rows.Head! with { Head = rows.Head.Head with { Seq = seq, Hash = entry.Hash, Time = entry.Time } };
        });
    }
}
