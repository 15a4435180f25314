using Gating.Functions.Tests.World;
using Gating.Ledger;
using Gating.Testing;
using Gating.Testing.Processes;
using Gating.Testing.Storage;
using Microsoft.AspNetCore.Http;
using Shouldly;
using Xunit;

namespace Gating.Functions.Tests;

/// <summary>Between the gate and the blobs of the real Azurite stands a network that fails: the same bytes again find one file and one entry.</summary>
public sealed class ArchiveFaultsTests
{
    /// <summary>A small file goes in one request, which has no <c>comp</c>; a larger one in blocks.</summary>
    private const string WholeBlob = "";

    private const int LargerThanOneBlock = 1_200_000;

    public static TheoryData<WireFault, string> EveryFault
    {
        get
        {
            var data = new TheoryData<WireFault, string>();
            foreach (var fault in (WireFault[])[WireFault.ResetBefore, WireFault.AnswerLost, WireFault.ErrorAfter, WireFault.Busy, WireFault.Duplicate, WireFault.Forbidden])
            {
                data.Add(fault, WholeBlob);
                data.Add(fault, "comp=block&");
                data.Add(fault, "comp=blocklist");
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(EveryFault))]
    public async Task One_fault_on_the_way_to_the_archive_leaves_one_file_and_one_entry(WireFault fault, string step)
    {
        await using var proxy = await FaultProxy.StartAsync((await SharedProcesses.AzuriteAsync()).Blob);
        await using var world = await StartAsync(proxy);
        var studio = new StudioCall(world.Http, world.Addresses[0]);
        var address = await studio.BeginOneAsync((await world.Call(world.IdToken("alice")).GrantAsync()));
        var (file, other) = step is WholeBlob ? (TinyPng.Of(1), TinyPng.Of(2)) : (await JpegAsync(LargerThanOneBlock), await JpegAsync(LargerThanOneBlock + 1));
        var once = 1;
        proxy.Choose((request, _) => IsStep(request, step) && Interlocked.Exchange(ref once, 0) == 1 ? fault : WireFault.None);
        var first = await studio.PutAsync(address, file);
        once.ShouldBe(0);
        first.Status.ShouldBeOneOf(201, 503);
        await ShouldBeArchivedOnceAsync(world, studio, address, file, other);
    }

    [Theory]
    [InlineData(WireFault.ResetBefore)]
    [InlineData(WireFault.AnswerLost)]
    [InlineData(WireFault.Forbidden)]
    public async Task The_archive_away_is_503_with_nothing_recorded_and_comes_back_without_a_restart(WireFault fault)
    {
        await using var proxy = await FaultProxy.StartAsync((await SharedProcesses.AzuriteAsync()).Blob);
        await using var world = await StartAsync(proxy);
        var studio = new StudioCall(world.Http, world.Addresses[0]);
        var address = await studio.BeginOneAsync((await world.Call(world.IdToken("alice")).GrantAsync()));
        proxy.Choose((_, _) => fault);
        var refused = await studio.PutAsync(address, TinyPng.Of(1));
        (refused.Status, refused.Text("reason")).ShouldBe((503, "storage_unavailable"));
        refused.Headers.ContainsKey("Retry-After").ShouldBeTrue();
        (await world.EntriesAsync(await world.StreamOfAsync("alice"))).ShouldNotContain(static entry => entry.Kind == EntryKind.Archived);

        proxy.Choose((_, _) => WireFault.None);
        await ShouldBeArchivedOnceAsync(world, studio, address, TinyPng.Of(1), TinyPng.Of(2));
    }

    private static Task<GateWorld> StartAsync(FaultProxy proxy) =>
        GateWorld.StartAsync(blobs: proxy.Address, registry: static registry =>
        {
            registry["tools"]![0]!["labelling"] = TestRegistry.NewLabelling("apps_own", "image/png", "image/jpeg");
            registry["tools"]![0]!["labelling"]!["maxBytes"] = 2 * LargerThanOneBlock;
        });

    private static bool IsStep(HttpRequest request, string step) => HttpMethods.IsPut(request.Method)
        && (step is WholeBlob ? request.Headers.ContainsKey("x-ms-blob-type") : (request.QueryString.Value + "&").Contains(step, StringComparison.Ordinal));

    private static async Task<byte[]> JpegAsync(long length)
    {
        using var file = new LongJpeg(length);
        return await file.ReadAsByteArrayAsync();
    }

    private static async Task ShouldBeArchivedOnceAsync(GateWorld world, StudioCall studio, string address, byte[] file, byte[] other)
    {
        var again = await studio.PutAsync(address, file);
        again.Status.ShouldBeOneOf(200, 201);
        (await studio.PutAsync(address, file)).Bytes.ShouldBe(again.Bytes);
        (await studio.PutAsync(address, other)).Status.ShouldBe(409);
        (await world.ArchivedNamesAsync()).ShouldBe([again.Text("content_id")]);
        (await studio.IdentifyAsync((await studio.GetAsync(again.Text("file"))).Bytes)).Text("record").ShouldBe("identical");
        var stream = await world.StreamOfAsync("alice");
        (await world.EntriesAsync(stream)).Select(static entry => entry.Kind).ShouldBe([EntryKind.Granted, EntryKind.Redeemed, EntryKind.Archived]);
        await world.ShouldBeSoundAsync(stream);
    }
}
