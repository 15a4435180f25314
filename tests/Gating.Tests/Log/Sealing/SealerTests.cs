using System.Security.Cryptography;
using Gating.Ledger;
using Gating.Log.Notes;
using Gating.Log.Sealing;
using Gating.Messages;
using Gating.Testing;
using Gating.Testing.Storage;
using Shouldly;
using Xunit;

namespace Gating.Tests.Log.Sealing;

public sealed class SealerTests
{
    private readonly LogWorld _world = new();

    [Fact]
    public async Task Entries_that_are_announced_are_in_the_log_and_provable()
    {
        foreach (var count in new[] { 1, 3, 250, 2, 300 })
        {
            await _world.LogAsync(count);
            await _world.ShouldBeSoundAsync();
        }

        (await _world.CheckpointAsync()).Size.ShouldBe(556);
        _world.Log.State!.BaseSize.ShouldBe(256);
    }

    [Fact]
    public async Task A_key_elsewhere_that_cannot_be_had_holds_up_the_checkpoint_and_loses_nothing()
    {
        using var key = new EcdsaNoteSigner(LogWorld.Origin, ECDsa.Create(ECCurve.NamedCurves.nistP256));
        var elsewhere = new Elsewhere(key);
        var world = new LogWorld(elsewhere);
        await world.LogAsync(3);
        elsewhere.Answers = false;
        await world.LogAsync(2);
        (await world.CheckpointAsync()).Size.ShouldBe(3);

        elsewhere.Answers = true;
        world.Restart();
        await world.DrainAsync();
        await world.ShouldBeSoundAsync();
        (await world.CheckpointAsync()).Size.ShouldBe(5);
        var note = (await world.Published.ReadAsync(default)).ShouldNotBeNull().Note;
        SignedNote.Open(note, [key.Key]).ShouldBeOfType<NoteOutcome.Opened>();
    }

    [Fact]
    public async Task Without_anything_pending_nothing_is_written()
    {
        await _world.LogAsync(2);
        var writes = WritesSoFar();
        (await _world.Sealer.RunAsync(default)).ShouldBe(SealRun.Done);
        WritesSoFar().ShouldBe(writes);
    }

    [Fact]
    public async Task What_comes_before_an_announced_entry_is_taken_from_the_ledger()
    {
        var stream = await _world.AppendAsync(250);
        await _world.Handler.HandleAsync(LogWorld.Message(new TraceReference(stream, 250, 250)), default);
        await _world.ShouldBeSoundAsync();

        await _world.AppendAsync(8, stream);
        await _world.Leaves.AddAsync(await NewLeavesAsync(stream, 253, 254), default);
        _world.Time.Pass(LogSealer.Pace);
        await _world.Handler.HandleAsync(LogWorld.Message(new(stream, 256, 256), new(stream, 258, 258)), default);
        await _world.ShouldBeSoundAsync();
        (await _world.CheckpointAsync()).Size.ShouldBe(258);
    }

