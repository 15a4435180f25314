using Gating.Archive;
using Gating.Generations;
using Gating.Ledger;
using Gating.Messages;
using Gating.Registry;
using Gating.Testing.Storage;
using Gating.Tests.Generations;
using Shouldly;
using Xunit;

namespace Gating.Tests.Archive;

/// <summary>Every call to storage on the way of an upload goes wrong, each in each way: the message again, or the app's request again, finds one file and one entry, or one refusal.</summary>
public sealed class UploadFaultsTests
{
    /// <summary>Calls that taking a file makes on a new process.</summary>
    private static readonly StoreCall[] Taking =
    [
        StoreCall.ReadEntry, StoreCall.ReadRegistry, StoreCall.ReadSettlement, StoreCall.FindIncoming, StoreCall.ReadIncoming, StoreCall.StoreFile, StoreCall.ReadHead, StoreCall.Commit,
        StoreCall.PutTrace, StoreCall.DeleteIncoming,
    ];

    private static readonly StoreCall[] Refusing =
        [StoreCall.ReadEntry, StoreCall.ReadRegistry, StoreCall.ReadSettlement, StoreCall.FindIncoming, StoreCall.ReadIncoming, StoreCall.WriteNote, StoreCall.DeleteIncoming];

    public static TheoryData<StoreCall, Fault, bool> EveryFaultOfTaking => Every(Taking);

    public static TheoryData<StoreCall, Fault, bool> EveryFaultOfRefusing => Every(Refusing);

    [Theory]
    [MemberData(nameof(EveryFaultOfTaking))]
    public async Task The_message_again_finds_one_file_and_one_entry(StoreCall call, Fault fault, bool restarts)
    {
        var (world, generation, message) = await UploadAsync(GenerationFixture.Png(1));
        var before = world.Faults.Calls(call);
        world.Faults.On(call, fault);
        (await GenerationFixture.TryAsync(() => world.DeliverAsync(message))).ShouldNotBeOfType<MessageOutcome.Refused>();
        world.Faults.Calls(call).ShouldBeGreaterThan(before, "the fault never met its call");
        await world.ShouldBeSoundAsync(generation.Person);
        Again(world, restarts);
        for (var i = 0; i < 2; i++)
        {
            (await world.DeliverAsync(message)).ShouldBeOfType<MessageOutcome.Done>();
            await world.ShouldBeTakenOnceAsync(generation);
        }
    }

    [Theory]
    [MemberData(nameof(EveryFaultOfRefusing))]
    public async Task The_message_again_finds_one_refusal_and_room_for_another_file(StoreCall call, Fault fault, bool restarts)
    {
        var (world, generation, message) = await UploadAsync("nothing"u8.ToArray());
        var before = world.Faults.Calls(call);
        world.Faults.On(call, fault);
        (await GenerationFixture.TryAsync(() => world.DeliverAsync(message)))?.ShouldBeOfType<MessageOutcome.Refused>().Reason.ShouldBe("label_refused");
        world.Faults.Calls(call).ShouldBeGreaterThan(before, "the fault never met its call");
        Again(world, restarts);
        for (var i = 0; i < 2; i++)
        {
            (await world.DeliverAsync(message)).ShouldBeOfType<MessageOutcome.Refused>().Reason.ShouldBe("label_refused");
            (await world.StateAsync(generation)).ShouldBeOfType<OutputState.Refused>().Why.Reason.ShouldBe(ArchiveRefusal.LabelRefused);
            world.Incoming.Contents.ShouldBeEmpty();
        }

        (await world.DeliverAsync(await world.UploadAsync(generation, GenerationFixture.Png(1)))).ShouldBeOfType<MessageOutcome.Done>();
        await world.ShouldBeTakenOnceAsync(generation);
    }

