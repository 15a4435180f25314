using System.Collections.Concurrent;
using System.Text;
using Gating.Functions.Background;
using Gating.Functions.Tests.World;
using Gating.Messages;
using Gating.Testing;
using Gating.Testing.Storage;
using Microsoft.Extensions.Logging;
using Shouldly;
using Xunit;

namespace Gating.Functions.Tests.Background;

/// <summary>Our own driver of queues, on a clock that the test moves.</summary>
public sealed class QueueDriverTests : IAsyncLifetime
{
    /// <summary>Milliseconds, where minutes have to pass.</summary>
    private const int LongSteps = 2000;

    private readonly Faults _faults = new();
    private readonly ManualTime _time = ManualTime.Stepped();
    private readonly InMemoryMessageQueues _queues;
    private readonly InMemoryDeadLetters _letters;
    private readonly Handler _reports = new("reports");
    private readonly Handler _outputs = new("outputs");
    private readonly CapturedLogs _logs = new();
    private readonly LoggerFactory _loggers;
    private readonly QueueDriver _driver;

    public QueueDriverTests()
    {
        (_queues, _letters, _loggers) = (new(_time, _faults), new(_faults), new([_logs]));
        _driver = new(new([_reports, _outputs], _letters, _time), _queues, _time, _loggers.CreateLogger<QueueDriver>());
    }

    public Task InitializeAsync() => _driver.StartAsync(default);

    public async Task DisposeAsync()
    {
        await _driver.StopAsync(new CancellationToken(canceled: true));
        _driver.Dispose();
        _loggers.Dispose();
    }

