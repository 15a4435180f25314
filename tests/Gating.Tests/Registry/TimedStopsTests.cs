using Gating.Admission;
using Gating.Generations;
using Gating.Ledger;
using Gating.Registry;
using Gating.Revocation;
using Gating.Testing;
using Gating.Testing.Storage;
using Gating.Tests.Admission;
using Gating.Tests.Generations;
using Shouldly;
using Xunit;

namespace Gating.Tests.Registry;

/// <summary>What is registered, stopped from a time on: nobody is refused before it, and everybody from then on, however young the snapshot is.</summary>
public sealed class TimedStopsTests
{
    [Theory]
    [InlineData(RegistryKind.App, "app", RefusalReason.AppStopped)]
    [InlineData(RegistryKind.Tool, GateFixture.Tool, RefusalReason.ToolStopped)]
    [InlineData(RegistryKind.Issuer, GateFixture.Issuer, RefusalReason.IssuerStopped)]
    [InlineData(RegistryKind.Key, "a", RefusalReason.KeyStopped)]
    public async Task The_gate_is_open_until_its_time_and_closed_from_then_on(RegistryKind kind, string name, RefusalReason reason)
    {
        var gate = new GateFixture();
        await gate.WriteRegistryAsync();
        var stop = new RegistryStop(KeyHash.Of("stop", "1"), kind, name, Whole(gate.Time.GetUtcNow().AddMinutes(1)));
        (await new RegistryStops(gate.RegistryStore, gate.Time).SetAsync(stop, default)).ShouldBeNull();
        (await gate.AskAsync(static request => request with { ClientKey = "a" })).ShouldBeOfType<AdmissionDecision.Granted>();
        gate.Time.Pass(TimeSpan.FromMinutes(1));
        (await gate.AskAsync(static request => request with { ClientKey = "a" })).ShouldBeOfType<AdmissionDecision.Refused>().Refusal.Reason.ShouldBe(reason);
        await gate.LiftAsync(stop);
        (await gate.AskAsync(static request => request with { ClientKey = "a" })).ShouldBeOfType<AdmissionDecision.Granted>();
    }

    [Fact]
    public async Task A_snapshot_from_before_is_not_used_a_moment_longer()
    {
        var (time, store) = (ManualTime.AtNoon(), new InMemoryRegistryStore());
        var document = Seed.Whole().Read().Valid();
        RegistryStop[] stops = [Stop(1, "studio", minutes: 1), Stop(2, "other", minutes: 1), Stop(3, "studio", minutes: 2)];
        (await store.WriteAsync((await store.ReadAsync(default)).Version, [.. document.Rows, .. stops.Select(static stop => stop.ToRow())], [], default)).ShouldNotBeNull();
        var source = new RegistrySource(store, time, RegistryMode.Production);

        (await ReadAsync()).ShouldBe((RegistryStatus.Active, At(1)));
        time.Pass(TimeSpan.FromMinutes(1) - TimeSpan.FromMilliseconds(1));
        (await ReadAsync()).ShouldBe((RegistryStatus.Active, At(1)));
        var reads = store.Faults.Calls(StoreCall.ReadRegistry);
        time.Pass(TimeSpan.FromMilliseconds(1));
        (await ReadAsync()).ShouldBe((RegistryStatus.Stopped, At(2)));
        (await ReadAsync()).ShouldBe((RegistryStatus.Stopped, At(2)));
        store.Faults.Calls(StoreCall.ReadRegistry).ShouldBe(reads + 1);
        time.Pass(TimeSpan.FromMinutes(1));
        (await ReadAsync()).ShouldBe((RegistryStatus.Stopped, null));

        async Task<(RegistryStatus, DateTimeOffset?)> ReadAsync() => await source.GetAsync(default) is var snapshot ? (snapshot.Apps["studio"].Status, snapshot.ChangesAt) : default;
    }

