using System.Collections.Concurrent;
using System.Globalization;
using Gating.Client;
using Gating.Functions.Tests.World;
using Gating.Ledger;
using Gating.Testing;
using Gating.Testing.Jose;
using Microsoft.AspNetCore.Http;
using Shouldly;
using Xunit;

namespace Gating.Functions.Tests.Client;

/// <summary>Answers that are lost, late, or say when to come back: tried again, and nothing is charged or done twice.</summary>
public sealed class RetryTests
{
    private const string Granted = """{"access_token":"a.b.c","issued_token_type":"x","token_type":"Bearer","expires_in":300,"authorization_details":[{"type":"synthetic_media","operation":"face_swap","units":1}]}""";

    [Fact]
    public async Task A_lost_answer_is_asked_for_again_and_charged_once()
    {
        await using var scene = await ClientScene.StartAsync(static registry => registry["tools"]![0]!["quotas"]![0]!["limit"] = 2);
        using var dpop = Es256Key.Create();
        var app = scene.App(dpop);
        scene.Front.Losing = 1;

        var grant = await scene.GrantAsync(app, "mei");

        grant.Replayed.ShouldBeTrue();
        scene.Front.RequestsTo("/oauth2/token").ShouldBe(2);
        (await scene.GrantedAsync("mei")).ShouldBe(1);
        (await app.ExchangeAsync(scene.Asking("mei"), default)).ShouldBeOfType<ExchangeOutcome.Granted>();
        (await app.ExchangeAsync(scene.Asking("mei"), default)).ShouldBeOfType<ExchangeOutcome.Refused>().Refusal.Reason.ShouldBe("quota_exceeded");

        // The same for what follows: begun once, kept once, reported once.
        scene.Front.Losing = 1;
        var begun = (await app.BeginAsync(grant, new() { Model = "m", ModelVersion = "1", Category = GeneratedCategory.Face }, default)).ShouldBeOfType<BeginOutcome.Begun>().Generation;
        begun.Replayed.ShouldBeTrue();
        scene.Front.Losing = 1;
        using var picture = new MemoryStream([0, 0, .. TinyPng.Of(1)]) { Position = 2 };
        (await app.HandInAsync(begun.Id, 1, picture, declaresExplicitLabel: false, default)).ShouldBeOfType<HandInOutcome.Kept>().Output.Replayed.ShouldBeTrue();
        scene.Front.Losing = 1;
        (await app.ReportAsync(begun.Id, new(Failed: false), default)).ShouldBeOfType<ReportOutcome.Recorded>();
        var entries = await scene.World.EntriesAsync(await scene.World.StreamOfAsync("mei"));
        foreach (var kind in new[] { EntryKind.Redeemed, EntryKind.Archived, EntryKind.Reported })
        {
            entries.Count(entry => entry.Kind == kind).ShouldBe(1, kind.ToString());
        }
    }

    [Fact]
    public async Task Who_was_left_in_doubt_asks_again_under_the_same_key()
    {
        await using var scene = await ClientScene.StartAsync();

        // A gate's first grant may take longer than somebody hasty waits, and then there is none.
        (await scene.App().ExchangeAsync(scene.Asking("mei"), default)).ShouldBeOfType<ExchangeOutcome.Granted>();
        scene.Front.Losing = 1000;
        var hasty = new GatingApp(scene.Http, new() { Gate = scene.Gate, ClientId = TestRegistry.App, ClientSecret = TestRegistry.Secret, Deadline = TimeSpan.FromSeconds(2) }, TimeProvider.System);
        var doubt = (await hasty.ExchangeAsync(scene.Asking("lin"), default)).ShouldBeOfType<ExchangeOutcome.Unavailable>();
        scene.Front.Losing = 0;

        var grant = (await scene.App().ExchangeAsync(scene.Asking("lin", key: doubt.IdempotencyKey), default)).ShouldBeOfType<ExchangeOutcome.Granted>().Grant;

        grant.Replayed.ShouldBeTrue();
        (await scene.GrantedAsync("lin")).ShouldBe(1);
    }

    [Theory]
    [InlineData(503, "temporarily_unavailable", true)]
    [InlineData(429, "temporarily_unavailable", true)]
    [InlineData(409, "invalid_request", true)]
    [InlineData(400, "invalid_request", false)]
    [InlineData(422, "invalid_request", false)]
    public async Task What_says_when_to_come_back_is_asked_again_then_and_no_sooner(int status, string error, bool isRepeated)
    {
        await using var gate = await LoopbackProvider.StartAsync();
        var keys = new ConcurrentBag<string>();
        var proofs = new ConcurrentBag<string>();
        gate.Answer("/oauth2/token", async context =>
        {
            keys.Add(context.Request.Headers["Idempotency-Key"].Single()!);
            proofs.Add(context.Request.Headers["DPoP"].Single()!);
            context.Response.Headers.RetryAfter = "7";
            context.Response.StatusCode = keys.Count == 1 ? status : 200;
            await context.Response.WriteAsync(keys.Count == 1 ? $$"""{"error":"{{error}}","reason":"busy"}""" : Granted);
        });
        var time = ManualTime.Stepped();
        using var dpop = Es256Key.Create();
        using var http = new HttpClient();
        var asking = App(http, gate, time, dpop).ExchangeAsync(Some, default);

        if (!isRepeated)
        {
            (await asking).ShouldBeOfType<ExchangeOutcome.Refused>().Refusal.Status.ShouldBe(status);
            return;
        }

        await Eventually.TrueAsync(() => time.Waiting == 1 && time.Delays[^1] == TimeSpan.FromSeconds(7));
        time.Pass(TimeSpan.FromSeconds(6.9));
        await Task.Delay(50);
        gate.Requests.ShouldBe(1);
        time.Pass(TimeSpan.FromSeconds(0.1));
        (await asking).ShouldBeOfType<ExchangeOutcome.Granted>();
        keys.Distinct(StringComparer.Ordinal).Count().ShouldBe(1);
        proofs.Distinct(StringComparer.Ordinal).Count().ShouldBe(2);
    }