    [Fact]
    public async Task Each_message_reaches_its_handler_once_and_is_removed()
    {
        await PutAsync("reports", "r1", "r2");
        await PutAsync("outputs", "o1");
        await UntilAsync(() => _queues.Waiting("reports").Count + _queues.Waiting("outputs").Count == 0);
        _reports.Seen.Order(StringComparer.Ordinal).ShouldBe(["r1", "r2"]);
        _outputs.Seen.ShouldBe(["o1"]);
        _letters.All.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_message_that_is_never_done_is_tried_five_times_ever_later_and_set_aside()
    {
        var tries = new ConcurrentQueue<DateTimeOffset>();
        _reports.Say = _ =>
        {
            tries.Enqueue(_time.GetUtcNow());
            return Task.FromResult<MessageOutcome>(new MessageOutcome.NotYet("The file is not there."));
        };
        await PutAsync("reports", "early");
        await UntilAsync(() => _letters.All.Count == 1 && _queues.Waiting("reports").Count == 0);
        var at = tries.ToArray();
        at.Length.ShouldBe(MessageIntake.MaxDeliveries);
        var pauses = at.Zip(at.Skip(1), static (a, b) => (b - a).TotalSeconds).ToArray();

        // 2, 4, 8 and 16 s, and up to two until the queue is asked.
        pauses.Zip([2.0, 4, 8, 16]).ShouldAllBe(static pair => pair.First >= pair.Second && pair.First <= pair.Second + 2.2);
        _letters.All[0].Reason.ShouldBe("worn_out");
        _logs.Lines.ShouldContain(static line => line.Contains("was set aside (worn_out)", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_is_refused_is_set_aside_at_once_and_stops_none_of_the_others()
    {
        _reports.Say = static message => Task.FromResult<MessageOutcome>(message == "bad" ? new MessageOutcome.Refused("no", "It is not wanted.") : new MessageOutcome.Done());
        await PutAsync("reports", "bad", "good");
        await UntilAsync(() => _queues.Waiting("reports").Count == 0);
        _reports.Seen.Count(static seen => seen == "bad").ShouldBe(1);
        _letters.All.ShouldHaveSingleItem().Reason.ShouldBe("no");
    }

    [Fact]
    public async Task A_message_that_is_no_base64_is_given_as_it_is()
    {
        await _queues.PutTextAsync("reports", "{ no base64 }", default);
        await UntilAsync(() => _queues.Waiting("reports").Count == 0);
        _reports.Seen.ShouldBe(["{ no base64 }"]);
    }

    [Fact]
    public async Task An_outage_wears_no_message_out_however_long()
    {
        var down = true;
        _reports.Say = _ => Volatile.Read(ref down) ? throw new StorageUnavailableException("down") : Task.FromResult<MessageOutcome>(new MessageOutcome.Done());
        await PutAsync("reports", "patient");
        await UntilAsync(() => _reports.Seen.Count > 2 * MessageIntake.MaxDeliveries, LongSteps);
        Volatile.Write(ref down, false);
        await UntilAsync(() => _queues.Waiting("reports").Count == 0, LongSteps);
        _letters.All.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_driver_outlives_an_outage_of_the_queues()
    {
        using (_faults.Outage(Fault.Before, StoreCall.ReceiveMessages))
        {
            await UntilAsync(() => _faults.Calls(StoreCall.ReceiveMessages) > 6);
        }

        await PutAsync("reports", "after");
        await UntilAsync(() => _queues.Waiting("reports").Count == 0);
    }

    [Theory]
    [InlineData(StoreCall.RemoveMessage)]
    [InlineData(StoreCall.KeepMessage)]
    public async Task A_message_whose_end_is_not_known_comes_again(StoreCall call)
    {
        _reports.Say = message => Task.FromResult<MessageOutcome>(_reports.Seen.Count(seen => seen == message) == 1 && call == StoreCall.KeepMessage
            ? new MessageOutcome.NotYet("later")
            : new MessageOutcome.Done());
        _faults.On(call, Fault.Before);
        await PutAsync("reports", "again");
        await UntilAsync(() => _queues.Waiting("reports").Count == 0, LongSteps);
        _reports.Seen.ShouldBe(["again", "again"]);
    }

    [Fact]
    public async Task A_message_that_takes_long_stays_ours()
    {
        var slow = new TaskCompletionSource<MessageOutcome>(TaskCreationOptions.RunContinuationsAsynchronously);
        _reports.Say = _ => slow.Task;
        await PutAsync("reports", "slow");
        await UntilAsync(() => _faults.Calls(StoreCall.KeepMessage) >= 6, LongSteps);
        _reports.Seen.ShouldBe(["slow"]);
        slow.SetResult(new MessageOutcome.Done());
        await UntilAsync(() => _queues.Waiting("reports").Count == 0);
        _reports.Seen.ShouldBe(["slow"]);
    }

    [Fact]
    public async Task Many_messages_of_one_queue_do_not_keep_another_queue_waiting()
    {
        var slow = new TaskCompletionSource<MessageOutcome>(TaskCreationOptions.RunContinuationsAsynchronously);
        _reports.Say = _ => slow.Task;
        await PutAsync("reports", [.. Enumerable.Range(0, 20).Select(static i => $"r{i}")]);
        await UntilAsync(() => _reports.Seen.Count == 8);
        await PutAsync("outputs", "quick");
        await UntilAsync(() => _queues.Waiting("outputs").Count == 0);
        _reports.Seen.Count.ShouldBe(8);
        slow.SetResult(new MessageOutcome.Done());
        await UntilAsync(() => _queues.Waiting("reports").Count == 0);
    }

    [Fact]
    public async Task One_message_that_takes_long_holds_up_none_of_its_queue()
    {
        var slow = new TaskCompletionSource<MessageOutcome>(TaskCreationOptions.RunContinuationsAsynchronously);
        _reports.Say = message => message == "slow" ? slow.Task : Task.FromResult<MessageOutcome>(new MessageOutcome.Done());
        await PutAsync("reports", ["slow", .. Enumerable.Range(0, 30).Select(static i => $"r{i}")]);
        await UntilAsync(() => _queues.Waiting("reports").Count == 1);
        slow.SetResult(new MessageOutcome.Done());
        await UntilAsync(() => _queues.Waiting("reports").Count == 0);
        _reports.Seen.Count.ShouldBe(31);
    }

    private async Task PutAsync(string queue, params string[] messages)
    {
        foreach (var message in messages)
        {
            await _queues.PutAsync(queue, Encoding.UTF8.GetBytes(message), default);
        }
    }

    private Task UntilAsync(Func<bool> condition, int step = 100) => Eventually.TrueAsync(() =>
    {
        _time.Pass(TimeSpan.FromMilliseconds(step));
        return condition();
    });

    private sealed class Handler(string queue) : IMessageHandler
    {
        public string Queue => queue;

        public ConcurrentQueue<string> Seen { get; } = new();

        public Func<string, Task<MessageOutcome>> Say { get; set; } = static _ => Task.FromResult<MessageOutcome>(new MessageOutcome.Done());

        public Task<MessageOutcome> HandleAsync(ReadOnlyMemory<byte> message, CancellationToken cancellation)
        {
            var text = Encoding.UTF8.GetString(message.Span);
            Seen.Enqueue(text);
            return Say(text);
        }
    }
}
