using Gating.Archive;
using Gating.Functions.Tests.World;
using Gating.Generations;
using Gating.Holds;
using Gating.Ledger;
using Gating.Testing;
using Gating.Testing.Processes;
using Gating.Testing.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Gating.Functions.Tests;

/// <summary>The sweep and the retention on the real Azurite: what goes, what is still known of it, and what a network that fails does to a run.</summary>
public sealed class RetentionTests
{
    private static readonly TimeSpan Over = TimeSpan.FromDays(184) + TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Later = TimeSpan.FromDays(2);

    public static TheoryData<WireFault, string> EveryFault
    {
        get
        {
            var data = new TheoryData<WireFault, string>();
            foreach (var fault in (WireFault[])[WireFault.ResetBefore, WireFault.AnswerLost, WireFault.ErrorAfter, WireFault.Busy, WireFault.Duplicate, WireFault.Forbidden])
            {
                foreach (var method in (string[])["GET", "HEAD", "DELETE"])
                {
                    data.Add(fault, method);
                }
            }

            return data;
        }
    }

    [Fact]
    public async Task A_removed_output_is_410_for_its_app_and_still_known_to_anybody_who_has_it()
    {
        await using var world = await StartAsync();
        var (studio, put) = await HandInAsync(world);
        var kept = (await studio.GetAsync(put.Text("file"))).Bytes;
        await world.LogAsync();
        var tasks = new TimedTasks(world);
        tasks.Time.Pass(Over);
        (await tasks.RetainAsync()).ShouldBe(FileTally.None with { Gone = 1 });

        (await world.ArchivedNamesAsync()).ShouldBeEmpty();
        var got = await studio.GetAsync(put.Text("file"));
        (got.Status, got.Text("reason")).ShouldBe((410, "output_removed"));
        (await studio.GetAsync(put.Text("file"), TokenCall.Basic(TestRegistry.OtherApp, TestRegistry.OtherSecret))).Status.ShouldBe(404);
        (await studio.IdentifyAsync(kept)).Text("record").ShouldBe("identical");
        (await studio.IdentifyAsync(TinyPng.Of(1))).Text("record").ShouldBe("original");
        (await studio.IdentifyAsync(put.Text("sha256"))).Text("content_id").ShouldBe(put.Text("content_id"));
        (await tasks.RetainAsync()).ShouldBe(FileTally.None);
        var stream = await world.StreamOfAsync("alice");
        (await world.EntriesAsync(stream)).Select(static entry => entry.Kind).ShouldBe([EntryKind.Granted, EntryKind.Redeemed, EntryKind.Archived, EntryKind.Removed]);
        await world.ShouldBeSoundAsync(stream);
    }

    [Fact]
    public async Task A_hold_keeps_it_and_what_is_recorded_is_not_swept()
    {
        await using var world = await StartAsync();
        var (studio, put) = await HandInAsync(world);
        var tasks = new TimedTasks(world);
        tasks.Time.Pass(Later);
        (await tasks.SweepAsync()).ShouldBe(FileTally.None with { Kept = 1 });
        ContentId.TryParse(put.Text("content_id"), out var content).ShouldBeTrue();
        var (hold, statement) = (HoldId.Create(), HoldStatement.Create("admin", "a case")!);
        (await tasks.NewHolds().SetAsync(content, hold, statement, default)).ShouldBeOfType<HoldOutcome.Done>();
        tasks.Time.Pass(Over);
        (await tasks.RetainAsync()).ShouldBe(FileTally.None with { Left = 1 });
        (await studio.GetAsync(put.Text("file"))).Status.ShouldBe(200);

        (await tasks.NewHolds().LiftAsync(content, hold, statement, default)).ShouldBeOfType<HoldOutcome.Done>();
        (await tasks.RetainAsync()).ShouldBe(FileTally.None with { Gone = 1 });
    }

    [Theory]
    [MemberData(nameof(EveryFault))]
    public async Task One_fault_on_the_way_to_the_blobs_is_made_good_by_the_next_run(WireFault fault, string method)
    {
        await using var proxy = await FaultProxy.StartAsync((await SharedProcesses.AzuriteAsync()).Blob);
        await using var world = await StartAsync(proxy.Address);
        var (_, put) = await HandInAsync(world);
        await LeaveOrphanAsync(world);
        var tasks = new TimedTasks(world);
        tasks.Time.Pass(Later);
        var met = Break(proxy, fault, method);
        await TryAsync(tasks.SweepAsync);
        (await world.ArchivedNamesAsync()).ShouldContain(put.Text("content_id"));
        await tasks.SweepAsync();
        (await world.ArchivedNamesAsync()).ShouldBe([put.Text("content_id")]);

        tasks.Time.Pass(Over);
        var metAgain = Break(proxy, fault, method);
        await TryAsync(tasks.RetainAsync);
        await tasks.RetainAsync();
        (await world.ArchivedNamesAsync()).ShouldBeEmpty();
        (met() || metAgain()).ShouldBeTrue("the fault never met its request");
        var stream = await world.StreamOfAsync("alice");
        (await world.EntriesAsync(stream)).Count(static entry => entry.Kind is EntryKind.Removed).ShouldBe(1);
        await world.ShouldBeSoundAsync(stream);
    }