    [Fact]
    public async Task A_row_whose_pointer_was_never_written_is_taken_with_the_next_leaf_of_its_stream()
    {
        var stream = await _world.AppendAsync(1500);
        for (var from = 1; from < 1500; from += 100)
        {
            await _world.Leaves.AddAsync(await NewLeavesAsync(stream, from, from + 99), default);
        }

        await _world.Leaves.AddPendingAsync([new(stream, 1500)], default);
        await _world.Sealer.RunAsync(default);
        await _world.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task A_late_pointer_to_a_sealed_leaf_seals_nothing_twice()
    {
        var stream = await _world.LogAsync(3);
        await _world.Leaves.AddPendingAsync([new(stream, 1), new(stream, 3)], default);
        _world.Time.Pass(LogSealer.Pace);
        (await _world.Sealer.RunAsync(default)).ShouldBe(SealRun.Done);
        (await _world.CheckpointAsync()).Size.ShouldBe(3);
        await _world.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task Leaves_of_one_stream_do_not_stand_together()
    {
        var streams = new List<StreamId>();
        for (var i = 0; i < 8; i++)
        {
            var stream = await _world.AppendAsync(16);
            streams.Add(stream);
        }

        await _world.Handler.HandleAsync(LogWorld.Message([.. streams.Select(static stream => new TraceReference(stream, 1, 16))]), default);
        await _world.ShouldBeSoundAsync();
        var order = _world.Leaves.Rows.OrderBy(static row => row.Index).Select(static row => row.Stream).ToArray();
        order.Zip(order.Skip(1)).Count(static pair => pair.First == pair.Second).ShouldBeLessThan(40);
    }

    [Fact]
    public async Task A_seal_takes_so_many_leaves_and_the_run_goes_on_with_the_rest()
    {
        var stream = await _world.AppendAsync(LogSealer.MaxLeaves + 900);
        await _world.Leaves.AddAsync(await NewLeavesAsync(stream, LogSealer.MaxLeaves + 900, LogSealer.MaxLeaves + 900), default);
        await _world.Leaves.AddPendingAsync([new(stream, LogSealer.MaxLeaves + 900)], default);
        await _world.Sealer.RunAsync(default);
        _world.Log.State!.BaseSize.ShouldBe(LogSealer.MaxLeaves);
        _world.Log.State.Size.ShouldBe(LogSealer.MaxLeaves + 900);
        await _world.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task Seals_are_a_second_apart_whoever_makes_them()
    {
        await _world.LogAsync(1);
        var stream = await _world.AppendAsync(1);
        var (other, _) = _world.NewInstance();
        await _world.Leaves.AddAsync(await NewLeavesAsync(stream, 1, 1), default);
        await _world.Leaves.AddPendingAsync([new(stream, 1)], default);
        var started = TimeProvider.System.GetTimestamp();
        await other.RunAsync(default);
        TimeProvider.System.GetElapsedTime(started).ShouldBeGreaterThan(LogSealer.Pace - TimeSpan.FromMilliseconds(50));
        await _world.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task A_run_that_is_out_of_time_leaves_a_nudge()
    {
        await _world.LogAsync(1);
        var stream = await _world.AppendAsync(1);
        await _world.Leaves.AddAsync(await NewLeavesAsync(stream, 1, 1), default);
        await _world.Leaves.AddPendingAsync([new(stream, 1)], default);
        _world.Time.Pass(LogSealer.Pace);
        var held = _world.Faults.HoldNext(StoreCall.WriteLogState);
        var run = Task.Run(() => _world.Sealer.RunAsync(default));
        await held.Reached;
        _world.Time.Pass(LogSealer.RunLimit);
        await _world.AppendAsync(1, stream);
        await _world.Leaves.AddAsync(await NewLeavesAsync(stream, 2, 2), default);
        await _world.Leaves.AddPendingAsync([new(stream, 2)], default);
        held.Release();

        (await run).ShouldBe(SealRun.OutOfTime);
        _world.Queued.ShouldHaveSingleItem().Message.ToArray().ShouldBe(TraceMessage.Nudge.ToArray());
        (await _world.CheckpointAsync()).Size.ShouldBe(2);
        await _world.DrainAsync();
        await _world.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task Who_finds_the_lease_taken_goes_away_and_is_seen_to()
    {
        var held = _world.Faults.HoldNext(StoreCall.ReleaseLease);
        var first = Task.Run(() => _world.LogAsync(1));
        await held.Reached;
        var stream = await _world.AppendAsync(1);
        await _world.Leaves.AddAsync(await NewLeavesAsync(stream, 1, 1), default);
        await _world.Leaves.AddPendingAsync([new(stream, 1)], default);
        (await _world.NewInstance().Sealer.RunAsync(default)).ShouldBe(SealRun.Busy);
        _world.Time.Pass(LogSealer.Pace);
        held.Release();
        await first;
        (await _world.CheckpointAsync()).Size.ShouldBe(2);
        await _world.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task Who_comes_while_this_instance_runs_asks_nothing_of_storage_and_is_seen_to()
    {
        var held = _world.Faults.HoldNext(StoreCall.ReleaseLease);
        var first = Task.Run(() => _world.LogAsync(1));
        await held.Reached;
        var stream = await _world.AppendAsync(1);
        await _world.Leaves.AddAsync(await NewLeavesAsync(stream, 1, 1), default);
        await _world.Leaves.AddPendingAsync([new(stream, 1)], default);
        var calls = _world.Faults.AllCalls;
        (await _world.Sealer.RunAsync(default)).ShouldBe(SealRun.Busy);
        _world.Faults.AllCalls.ShouldBe(calls);
        _world.Time.Pass(LogSealer.Pace);
        held.Release();
        await first;
        (await _world.CheckpointAsync()).Size.ShouldBe(2);
        await _world.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task Nobody_of_many_who_come_to_one_instance_at_once_is_left_waiting()
    {
        var streams = new List<StreamId>();
        for (var i = 0; i < 60; i++)
        {
            streams.Add(await _world.AppendAsync(1));
        }

        await Task.WhenAll(streams.Select(stream => Task.Run(async () =>
        {
            await Task.Delay(RandomNumberGenerator.GetInt32(1500));
            (await _world.Handler.HandleAsync(LogWorld.Message(new TraceReference(stream, 1, 1)), default)).ShouldBeOfType<MessageOutcome.Done>();
        })));
        (await _world.CheckpointAsync()).Size.ShouldBe(60);
        await _world.ShouldBeSoundAsync();
        _world.Faults.Calls(StoreCall.TakeLease).ShouldBeLessThan(60);
    }

    [Fact]
    public async Task A_run_that_broke_is_in_nobodys_way()
    {
        await _world.LogAsync(1);
        foreach (var call in new[] { StoreCall.TakeLease, StoreCall.ReadPending })
        {
            _world.Faults.On(call, Fault.Before);
            await Should.ThrowAsync<StorageUnavailableException>(() => _world.Sealer.RunAsync(default));
            (await _world.Sealer.RunAsync(default)).ShouldBe(SealRun.Done);
        }
    }

    private long WritesSoFar() => new[] { StoreCall.WriteLogState, StoreCall.PutStaging, StoreCall.PutTile, StoreCall.WritePublished, StoreCall.WriteLastKnown, StoreCall.SetIndexes, StoreCall.DeletePending }
        .Sum(_world.Faults.Calls);

    private async Task<NewLeaf[]> NewLeavesAsync(StreamId stream, long from, long to)
    {
        var entries = await _world.Ledger.ReadEntriesAsync(stream, from, to, default).ToListAsync();
        await _world.NewIndexes().AddAsync(entries, default);
        return [.. entries.Select(NewLeaf.Of)];
    }

    private sealed class Elsewhere(INoteSigner signer) : INoteSigner
    {
        public bool Answers { get; set; } = true;

        public NoteKey Key => signer.Key;

        public ValueTask<byte[]> SignAsync(ReadOnlyMemory<byte> text, CancellationToken cancellation) =>
            Answers ? signer.SignAsync(text, cancellation) : throw new StorageUnavailableException("It does not answer.");
    }
}
