using Gating.Functions.Tests.World;
using Gating.Ledger;
using Shouldly;
using Xunit;

namespace Gating.Functions.Tests;

/// <summary>How a generation ended is told once.</summary>
public sealed class ReportsTests : IAsyncLifetime
{
    private GateWorld _world = null!;
    private StudioCall _studio = null!;

    public async Task InitializeAsync()
    {
        _world = await GateWorld.StartAsync();
        _studio = new(_world.Http, _world.Addresses[0]);
    }

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task It_is_recorded_once_and_the_same_again_changes_nothing()
    {
        var id = await BeginAsync("reporter");
        (await _studio.ReportAsync(id, """{"status":"finished","units":1,"duration_ms":5200}""")).Status.ShouldBe(204);
        (await _studio.ReportAsync(id, """{"duration_ms":5200,"units":1,"status":"finished"}""")).Status.ShouldBe(204);
        var other = await _studio.ReportAsync(id, """{"status":"failed"}""");
        other.Status.ShouldBe(409);
        other.Text("reason").ShouldBe("report_differs");
        var stream = await _world.StreamOfAsync("reporter");
        (await _world.EntriesAsync(stream)).Select(entry => entry.Kind).ShouldBe([EntryKind.Granted, EntryKind.Redeemed, EntryKind.Reported]);
        await _world.ShouldBeSoundAsync(stream);
    }

    [Theory]
    [InlineData("""{"status":"finished","units":2}""", 422, "too_many_units")]
    [InlineData("""{"status":"done"}""", 400, "report_malformed")]
    [InlineData("""{"status":"failed","units":-1}""", 400, "report_malformed")]
    [InlineData("""{"status":"failed","duration_ms":86400001}""", 400, "report_malformed")]
    [InlineData("""{"status":"failed","why":"x"}""", 400, "report_malformed")]
    [InlineData("""[]""", 400, "report_malformed")]
    public async Task What_is_wrong_is_said_and_the_report_stays_open(string body, int status, string reason)
    {
        var id = await BeginAsync("careless");
        var refused = await _studio.ReportAsync(id, body);
        refused.Status.ShouldBe(status, refused.ToString());
        refused.Text("reason").ShouldBe(reason);
        (await _studio.ReportAsync(id, """{"status":"failed"}""")).Status.ShouldBe(204);
    }

    [Fact]
    public async Task Another_apps_generation_is_unknown()
    {
        var id = await BeginAsync("owner");
        (await _studio.ReportAsync(id, """{"status":"failed"}""", TokenCall.Basic(TestRegistry.OtherApp, TestRegistry.OtherSecret))).Status.ShouldBe(404);
        (await _studio.ReportAsync("x", """{"status":"failed"}""")).Status.ShouldBe(404);
    }

    private async Task<string> BeginAsync(string person) => (await _studio.BeginAsync((await _world.Call(_world.IdToken(person)).GrantAsync()))).Text("id");
}
