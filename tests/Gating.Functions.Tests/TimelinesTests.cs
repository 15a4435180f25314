using Gating.Azure;
using Gating.Functions.Tests.World;
using Gating.Ledger;
using Gating.Log;
using Gating.Log.Sealing;
using Gating.Testing;
using Gating.Testing.Storage;
using Gating.Timelines;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace Gating.Functions.Tests;

/// <summary>What people did through the real surface stands on the timelines of app, tool and issuer, and its hour is closed by an entry that is in the log, over a good network and over a bad one.</summary>
public sealed class TimelinesTests(ITestOutputHelper output) : IAsyncLifetime
{
    private static readonly WireFault[] Faults =
        [WireFault.ResetBefore, WireFault.AnswerLost, WireFault.Busy, WireFault.ErrorAfter, WireFault.CutOff, WireFault.Duplicate];

    private GateWorld _world = null!;
    private DateTimeOffset _began;

    private TimelineReader Reader => _world.Services.GetRequiredService<TimelineReader>();

    public async Task InitializeAsync()
    {
        _began = DateTimeOffset.UtcNow.AddMinutes(-5);
        _world = await GateWorld.StartAsync(registry: static registry => registry["tools"]![0]!["labelling"] = TestRegistry.NewLabelling());
    }

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task A_question_about_a_tool_is_answered_in_order_and_a_verifier_sees_that_nothing_is_left_out()
    {
        var entries = await ActAsync();
        await _world.LogAsync();

        TimelineItem[] items = [.. entries.Select(TimelineItem.Of).OrderBy(static item => item.Position, TimelinePosition.Order)];
        items.Select(static item => item.Kind).ShouldBe(
            [EntryKind.Granted, EntryKind.Redeemed, EntryKind.Archived, EntryKind.Reported, EntryKind.Granted, EntryKind.Redeemed, EntryKind.Archived, EntryKind.Reported, EntryKind.Refused], ignoreOrder: true);
        (await ReadAsync(TimelineKind.App, TestRegistry.App)).ShouldBe(items);
        (await ReadAsync(TimelineKind.Tool, TestRegistry.Tool)).ShouldBe(items.Where(static item => item.Kind is not EntryKind.Refused));
        (await ReadAsync(TimelineKind.Issuer, _world.IdentityIssuer)).ShouldBe(items.Where(static item => item.Kind is EntryKind.Granted or EntryKind.Refused));

        // An hour and a half later.
        var time = ManualTime.Running();
        time.Pass(TimeSpan.FromHours(1) + HourClosing.Wait);
        var tally = await NewClosing(_world.Services.GetRequiredService<AzureStorage>(), time).RunAsync(default);
        tally.Alarming.ShouldBe(0);
        tally.Closed.ShouldBeInRange(2, 4);
        await ShouldBeClosedAsync(entries);
        await ShouldBeLoggedAsync();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Behind_a_bad_network_the_hours_are_closed_as_they_are(int seed)
    {
        var entries = await ActAsync();
        var options = await AzuriteStorage.NewOptionsAsync() with { Prefix = _world.Settings["Gating:Storage:Prefix"]! };
        await using var tables = await FaultProxy.StartAsync(options.Tables);
        using var storage = new AzureStorage(options with { Tables = tables.Address }, TimeProvider.System, _world.Services.GetRequiredService<OperatorKey>());
        await storage.EnsureCreatedAsync(default);
        var (random, broken, failures) = (new Random(seed), 0, 0);
        tables.Choose((_, _) =>
        {
            lock (random)
            {
                var fault = random.Next(4) == 0 ? Faults[random.Next(Faults.Length)] : WireFault.None;
                broken += fault is WireFault.None ? 0 : 1;
                return fault;
            }
        });

        // A new instance for every try: nothing is remembered.
        var right = new ClockCheck(static () => true, TimeSpan.Zero);
        await UntilAsync(() => new TimelineIndexing(storage.Timelines, right, TimeProvider.System).AddAsync(entries, default));
        var time = ManualTime.Running();
        time.Pass(TimeSpan.FromHours(1) + HourClosing.Wait);
        await UntilAsync(() => NewClosing(storage, time).RunAsync(default));
        tables.Choose(static (_, _) => WireFault.None);
        output.WriteLine($"{broken} exchanges broken, {failures} tries failed");
        broken.ShouldBeGreaterThan(5);
        await ShouldBeClosedAsync(entries);

        async Task UntilAsync(Func<Task> act)
        {
            for (var isDone = false; !isDone;)
            {
                try
                {
                    await act();
                    isDone = true;
                }
                catch (StorageUnavailableException)
                {
                    (++failures).ShouldBeLessThan(200);
                }
            }
        }
    }

    /// <summary>Two people make something, and one asks for a tool that is none.</summary>
    private async Task<List<Entry>> ActAsync()
    {
        var (studio, entries) = (new StudioCall(_world.Http, _world.Addresses[0]), new List<Entry>());
        foreach (var person in new[] { "alice", "bob" })
        {
            var grant = (await _world.Call(_world.IdToken(person)).GrantAsync());
            var begun = await studio.BeginAsync(grant);
            (await studio.PutAsync(begun.Json.GetProperty("outputs")[0].GetProperty("upload").GetString()!, TinyPng.Of((byte)person.Length))).Status.ShouldBe(201);
            (await studio.ReportAsync(begun.Text("id"), """{"status":"finished"}""")).Status.ShouldBe(204);
            if (person is "bob")
            {
                (await _world.Call(_world.IdToken(person)).With("resource", "https://tools.example/none").SendAsync()).Status.ShouldBe(400);
            }

            entries.AddRange(await _world.EntriesAsync(await _world.StreamOfAsync(person)));
        }

        return entries;
    }

    private HourClosing NewClosing(AzureStorage storage, TimeProvider time)
    {
        var key = _world.Services.GetRequiredService<OperatorKey>();
        return new(
            storage.Timelines, storage.Ledger, new(storage.Ledger, _world.Services.GetRequiredService<ITraceQueue>(), key, time), new(storage.Names, key), storage.Cursors, new(static () => true, TimeSpan.Zero), time,
            Microsoft.Extensions.Logging.Abstractions.NullLogger<HourClosing>.Instance);
    }

    /// <summary>As a verifier does it who has the entries: of each hour the operator's last word is the digest over them.</summary>
    private async Task ShouldBeClosedAsync(List<Entry> entries)
    {
        var operators = await _world.Services.GetRequiredService<StreamNames>().OfAsync("operator", "operator", default);
        await _world.ShouldBeSoundAsync(operators);
        var last = (await _world.EntriesAsync(operators)).Select(static entry => ClosedHour.Read(entry).ShouldNotBeNull()).GroupBy(static closed => (closed.Timeline, closed.Hour)).ToDictionary(static hour => hour.Key, static hour => hour.Last());
        var hours = entries.SelectMany(EntryTimelines.RowsOf).Where(static row => row.Timeline.IsClosed).GroupBy(static row => (row.Timeline, row.Shard.Hour)).ToList();
        last.Count.ShouldBe(hours.Count);
        foreach (var hour in hours)
        {
            last[hour.Key].Digest.ShouldBe(HourDigest.Of(hour.Select(static row => row.Item).OrderBy(static item => item.Position, TimelinePosition.Order).Select(static item => item.Entry)));
        }
    }

    private async Task ShouldBeLoggedAsync()
    {
        await Task.Delay(LogSealer.Pace);
        await _world.LogAsync();
        var operators = await _world.Services.GetRequiredService<StreamNames>().OfAsync("operator", "operator", default);
        var rows = await _world.Services.GetRequiredService<LogStores>().Leaves.ReadAsync(operators, 1, 99, default);
        rows.Count.ShouldBe((int)(await _world.Ledger.ReadHeadAsync(operators, default))!.Head.Seq);
        rows.ShouldAllBe(static row => row.Index != null);
    }

    private async Task<IReadOnlyList<TimelineItem>> ReadAsync(TimelineKind kind, string id)
    {
        Timeline.TryCreate(kind, id, out var timeline).ShouldBeTrue();
        return (await Reader.ReadAsync(timeline, new(_began, DateTimeOffset.UtcNow.AddMinutes(1)), null, 1000, default)).Items;
    }
}
