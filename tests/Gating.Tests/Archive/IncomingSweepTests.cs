using Gating.Archive;
using Gating.Generations;
using Gating.Messages;
using Gating.Testing.Storage;
using Gating.Tests.Generations;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;

namespace Gating.Tests.Archive;

/// <summary>What came in past the gate goes when it can be taken no more, and no earlier.</summary>
public sealed class IncomingSweepTests
{
    private readonly GenerationFixture _world = new();

    [Fact]
    public async Task A_file_stays_as_long_as_it_may_be_taken_and_then_goes()
    {
        var message = await _world.UploadAsync(await _world.BeginAsync(), GenerationFixture.Png(1));
        _world.Gate.Time.Pass(IncomingSweep.Wait - TimeSpan.FromSeconds(1));
        (await SweepAsync()).ShouldBe(0);
        _world.Incoming.Contents.ShouldHaveSingleItem();
        _world.Gate.Time.Pass(TimeSpan.FromSeconds(1));
        (await SweepAsync()).ShouldBe(1);
        _world.Incoming.Contents.ShouldBeEmpty();
        (await _world.DeliverAsync(message)).ShouldBeOfType<MessageOutcome.Refused>().Reason.ShouldBe("generation_closed");
    }

    [Fact]
    public async Task A_note_goes_as_well()
    {
        var generation = await _world.BeginAsync();
        await _world.DeliverAsync(await _world.UploadAsync(generation, "no picture"u8.ToArray()));
        (await _world.Incoming.FindNoteAsync(generation.Contents[0], default)).ShouldNotBeNull();
        _world.Gate.Time.Pass(IncomingSweep.Wait);
        (await SweepAsync()).ShouldBe(1);
        (await _world.Incoming.FindNoteAsync(generation.Contents[0], default)).ShouldBeNull();
    }

    [Fact]
    public async Task A_clock_that_is_off_sweeps_nothing()
    {
        await _world.UploadAsync(await _world.BeginAsync(), GenerationFixture.Png(1));
        _world.Gate.Time.Pass(IncomingSweep.Wait);
        _world.IsClockRight = false;
        (await SweepAsync()).ShouldBe(0);
        _world.Incoming.Contents.ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData(StoreCall.ListIncoming, Fault.Before)]
    [InlineData(StoreCall.ListIncoming, Fault.After)]
    [InlineData(StoreCall.DeleteIncoming, Fault.Before)]
    [InlineData(StoreCall.DeleteIncoming, Fault.After)]
    [InlineData(StoreCall.DeleteIncoming, Fault.Duplicate)]
    public async Task The_next_run_makes_good_what_a_fault_left(StoreCall call, Fault fault)
    {
        await _world.UploadAsync(await _world.BeginAsync(), GenerationFixture.Png(1));
        _world.Gate.Time.Pass(IncomingSweep.Wait);
        _world.Faults.On(call, fault);
        try
        {
            await SweepAsync();
        }
        catch (StorageUnavailableException)
        {
            await SweepAsync();
        }

        _world.Incoming.Contents.ShouldBeEmpty();
    }

    private Task<int> SweepAsync() => new IncomingSweep(_world.Incoming, _world.Clock, _world.Gate.Time, NullLogger<IncomingSweep>.Instance).RunAsync(default);
}
