using Gating.Functions.Tests.World;
using Gating.Ledger;
using Gating.Messages;
using Gating.Testing;
using Gating.Testing.Processes;
using Gating.Testing.Storage;
using Microsoft.AspNetCore.Http;
using Shouldly;
using Xunit;

namespace Gating.Functions.Tests;

/// <summary>Between the handler and the blobs of the real Azurite stands a network that fails, and a file that is replaced while it is read: the message again finds one file and one entry.</summary>
public sealed class LargeUploadFaultsTests
{
    private const string Queue = "outputs";

    public static TheoryData<WireFault, string> EveryFault
    {
        get
        {
            var data = new TheoryData<WireFault, string>();
            foreach (var fault in (WireFault[])[WireFault.ResetBefore, WireFault.AnswerLost, WireFault.CutOff, WireFault.CutShort, WireFault.ErrorAfter, WireFault.Busy, WireFault.Duplicate, WireFault.Forbidden])
            {
                foreach (var method in (string[])[HttpMethods.Head, HttpMethods.Get, HttpMethods.Delete])
                {
                    data.Add(fault, method);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(EveryFault))]
    public async Task One_fault_on_the_way_to_what_came_in_leaves_one_file_and_one_entry(WireFault fault, string method)
    {
        await using var proxy = await FaultProxy.StartAsync((await SharedProcesses.AzuriteAsync()).Blob);
        await using var world = await StartAsync(proxy);
        var (studio, address, message) = await UploadAsync(world, TinyPng.Of(1));
        var once = 1;
        proxy.Choose((request, _) => request.Method == method && IsIncoming(request) && Interlocked.Exchange(ref once, 0) == 1 ? fault : WireFault.None);
        (await TryAsync(world, message)).ShouldNotBeOfType<MessageOutcome.Refused>();
        once.ShouldBe(0);
        proxy.Choose(static (_, _) => WireFault.None);
        await ShouldBeTakenOnceAsync(world, studio, address, message);
    }

    [Theory]
    [InlineData(WireFault.ResetBefore)]
    [InlineData(WireFault.CutShort)]
    [InlineData(WireFault.Forbidden)]
    public async Task While_it_cannot_be_read_the_file_waits(WireFault fault)
    {
        await using var proxy = await FaultProxy.StartAsync((await SharedProcesses.AzuriteAsync()).Blob);
        await using var world = await StartAsync(proxy);
        var (studio, address, message) = await UploadAsync(world, TinyPng.Of(1));
        proxy.Choose((request, _) => HttpMethods.IsGet(request.Method) && IsIncoming(request) ? fault : WireFault.None);
        (await TryAsync(world, message)).ShouldBeNull();
        (await studio.GetAsync(address)).Status.ShouldBe(202);
        (await world.ArchivedNamesAsync()).ShouldBeEmpty();
        proxy.Choose(static (_, _) => WireFault.None);
        await ShouldBeTakenOnceAsync(world, studio, address, message);
    }

    [Fact]
    public async Task A_file_that_is_replaced_between_two_reads_is_not_taken_in_a_mixture()
    {
        const int Length = 9_000_000;
        await using var proxy = await FaultProxy.StartAsync((await SharedProcesses.AzuriteAsync()).Blob);
        await using var world = await StartAsync(proxy, Length);
        using var first = new LongJpeg(Length);
        var (studio, address, message) = await UploadAsync(world, await first.ReadAsByteArrayAsync());
        var container = world.Container("incoming");
        var blob = container.GetBlobClient((await world.IncomingNamesAsync()).ShouldHaveSingleItem());
        var (reads, second, again) = (0, TinyPng.Of(2), await studio.BeginUploadAsync(address));
        proxy.Choose((request, _) =>
        {
            if (HttpMethods.IsGet(request.Method) && IsIncoming(request) && Interlocked.Increment(ref reads) == 2)
            {
                blob.Delete();
                studio.PutAtAsync(again, second).GetAwaiter().GetResult().Status.ShouldBe(201);
            }

            return WireFault.None;
        });
        (await world.DeliverAsync(Queue, message)).ShouldBeOfType<MessageOutcome.NotYet>();
        reads.ShouldBe(2);
        (await world.ArchivedNamesAsync()).ShouldBeEmpty();
        proxy.Choose(static (_, _) => WireFault.None);
        await ShouldBeTakenOnceAsync(world, studio, address, message);
        (await studio.PutAsync(address, second)).Status.ShouldBe(200);
    }

    [Theory]
    [InlineData(WireFault.ResetBefore)]
    [InlineData(WireFault.AnswerLost)]
    [InlineData(WireFault.Duplicate)]
    [InlineData(WireFault.ErrorAfter)]
    public async Task An_announcement_whose_message_is_lost_or_doubled_is_made_again(WireFault fault)
    {
        await using var proxy = await FaultProxy.StartAsync((await SharedProcesses.AzuriteAsync()).Queue);
        await using var world = await GateWorld.StartAsync(registry: static registry => registry["tools"]![0]!["labelling"] = TestRegistry.NewLabelling(), queues: proxy.Address);
        var studio = new StudioCall(world.Http, world.Addresses[0]);
        var address = await studio.BeginOneAsync((await world.Call(world.IdToken("alice")).GrantAsync()));
        var begun = await studio.BeginUploadAsync(address);
        await studio.PutAtAsync(begun, TinyPng.Of(1));
        var once = 1;
        proxy.Choose((request, _) => HttpMethods.IsPost(request.Method) && request.Path.Value!.Contains("outputs", StringComparison.Ordinal) && Interlocked.Exchange(ref once, 0) == 1 ? fault : WireFault.None);
        (await studio.AnnounceAsync(address, begun.Text("upload"))).Status.ShouldBeOneOf(202, 503);
        once.ShouldBe(0);
        (await studio.AnnounceAsync(address, begun.Text("upload"))).Status.ShouldBe(202);
        foreach (var message in await world.TakeMessagesAsync(Queue))
        {
            await ShouldBeTakenOnceAsync(world, studio, address, message);
        }

        (await studio.GetAsync(address)).Status.ShouldBe(200);
    }

    private static Task<GateWorld> StartAsync(FaultProxy proxy, long maxBytes = 1_000_000) => GateWorld.StartAsync(
        registry: registry =>
        {
            registry["tools"]![0]!["labelling"] = TestRegistry.NewLabelling("apps_own", "image/png", "image/jpeg");
            registry["tools"]![0]!["labelling"]!["maxBytes"] = maxBytes;
        },
        blobs: proxy.Address);

    private static async Task<(StudioCall Studio, string Address, byte[] Message)> UploadAsync(GateWorld world, byte[] file)
    {
        var studio = new StudioCall(world.Http, world.Addresses[0]);
        var address = await studio.BeginOneAsync((await world.Call(world.IdToken("alice")).GrantAsync()));
        var begun = await studio.BeginUploadAsync(address);
        (await studio.PutAtAsync(begun, file)).Status.ShouldBe(201);
        (await studio.AnnounceAsync(address, begun.Text("upload"))).Status.ShouldBe(202);
        return (studio, address, (await world.TakeMessagesAsync(Queue)).ShouldHaveSingleItem());
    }

    private static bool IsIncoming(HttpRequest request) => request.Path.Value!.Contains("incoming/", StringComparison.Ordinal);

    private static async Task<MessageOutcome?> TryAsync(GateWorld world, byte[] message)
    {
        try
        {
            return await world.DeliverAsync(Queue, message);
        }
        catch (StorageUnavailableException)
        {
            return null;
        }
    }

    private static async Task ShouldBeTakenOnceAsync(GateWorld world, StudioCall studio, string address, byte[] message)
    {
        (await world.DeliverAsync(Queue, message)).ShouldBeOfType<MessageOutcome.Done>();
        var taken = await studio.GetAsync(address);
        taken.Status.ShouldBe(200, taken.ToString());
        (await world.ArchivedNamesAsync()).ShouldBe([taken.Text("content_id")]);
        (await world.IncomingNamesAsync()).ShouldBeEmpty();
        (await studio.IdentifyAsync((await studio.GetAsync(taken.Text("file"))).Bytes)).Text("record").ShouldBe("identical");
        var stream = await world.StreamOfAsync("alice");
        (await world.EntriesAsync(stream)).Select(static entry => entry.Kind).ShouldBe([EntryKind.Granted, EntryKind.Redeemed, EntryKind.Archived]);
        await world.ShouldBeSoundAsync(stream);
    }
}
