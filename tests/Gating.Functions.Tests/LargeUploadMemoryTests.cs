using Gating.Functions.Tests.World;
using Gating.Messages;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace Gating.Functions.Tests;

/// <summary>Nothing else runs beside these: they measure the process that they are in.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "alone";
}

/// <summary>The handler holds a part of a file at a time, however long the file is.</summary>
[Collection(Alone.Name)]
public sealed class LargeUploadMemoryTests(ITestOutputHelper output)
{
    private const string Queue = "outputs";

    [Fact]
    public async Task Three_hundred_megabytes_are_taken_without_being_held_in_memory()
    {
        const long Length = 300_000_000;
        await using var world = await GateWorld.StartAsync(registry: static registry =>
        {
            registry["tools"]![0]!["labelling"] = TestRegistry.NewLabelling("apps_own", "image/jpeg");
            registry["tools"]![0]!["labelling"]!["maxBytes"] = Length;
        });
        var studio = new StudioCall(world.Http, world.Addresses[0]);
        var address = await studio.BeginOneAsync((await world.Call(world.IdToken("large")).GrantAsync()));
        var begun = await studio.BeginUploadAsync(address);
        using var file = new LongJpeg(Length);
        (await studio.PutAtAsync(begun, file)).Status.ShouldBe(201);
        (await studio.AnnounceAsync(address, begun.Text("upload"))).Status.ShouldBe(202);
        var message = (await world.TakeMessagesAsync(Queue)).ShouldHaveSingleItem();

        // Everything that was ever allocated meanwhile, collected or not: less than the file means that no copy of it was made in memory.
        GC.Collect();
        var before = GC.GetTotalAllocatedBytes(precise: true);
        (await world.DeliverAsync(Queue, message)).ShouldBeOfType<MessageOutcome.Done>();
        var allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
        output.WriteLine($"{allocated / 1e6:F1} MB were allocated while {Length / 1e6:F0} MB were taken.");
        allocated.ShouldBeLessThan(Length / 3);

        var taken = await studio.GetAsync(address);
        taken.Status.ShouldBe(200, taken.ToString());
        taken.Text("source_sha256").ShouldBe(await new LongJpeg(Length).DigestAsync());
        (await world.IncomingNamesAsync()).ShouldBeEmpty();
    }
}