    [Fact]
    public async Task The_ways_make_no_call_that_is_not_broken_above()
    {
        foreach (var (file, path) in new[] { (GenerationFixture.Png(1), Taking), ("nothing"u8.ToArray(), Refusing) })
        {
            var (world, _, message) = await UploadAsync(file);
            var before = Enum.GetValues<StoreCall>().ToDictionary(static call => call, world.Faults.Calls);
            await world.DeliverAsync(message);
            Enum.GetValues<StoreCall>().Where(call => world.Faults.Calls(call) != before[call]).ShouldBeSubsetOf([.. path, StoreCall.ReadRegistryVersion]);
            path.ShouldAllBe(call => world.Faults.Calls(call) - before[call] == 1);
        }
    }

    [Theory]
    [InlineData(StoreCall.OpenUpload)]
    [InlineData(StoreCall.FindIncoming)]
    [InlineData(StoreCall.PutMessage)]
    public async Task An_app_that_heard_nothing_asks_again(StoreCall call)
    {
        foreach (var fault in Enum.GetValues<Fault>())
        {
            var world = new GenerationFixture();
            var generation = await world.BeginAsync();
            var (awaited, _) = await world.Archiver.AwaitAsync("app", generation.Person, generation.Seq, 1, default);
            var before = world.Faults.Calls(call);
            world.Faults.On(call, fault);
            var terms = await GenerationFixture.TryAsync(() => world.BeginUploadAsync(generation)) ?? await world.BeginUploadAsync(generation);
            world.Incoming.Put(generation.Contents[0], GenerationFixture.Png(1)).ShouldBeTrue();
            if (await GenerationFixture.TryAsync<object>(async () => await world.Uploads.AnnounceAsync(awaited!, terms.Id, default)) is null)
            {
                (await world.Uploads.AnnounceAsync(awaited!, terms.Id, default)).ShouldBeTrue();
            }

            world.Faults.Calls(call).ShouldBeGreaterThan(before, "the fault never met its call");
            var messages = world.Queues.Waiting(QueueNames.Outputs);
            messages.Count.ShouldBe(call is StoreCall.PutMessage && fault is not Fault.Before ? 2 : 1);
            foreach (var message in messages)
            {
                (await world.DeliverAsync(message)).ShouldBeOfType<MessageOutcome.Done>();
            }

            await world.ShouldBeTakenOnceAsync(generation);
        }
    }

    [Theory]
    [InlineData(StoreCall.FindIncoming)]
    [InlineData(StoreCall.ReadIncoming)]
    [InlineData(StoreCall.StoreFile)]
    [InlineData(StoreCall.Commit)]
    [InlineData(StoreCall.DeleteIncoming)]
    public async Task While_a_store_is_away_the_file_waits(StoreCall away)
    {
        var (world, generation, message) = await UploadAsync(GenerationFixture.Png(1));
        using (world.Faults.Outage(Fault.Before, away))
        {
            for (var i = 0; i < 2; i++)
            {
                // Where it is sure that nothing was recorded it says so, and else that it does not know.
                (await GenerationFixture.TryAsync(() => world.DeliverAsync(message)))?.ShouldBeOfType<MessageOutcome.NotYet>();
            }
        }

        world.Incoming.Contents.ShouldBe([generation.Contents[0]]);
        await world.ShouldBeSoundAsync(generation.Person);
        (await world.DeliverAsync(message)).ShouldBeOfType<MessageOutcome.Done>();
        await world.ShouldBeTakenOnceAsync(generation);
    }

    private static async Task<(GenerationFixture World, Generation Generation, byte[] Message)> UploadAsync(byte[] file)
    {
        var world = new GenerationFixture();
        var generation = await world.BeginAsync();
        var message = await world.UploadAsync(generation, file);
        world.Restart();
        return (world, generation, message);
    }

    // The registry is not asked again at once after it could not be read.
    private static void Again(GenerationFixture world, bool restarts)
    {
        if (restarts)
        {
            world.Restart();
        }

        world.Gate.Time.Pass(RegistrySource.MaxAge);
    }

    private static TheoryData<StoreCall, Fault, bool> Every(StoreCall[] path)
    {
        var data = new TheoryData<StoreCall, Fault, bool>();
        foreach (var call in path)
        {
            foreach (var fault in Enum.GetValues<Fault>())
            {
                data.Add(call, fault, false);
                data.Add(call, fault, true);
            }
        }

        return data;
    }
}