    [Theory]
    [InlineData(503)]
    [InlineData(429)]
    public async Task A_wait_beyond_the_deadline_is_not_begun(int status)
    {
        await using var gate = await LoopbackProvider.StartAsync();
        gate.Answer("/oauth2/token", async context =>
        {
            context.Response.Headers.RetryAfter = "31";
            context.Response.StatusCode = status;
            await context.Response.WriteAsync("""{"error":"temporarily_unavailable","reason":"storage_unavailable"}""");
        });
        using var http = new HttpClient();

        var outcome = await App(http, gate, TimeProvider.System).ExchangeAsync(Some, default);

        (outcome switch
        {
            ExchangeOutcome.Refused(var refusal) => (refusal.Reason, refusal.RetryAfter),
            ExchangeOutcome.Unavailable(var outage, _) => (outage.Reason, outage.RetryAfter),
            _ => default,
        }).ShouldBe(("storage_unavailable", TimeSpan.FromSeconds(31)));
        gate.Requests.ShouldBe(1);
    }

    [Fact]
    public async Task The_deadline_ends_what_would_go_on_and_on()
    {
        await using var gate = await LoopbackProvider.StartAsync();
        gate.Answer("/oauth2/token", LoopbackProvider.Status(502));
        using var http = new HttpClient();
        var time = ManualTime.Stepped();
        var asking = new GatingApp(http, Options(gate, deadline: TimeSpan.FromSeconds(1)), time).ExchangeAsync(Some, default);

        // Time passes between tries alone: one that the deadline cuts would be a timeout. Each asks for two delays, the end of the try and the wait after it.
        for (var waits = 1; !asking.IsCompleted; waits++)
        {
            await Eventually.TrueAsync(() => asking.IsCompleted || time.Delays.Count == 2 * waits);
            time.Pass(time.Delays[^1]);
        }

        var outage = (await asking).ShouldBeOfType<ExchangeOutcome.Unavailable>().Outage;

        outage.Reason.ShouldBe(Outage.Unreadable);
        outage.Tries.ShouldBe(gate.Requests);
        outage.Tries.ShouldBeInRange(2, 12);
    }

    [Fact]
    public async Task A_gate_that_does_not_answer_is_left_and_asked_again()
    {
        await using var gate = await LoopbackProvider.StartAsync();
        var tries = 0;
        gate.Answer("/oauth2/token", async context =>
        {
            if (Interlocked.Increment(ref tries) == 1)
            {
                await Task.Delay(TimeSpan.FromSeconds(30), context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                return;
            }

            await context.Response.WriteAsync(Granted);
        });
        using var http = new HttpClient();
        var app = new GatingApp(http, Options(gate, tryTimeout: TimeSpan.FromMilliseconds(300)), TimeProvider.System);

        (await app.ExchangeAsync(Some, default)).ShouldBeOfType<ExchangeOutcome.Granted>();
        tries.ShouldBe(2);
    }

    [Fact]
    public async Task Nobody_there_an_answer_of_somebody_else_and_a_redirection_are_outages()
    {
        var gate = await LoopbackProvider.StartAsync();
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        gate.Answer("/oauth2/token", LoopbackProvider.Json("<html>hello</html>", "text/html"));
        // Longer than a first connection takes on a machine that does much else: a try that it cuts would be a timeout.
        var options = Options(gate, deadline: TimeSpan.FromSeconds(3));
        (await new GatingApp(http, options, TimeProvider.System).ExchangeAsync(Some, default)).ShouldBeOfType<ExchangeOutcome.Unavailable>().Outage.Reason.ShouldBe(Outage.Unreadable);
        gate.Answer("/oauth2/token", static context =>
        {
            context.Response.Redirect("/elsewhere");
            return Task.CompletedTask;
        });
        (await new GatingApp(http, options, TimeProvider.System).ExchangeAsync(Some, default)).ShouldBeOfType<ExchangeOutcome.Unavailable>();
        gate.RequestsTo("/elsewhere").ShouldBe(0);
        await gate.DisposeAsync();
        (await new GatingApp(http, options, TimeProvider.System).ExchangeAsync(Some, default)).ShouldBeOfType<ExchangeOutcome.Unavailable>().Outage.Reason.ShouldBe(Outage.Network);
    }

    [Fact]
    public async Task A_call_that_is_cancelled_ends_so()
    {
        await using var gate = await LoopbackProvider.StartAsync();
        gate.Answer("/oauth2/token", LoopbackProvider.Status(503));
        using var http = new HttpClient();
        using var over = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));

        await Should.ThrowAsync<OperationCanceledException>(() => App(http, gate, TimeProvider.System).ExchangeAsync(Some, over.Token));
    }

    private static GrantRequest Some => new() { IdToken = "x", Resource = TestRegistry.Tool, Operation = "face_swap" };

    private static GatingApp App(HttpClient http, LoopbackProvider gate, TimeProvider time, Es256Key? dpop = null) => new(http, Options(gate, dpop: dpop), time);

    private static GatingAppOptions Options(LoopbackProvider gate, TimeSpan? deadline = null, TimeSpan? tryTimeout = null, Es256Key? dpop = null) => new()
    {
        Gate = new(gate.Origin),
        ClientId = "studio",
        ClientSecret = "secret",
        DpopKey = dpop,
        Deadline = deadline ?? TimeSpan.FromSeconds(30),
        TryTimeout = tryTimeout ?? TimeSpan.FromSeconds(10),
    };
}
