using System.Net;
using System.Text;
using System.Text.Json;
using Gating.Functions.Hosting;
using Gating.Functions.Tests.World;
using Gating.Generations;
using Gating.Messages;
using Gating.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Shouldly;
using Xunit;

namespace Gating.Functions.Tests.Hosting;

/// <summary>What a message comes to when the host posts it, whatever its handler says of it: one trap of the contract each.</summary>
[Collection(HostedGates.Name)]
public sealed class InvocationTests(HostedGate gate) : IAsyncLifetime
{
    private const string Queue = QueueNames.Generations;

    private readonly Probe _probe = new();
    private readonly CapturedLogs _logs = new();
    private WebApplication _app = null!;

    private Uri Handler => new(_app.Urls.Single());

    public async Task InitializeAsync()
    {
        var port = HandlerSlot.FreePort();
        _app = GateApp.Build([], builder =>
        {
            builder.Configuration.Sources.Clear();
            builder.Configuration.AddInMemoryCollection(gate.World.Settings);
            builder.Configuration.AddInMemoryCollection([new("FUNCTIONS_CUSTOMHANDLER_PORT", port.ToString(System.Globalization.CultureInfo.InvariantCulture)), new("urls", "http://+:80")]);
            builder.Logging.ClearProviders().AddProvider(_logs);
            builder.Host.UseServiceProviderFactory(new FinishedServices(services =>
            {
                services.Remove(services.Single(static service => service.ImplementationType == typeof(ReportedGenerations)));
                services.AddSingleton<IMessageHandler>(_probe);
            }));
        });
        await _app.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    [Fact]
    public async Task An_empty_answer_or_204_would_hang_so_success_is_an_empty_object()
    {
        using var answer = await PostAsync(Queue, "{}");
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/json");
        (await answer.Content.ReadAsStringAsync()).ShouldBe("{}");
        (await Invocation.ResultAsync(answer)).ShouldBe(InvocationResult.Success);
    }

    [Fact]
    public async Task A_refused_message_is_set_aside_and_the_queue_may_forget_it()
    {
        _probe.Says = static () => new MessageOutcome.Refused("not_wanted", "Nobody wants it.");
        var message = Unique();
        (await SendAsync(Queue, message)).ShouldBe(InvocationResult.Success);
        (await LetterAsync(message))!.Reason.ShouldBe("not_wanted");
    }

    [Fact]
    public async Task Not_yet_is_a_failure_so_that_the_host_tries_again()
    {
        _probe.Says = static () => new MessageOutcome.NotYet("Its time has not come.");
        var message = Unique();
        (await SendAsync(Queue, message)).ShouldBe(InvocationResult.Failure);
        (await LetterAsync(message)).ShouldBeNull();
    }

    [Fact]
    public async Task Forged_metadata_wears_no_message_out()
    {
        _probe.Says = static () => new MessageOutcome.NotYet("Its time has not come.");
        var message = $$"""{"DequeueCount":99,"Id":"forged","PopReceipt":"forged","n":"{{Guid.NewGuid()}}"}""";
        var body = Invocation.OfMessage(new(Queue, Trigger(), default), Encoding.UTF8.GetBytes(message), "an-id", 1);
        JsonDocument.Parse(body).RootElement.GetProperty("Metadata").GetProperty("DequeueCount").GetString().ShouldBe("\"99\"", "as the host passes it on");
        (await SendAsync(Queue, message)).ShouldBe(InvocationResult.Failure);
        (await LetterAsync(message)).ShouldBeNull();
    }

    [Fact]
    public async Task Poison_is_tried_once_more_and_then_becomes_a_dead_letter_with_the_whole_message()
    {
        _probe.Says = static () => new MessageOutcome.NotYet("Its time has not come.");
        var message = Unique();
        (await SendAsync(Queue + Invocations.Poison, message)).ShouldBe(InvocationResult.Success);
        var letter = (await LetterAsync(message))!;
        (letter.Queue, letter.Reason, letter.Detail).ShouldBe((Queue, "worn_out", "Its time has not come."));
        Encoding.UTF8.GetString(letter.Message.Span).ShouldBe(message);
        _logs.Lines.ShouldContain(line => line.Contains(letter.Id, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Poison_that_an_outage_wore_out_is_done_when_storage_is_back_and_no_letter_is_written()
    {
        var message = Unique();
        _probe.Says = static () => throw new StorageUnavailableException("down");
        foreach (var function in new[] { Queue, Queue + Invocations.Poison, Queue + Invocations.Poison })
        {
            (await SendAsync(function, message)).ShouldBe(InvocationResult.Failure);
        }

        _probe.Says = static () => new MessageOutcome.Done();
        (await SendAsync(Queue + Invocations.Poison, message)).ShouldBe(InvocationResult.Success);
        (await LetterAsync(message)).ShouldBeNull();
    }

    [Fact]
    public async Task A_chunked_body_of_the_largest_message_arrives_byte_for_byte()
    {
        var message = new string('"', 48 * 1024);
        using (var request = Invocation.Request(Handler, Queue, Body(Queue, message)))
        {
            request.Headers.TransferEncodingChunked.ShouldBe(true);
        }

        (await SendAsync(Queue, message)).ShouldBe(InvocationResult.Success);
        Encoding.UTF8.GetString(_probe.Last.Span).ShouldBe(message);

        var double64 = JsonSerializer.Serialize(new { Data = new { message = JsonSerializer.Serialize(message) }, Metadata = new { copy = JsonSerializer.Serialize(message) } });
        using var answer = await PostRawAsync(Queue, double64);
        (await Invocation.ResultAsync(answer)).ShouldBe(InvocationResult.Success);
        Encoding.UTF8.GetString(_probe.Last.Span).ShouldBe(message);
    }

    [Theory]
    [InlineData("X-Forwarded-For", "127.0.0.1")]
    [InlineData("x-forwarded-host", "gate.test")]
    [InlineData("X-Forwarded-Anything", "")]
    [InlineData("Forwarded", "for=127.0.0.1")]
    [InlineData("x-ms-invocation-id", "0")]
    public async Task A_forged_invocation_path_is_not_there(string field, string value)
    {
        foreach (var path in new[] { Queue, Queue.ToUpperInvariant(), Queue + Invocations.Poison, "trace", "sweep" })
        {
            using var request = Invocation.Request(Handler, path, Body(Queue, Unique()));
            request.Headers.TryAddWithoutValidation(field, value);
            using var answer = await gate.World.Http.SendAsync(request);
            answer.StatusCode.ShouldBe(HttpStatusCode.NotFound, path);
        }

        _probe.Count.ShouldBe(0);
    }

    [Fact]
    public async Task What_holds_no_message_is_a_failure()
    {
        using var answer = await PostRawAsync(Queue, """{"Data":{"item":"eyJ9"}}""");
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        _probe.Count.ShouldBe(0);
    }

    [Fact]
    public void Inherited_addresses_are_not_listened_on() => Handler.Host.ShouldBe("127.0.0.1");

    [Fact]
    public async Task Standalone_there_is_no_invocation_path()
    {
        foreach (var path in new[] { "trace", "trace-poison", "sweep" })
        {
            using var request = Invocation.Request(gate.World.Addresses[0], path, Body(Queue, Unique()));
            using var answer = await gate.World.Http.SendAsync(request);
            answer.StatusCode.ShouldBe(HttpStatusCode.NotFound, path);
        }
    }

    private static string Unique() => $$"""{"n":"{{Guid.NewGuid()}}"}""";

    private static JsonElement Trigger() => JsonDocument.Parse("""{"type":"queueTrigger","name":"message","dataType":"binary"}""").RootElement;

    private static string Body(string function, string message) => Invocation.OfMessage(new(function, Trigger(), default), Encoding.UTF8.GetBytes(message), Guid.NewGuid().ToString(), 1);

    private Task<HttpResponseMessage> PostAsync(string function, string message) => PostRawAsync(function, Body(function, message));

    private async Task<HttpResponseMessage> PostRawAsync(string function, string body)
    {
        using var request = Invocation.Request(Handler, function, body);
        return await gate.World.Http.SendAsync(request);
    }

    private async Task<InvocationResult> SendAsync(string function, string message)
    {
        using var answer = await PostAsync(function, message);
        return await Invocation.ResultAsync(answer);
    }

    private Task<DeadLetter?> LetterAsync(string message) =>
        _app.Services.GetRequiredService<IDeadLetters>().FindAsync(Queue, new DeadLetter(Queue, Encoding.UTF8.GetBytes(message), "any", "any", default).Id, default);

    /// <summary>A queue's handler that says what the test wants.</summary>
    private sealed class Probe : IMessageHandler
    {
        public string Queue => InvocationTests.Queue;

        public Func<MessageOutcome> Says { get; set; } = static () => new MessageOutcome.Done();

        public int Count { get; private set; }

        public ReadOnlyMemory<byte> Last { get; private set; }

        public Task<MessageOutcome> HandleAsync(ReadOnlyMemory<byte> message, CancellationToken cancellation)
        {
            (Count, Last) = (Count + 1, message);
            return Task.FromResult(Says());
        }
    }
}
