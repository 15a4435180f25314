using System.Net;
using System.Text.Json;
using Azure.Storage.Blobs.Specialized;
using Gating.Functions.Tests.World;
using Gating.Ledger;
using Gating.Messages;
using Gating.Testing;
using Gating.Testing.Processes;
using Gating.Testing.Storage;
using Shouldly;
using Xunit;

namespace Gating.Functions.Tests;

/// <summary>A log that was restored to an older state: whoever starts then is not ready and says why, and nobody seals, until it is put back.</summary>
public sealed class LogGuardTests : IAsyncLifetime
{
    private GateWorld _world = null!;

    public async Task InitializeAsync() => _world = await GateWorld.StartAsync();

    public Task DisposeAsync() => _world.DisposeAsync().AsTask();

    [Theory]
    [InlineData("the state alone", "state")]
    [InlineData("the whole account", "state", "checkpoint")]
    public async Task An_instance_that_starts_on_an_older_log_is_not_ready_and_seals_nothing_until_it_is_put_back(string restored, params string[] blobs)
    {
        await LogAsync("alice", "bob");
        var older = await ReadAsync(blobs);
        await LogAsync("carol");
        var newer = await ReadAsync("state", "checkpoint");
        await WriteAsync(older);

        var late = await _world.AddInstanceAsync();

        // It says so by itself, and to whoever asks.
        await Eventually.TrueWithinAMinuteAsync(() => Task.FromResult(_world.Logs.Lines.Any(static line => line.StartsWith("Critical Gating.Log.Sealing.LogStanding 1334 ", StringComparison.Ordinal))));
        var (status, told) = await ReadyAsync(late);
        status.ShouldBe(HttpStatusCode.ServiceUnavailable, restored);
        told.GetProperty("ready").GetBoolean().ShouldBeFalse();
        told.GetProperty("log").GetString().ShouldBe("frozen");
        told.GetProperty("log_why").GetString().ShouldBe("The log is frozen: it has 2 leaves, and the last known checkpoint has 3.");
        (told.GetProperty("registry").GetString(), told.GetProperty("clock").GetString()).ShouldBe(("ok", "ok"));
        (await _world.Http.GetAsync(new Uri(late, "/healthz"))).StatusCode.ShouldBe(HttpStatusCode.OK);

        // What is announced meanwhile is taken from the queue, and waits: neither who was there before nor who came seals it.
        await _world.Call(_world.IdToken("dave")).SendAsync();
        var message = (await _world.TakeMessagesAsync(QueueNames.Trace)).ShouldHaveSingleItem();
        (await _world.DeliverAsync(QueueNames.Trace, message)).ShouldBeOfType<MessageOutcome.Done>();
        (await _world.DeliverAsync(QueueNames.Trace, message, instance: 1)).ShouldBeOfType<MessageOutcome.Done>();
        (await ReadAsync(blobs)).ShouldBe(older);

        await WriteAsync(newer);
        await Eventually.TrueAsync(async () => (await ReadyAsync(late)).Status is HttpStatusCode.OK);
        await using var served = new ServedLog(_world, TimeSpan.FromMilliseconds(50));
        (await _world.DeliverAsync(QueueNames.Trace, message, instance: 1)).ShouldBeOfType<MessageOutcome.Done>();
        var log = await served.ShouldHoldAsync([.. await Task.WhenAll(new[] { "alice", "bob", "carol", "dave" }.Select(_world.StreamOfAsync))]);
        log.Size.ShouldBe(4);
    }

    [Fact]
    public async Task An_instance_that_was_ready_is_ready_no_longer_a_minute_after_its_log_was_restored()
    {
        var time = ManualTime.Running();
        var instance = await _world.AddInstanceAsync(builder => Microsoft.Extensions.DependencyInjection.ServiceCollectionServiceExtensions.AddSingleton<TimeProvider>(builder.Services, time));
        await LogAsync("alice");
        var older = await ReadAsync("state");
        await LogAsync("bob");
        (await ReadyAsync(instance)).Status.ShouldBe(HttpStatusCode.OK);
        await WriteAsync(older);
        (await ReadyAsync(instance)).Status.ShouldBe(HttpStatusCode.OK);
        time.Pass(Gating.Log.Sealing.LogStanding.GoodFor);
        (await ReadyAsync(instance)).Told.GetProperty("log").GetString().ShouldBe("frozen");
    }

    [Fact]
    public async Task An_instance_that_cannot_read_its_log_starts_and_is_not_ready_until_it_can()
    {
        await using var proxy = await FaultProxy.StartAsync((await SharedProcesses.AzuriteAsync()).Blob);
        proxy.Choose(static (_, _) => WireFault.ResetBefore);
        await using var world = await GateWorld.StartAsync(blobs: proxy.Address);
        var (status, told) = await ReadyAsync(world.Addresses[0]);
        status.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (told.GetProperty("registry").GetString(), told.GetProperty("log").GetString()).ShouldBe(("ok", "unreadable"));

        proxy.Choose(static (_, _) => WireFault.None);
        (await ReadyAsync(world.Addresses[0])).Status.ShouldBe(HttpStatusCode.OK);
    }

    private async Task LogAsync(params string[] persons)
    {
        foreach (var person in persons)
        {
            (await _world.Call(_world.IdToken(person)).SendAsync()).Status.ShouldBe(200);
        }

        // One message, or each would be a seal of its own, a second after the other.
        var references = (await _world.TakeMessagesAsync(QueueNames.Trace)).SelectMany(static message => TraceMessage.Read(message).References);
        (await _world.DeliverAsync(QueueNames.Trace, TraceMessage.Write([.. references]))).ShouldBeOfType<MessageOutcome.Done>();
    }

    private async Task<(HttpStatusCode Status, JsonElement Told)> ReadyAsync(Uri instance)
    {
        using var answer = await _world.Http.GetAsync(new Uri(instance, "/readyz"));
        return (answer.StatusCode, JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement);
    }

    private async Task<Dictionary<string, string>> ReadAsync(params string[] names)
    {
        var (container, blobs) = (_world.Container("log"), new Dictionary<string, string>(StringComparer.Ordinal));
        foreach (var name in names)
        {
            blobs.Add(name, Convert.ToBase64String((await container.GetBlobClient(name).DownloadContentAsync()).Value.Content));
        }

        return blobs;
    }

    private async Task WriteAsync(Dictionary<string, string> blobs)
    {
        foreach (var (name, bytes) in blobs)
        {
            var (blob, block) = (_world.Container("log").GetBlockBlobClient(name), Convert.ToBase64String("restored"u8));
            using var content = new MemoryStream(Convert.FromBase64String(bytes));
            await blob.StageBlockAsync(block, content);
            await blob.CommitBlockListAsync([block]);
        }
    }
}