    [Fact]
    public async Task A_blob_that_a_policy_keeps_is_left_by_both_and_goes_when_the_policy_ends()
    {
        await using var proxy = await FaultProxy.StartAsync((await SharedProcesses.AzuriteAsync()).Blob);
        await using var world = await StartAsync(proxy.Address);
        await HandInAsync(world);
        await LeaveOrphanAsync(world);
        var tasks = new TimedTasks(world);
        proxy.Choose(static (request, _) => HttpMethods.IsDelete(request.Method) ? WireFault.Immutable : WireFault.None);
        tasks.Time.Pass(Later);
        (await tasks.SweepAsync()).ShouldBe(FileTally.None with { Left = 1, Kept = 1 });
        tasks.Time.Pass(Over);
        (await tasks.RetainAsync()).ShouldBe(FileTally.None with { Left = 2 });
        (await world.ArchivedNamesAsync()).Count.ShouldBe(2);

        proxy.Choose(static (_, _) => WireFault.None);
        (await tasks.RetainAsync()).ShouldBe(FileTally.None with { Gone = 2 });
        (await world.ArchivedNamesAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("unlocked", "Unlocked")]
    [InlineData("locked", "Locked")]
    [InlineData("off", null)]
    public async Task With_immutability_on_storage_is_told_until_when_and_Azurite_takes_no_notice(string setting, string? mode)
    {
        await using var proxy = await FaultProxy.StartAsync((await SharedProcesses.AzuriteAsync()).Blob);
        var told = new System.Collections.Concurrent.ConcurrentQueue<(string? Mode, string? Until)>();
        proxy.Choose((request, _) =>
        {
            if (request.QueryString.Value!.Contains("comp=blocklist", StringComparison.Ordinal) || request.Headers.ContainsKey("x-ms-blob-type"))
            {
                told.Enqueue((request.Headers["x-ms-immutability-policy-mode"], request.Headers["x-ms-immutability-policy-until-date"]));
            }

            return WireFault.None;
        });
        await using var world = await StartAsync(proxy.Address, setting);
        var (_, put) = await HandInAsync(world);
        var (toldMode, until) = told.ShouldHaveSingleItem();
        toldMode.ShouldBe(mode, StringCompareShould.IgnoreCase);
        if (mode is not null)
        {
            DateTimeOffset.Parse(until!, System.Globalization.CultureInfo.InvariantCulture).ShouldBe(DateTimeOffset.Parse(put.Text("retain_until"), System.Globalization.CultureInfo.InvariantCulture));
        }

        var tasks = new TimedTasks(world);
        tasks.Time.Pass(Over);
        (await tasks.RetainAsync()).ShouldBe(FileTally.None with { Gone = 1 });
    }

    private static Task<GateWorld> StartAsync(Uri? blobs = null, string immutability = "off") => GateWorld.StartAsync(
        registry: static registry => registry["tools"]![0]!["labelling"] = TestRegistry.NewLabelling(), blobs: blobs,
        configure: builder => builder.Configuration.AddInMemoryCollection([new("Gating:Storage:Immutability", immutability)]));

    private static async Task<(StudioCall Studio, StudioCall.Answer Put)> HandInAsync(GateWorld world)
    {
        var studio = new StudioCall(world.Http, world.Addresses[0]);
        var put = await studio.PutAsync(await studio.BeginOneAsync((await world.Call(world.IdToken("alice")).GrantAsync())), TinyPng.Of(1));
        put.Status.ShouldBe(201, put.ToString());
        return (studio, put);
    }

    /// <summary>A file of a generation that promised it, and no entry.</summary>
    private static async Task LeaveOrphanAsync(GateWorld world)
    {
        var studio = new StudioCall(world.Http, world.Addresses[0]);
        var begun = await studio.BeginAsync((await world.Call(world.IdToken("bob")).GrantAsync()));
        ContentId.TryParse(begun.Json.GetProperty("outputs")[0].GetProperty("content_id").GetString(), out var content).ShouldBeTrue();
        var person = await world.StreamOfAsync("bob");
        var seq = (await world.EntriesAsync(person)).Single(static entry => entry.Kind is EntryKind.Redeemed).Seq;
        var file = new ArchivedFile(content, "image/png", 3, default, default, DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.AddDays(184).ToUnixTimeSeconds()));
        var reference = world.Services.GetRequiredService<ArchiveReferences>().Seal(content, new(person, seq, 1));
        (await world.Services.GetRequiredService<IArchiveStore>().StoreAsync(file, reference, new MemoryStream([1, 2, 3]), default)).ShouldBeOfType<StoreOutcome.Stored>();
    }

    private static Func<bool> Break(FaultProxy proxy, WireFault fault, string method)
    {
        var once = 1;
        proxy.Choose((request, _) => request.Method == method && request.Path.Value!.Contains("archive", StringComparison.Ordinal) && Interlocked.Exchange(ref once, 0) == 1 ? fault : WireFault.None);
        return () => Volatile.Read(ref once) == 0;
    }

    private static async Task TryAsync(Func<Task<FileTally>> run)
    {
        try
        {
            await run();
        }
        catch (StorageUnavailableException)
        {
            // Nothing is known: the next run tells.
        }
    }
}
