using System.Text;
using System.Text.Json.Nodes;
using Gating.Functions.Tests.World;
using Gating.Generations;
using Gating.Ledger;
using Gating.Messages;
using Gating.Testing;
using Gating.Testing.Jose;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Gating.Functions.Tests;

/// <summary>Reports by the <c>generations</c> queue of the real Azurite, taken by an instance that drives itself: one effect, whatever comes, however often, in whatever order.</summary>
public sealed class GenerationsQueueTests : IAsyncLifetime
{
    private const string Queue = "generations";
    private const string Finished = """{"status":"finished","units":1}""";
    private const string Failed = """{"status":"failed"}""";

    private readonly TestKey _key = TestKey.Ec("events-1");
    private readonly TestKey _othersKey = TestKey.Ec("events-1");
    private GateWorld _world = null!;
    private StudioCall _studio = null!;

    private IMessageQueues Queues => _world.Services.GetRequiredService<IMessageQueues>();

    private IDeadLetters Letters => _world.Services.GetRequiredService<IDeadLetters>();

    public async Task InitializeAsync()
    {
        _world = await GateWorld.StartAsync(drivesItself: true, registry: registry =>
        {
            registry["apps"]![0]!["jwks"] = Keys(_key);
            registry["apps"]![1]!["jwks"] = Keys(_othersKey);
        });
        _studio = new(_world.Http, _world.Addresses[0]);
    }

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task A_report_is_recorded_once_however_often_it_comes()
    {
        var id = await BeginAsync("u1");
        var message = Event(id, Finished);
        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => PutAsync(message)));
        await RecordedAsync("u1");
        await EmptyAsync();
        (await ReportsAsync("u1")).ShouldHaveSingleItem().ShouldContain("finished");
        (await LettersAsync()).ShouldBeEmpty();

        // By HTTP it is the same report.
        (await _studio.ReportAsync(id, Finished)).Status.ShouldBe(204);
        await _world.ShouldBeSoundAsync(await _world.StreamOfAsync("u1"));
    }

    [Fact]
    public async Task Of_two_that_contradict_each_other_the_first_holds_and_the_other_is_set_aside()
    {
        var id = await BeginAsync("u2");
        (await _studio.ReportAsync(id, Failed)).Status.ShouldBe(204);
        await PutAsync(Event(id, Finished));
        var letter = await LetterAsync();
        (letter.Reason, letter.Detail).ShouldBe(("report_differs", "Something else was reported before."));
        (await ReportsAsync("u2")).ShouldHaveSingleItem().ShouldContain("failed");
    }

    [Fact]
    public async Task What_is_not_signed_by_the_generations_own_app_has_no_effect()
    {
        var id = await BeginAsync("u3");
        string[] forged =
        [
            Event(id, Finished, key: _othersKey),
            Event(id, Finished, source: TestRegistry.OtherApp, key: _othersKey),
            Event(id, Finished, key: TestKey.Ec("events-1")),
            Unsigned(id, Finished),
            $$"""{"DequeueCount":99,"Id":"forged","PopReceipt":"forged","source":"{{TestRegistry.App}}","subject":"{{id}}","data":{{Finished}}}""",
            "no base64 and no JWS",
        ];
        await Task.WhenAll(forged.Select(PutAsync));
        await Eventually.TrueAsync(async () => (await LettersAsync()).Count == forged.Length);
        var letters = await LettersAsync();
        letters.Select(static letter => letter.Reason).Order(StringComparer.Ordinal)
            .ShouldBe([.. Enumerable.Repeat("event_not_believed", 5), "generation_unknown"]);
        letters.Select(static letter => Encoding.UTF8.GetString(letter.Message.Span)).Order(StringComparer.Ordinal).ShouldBe(forged.Order(StringComparer.Ordinal));
        (await ReportsAsync("u3")).ShouldBeEmpty();

        // And the true one still counts.
        await PutAsync(Event(id, Finished));
        await RecordedAsync("u3");
    }

    [Fact]
    public async Task A_poison_message_stops_no_other_and_is_replayed_when_what_was_wrong_is_mended()
    {
        var id = await BeginAsync("u4");
        var early = TestKey.Ec("events-2");
        await PutAsync(Event(id, Finished, key: early));
        var letter = await LetterAsync();
        letter.Reason.ShouldBe("event_not_believed");
        (await ReportsAsync("u4")).ShouldBeEmpty();

        await _world.ChangeRegistryAsync(registry => registry["apps"]![0]!["jwks"] = Keys(_key, early));
        await Task.Delay(TimeSpan.FromSeconds(2.5));
        await new DeadLetterReplay(Queues, Letters).ReplayAsync(letter, default);
        await RecordedAsync("u4");
        await EmptyAsync();
        (await LettersAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("gating.generation.begun", Finished, "event_unknown")]
    [InlineData(ReportedGenerations.Type, """{"status":"done"}""", "report_malformed")]
    [InlineData(ReportedGenerations.Type, """{"status":"finished","units":2}""", "too_many_units")]
    public async Task What_the_endpoint_would_refuse_is_set_aside_with_the_same_reason(string type, string report, string reason)
    {
        var id = await BeginAsync("u5");
        await PutAsync(Event(id, report, type));
        (await LetterAsync()).Reason.ShouldBe(reason);
        (await ReportsAsync("u5")).ShouldBeEmpty();
    }

    private static JsonObject Keys(params TestKey[] keys) => new() { ["keys"] = new JsonArray([.. keys.Select(static key => JsonNode.Parse(key.Jwk(static jwk => jwk.Text("alg", "ES256"))))]) };

    private static string Unsigned(string id, string report, string type = ReportedGenerations.Type, string source = TestRegistry.App) =>
        $$"""{"specversion":"1.0","id":"e-{{id}}","source":"{{source}}","type":"{{type}}","subject":"{{id}}","data":{{report}}}""";

    private string Event(string id, string report, string type = ReportedGenerations.Type, string source = TestRegistry.App, TestKey? key = null) =>
        (key ?? _key).Token($$"""{"alg":"ES256","typ":"cloudevent+jws","kid":"{{(key ?? _key).Id}}"}""", Unsigned(id, report, type, source));

    private async Task<string> BeginAsync(string person) => (await _studio.BeginAsync((await _world.Call(_world.IdToken(person)).GrantAsync()))).Text("id");

    private Task PutAsync(string message) => Queues.PutAsync(Queue, Encoding.UTF8.GetBytes(message), default);

    private async Task<List<string>> ReportsAsync(string person) =>
        [.. (await _world.EntriesAsync(await _world.StreamOfAsync(person))).Where(static entry => entry.Kind is EntryKind.Reported).Select(static entry => Encoding.UTF8.GetString(entry.Public.Span))];

    private Task RecordedAsync(string person) => Eventually.TrueAsync(async () => (await ReportsAsync(person)).Count == 1);

    private Task EmptyAsync() => Eventually.TrueAsync(async () =>
        (await _world.QueueLengthAsync(Queue)) == 0);

    private async Task<List<DeadLetter>> LettersAsync()
    {
        var letters = new List<DeadLetter>();
        await foreach (var letter in Letters.ReadAsync(Queue, default))
        {
            letters.Add(letter);
        }

        return letters;
    }

    private async Task<DeadLetter> LetterAsync()
    {
        await Eventually.TrueAsync(async () => (await LettersAsync()).Count == 1);
        return (await LettersAsync()).Single();
    }
}