    /// <summary>Its snapshot is young enough, and from before.</summary>
    [Fact]
    public async Task A_request_that_is_on_its_way_at_that_time_is_decided_by_what_holds_then()
    {
        var gate = new GateFixture();
        await gate.WriteRegistryAsync();
        await StopToolAsync(gate);
        var listed = gate.Faults.HoldNext(StoreCall.ReadStatusList);
        var asking = gate.AskAsync();
        await listed.Reached;
        gate.Time.Pass(TimeSpan.FromSeconds(1));
        listed.Release();
        (await asking).ShouldBeOfType<AdmissionDecision.Refused>().Refusal.Reason.ShouldBe(RefusalReason.ToolStopped);
    }

    [Fact]
    public async Task A_grant_that_is_being_redeemed_at_that_time_begins_nothing()
    {
        var world = new GenerationFixture();
        var grant = await world.GrantAsync();
        world.Restart();
        await StopToolAsync(world.Gate);
        var read = world.Faults.HoldNext(StoreCall.ReadHead);
        var asking = world.RedeemAsync(grant);
        await read.Reached;
        world.Gate.Time.Pass(TimeSpan.FromSeconds(1));
        read.Release();
        (await asking).ShouldBe(new GenerationOutcome.Refused(GenerationRefusal.ToolStopped));
    }

    [Fact]
    public async Task Where_the_registry_cannot_be_read_at_its_time_nobody_is_let_in()
    {
        var (time, store) = (ManualTime.AtNoon(), new InMemoryRegistryStore());
        (await store.WriteAsync((await store.ReadAsync(default)).Version, [.. Seed.Whole().Read().Valid().Rows, Stop(1, "studio", minutes: 1).ToRow()], [], default)).ShouldNotBeNull();
        var source = new RegistrySource(store, time, RegistryMode.Production);
        time.Pass(TimeSpan.FromMinutes(1) - TimeSpan.FromMilliseconds(1));
        (await source.GetAsync(default)).Apps["studio"].Status.ShouldBe(RegistryStatus.Active);
        time.Pass(TimeSpan.FromMilliseconds(1));
        using (store.Faults.Outage(Fault.Before))
        {
            await Should.ThrowAsync<StorageUnavailableException>(source.GetAsync(default).AsTask());
        }
    }

    [Fact]
    public void A_row_says_its_time_and_another_word_for_it_refuses_all()
    {
        var row = Stop(1, "studio", minutes: 1).ToRow();
        row.Json.ShouldContain("\"from\":\"2026-11-22T12:01:00.000Z\"");
        var rows = Seed.Whole().Read().Valid().Rows;
        RegistryReader.ReadRows([.. rows, row], RegistryMode.Production).Valid().Timed.ShouldHaveSingleItem().ShouldBe(Stop(1, "studio", minutes: 1));
        RegistryReader.ReadRows([.. rows, row with { Json = row.Json.Replace("2026-11-22T", "soon, ", StringComparison.Ordinal) }], RegistryMode.Production).Errors().ShouldHaveSingleItem().At.ShouldEndWith("/from");
    }

    /// <summary>A second from now.</summary>
    private static async Task StopToolAsync(GateFixture gate) => (await new RegistryStops(gate.RegistryStore, gate.Time).SetAsync(
        new(KeyHash.Of("stop", "1"), RegistryKind.Tool, GateFixture.Tool, Whole(gate.Time.GetUtcNow().AddSeconds(1))), default)).ShouldBeNull();

    private static RegistryStop Stop(int id, string app, int minutes) => new(new(new(0, (ulong)id)), RegistryKind.App, app, At(minutes));

    private static DateTimeOffset At(int minutes) => ManualTime.Noon.AddMinutes(minutes);

    private static DateTimeOffset Whole(DateTimeOffset time) => DateTimeOffset.FromUnixTimeMilliseconds(time.ToUnixTimeMilliseconds());
}
