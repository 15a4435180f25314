using System.Text;
using Gating.Messages;
using Gating.Testing;
using Gating.Testing.Storage;
using Shouldly;
using Xunit;

namespace Gating.Tests.Messages;

/// <summary>What becomes of a message: done, tried again, or set aside and replayed; never lost.</summary>
public sealed class MessageIntakeTests
{
    private const string Queue = "reports";

    private readonly Faults _faults = new();
    private readonly ManualTime _time = ManualTime.AtNoon();
    private readonly InMemoryDeadLetters _letters;
    private readonly InMemoryMessageQueues _queues;
    private readonly Handler _handler = new();
    private readonly MessageIntake _intake;

    public MessageIntakeTests()
    {
        (_letters, _queues) = (new(_faults), new(_time, _faults));
        _intake = new([_handler], _letters, _time);
    }

    [Fact]
    public async Task What_is_done_leaves_no_letter()
    {
        (await TakeAsync("a")).ShouldBeOfType<MessageOutcome.Done>();
        _letters.All.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_refused_is_set_aside_with_the_reason_before_the_queue_forgets_it()
    {
        _handler.Say = static _ => new MessageOutcome.Refused("no", "It is not wanted.");
        (await TakeAsync("a")).ShouldBeOfType<MessageOutcome.Refused>();
        var letter = _letters.All.ShouldHaveSingleItem();
        (letter.Queue, letter.Reason, letter.Detail, letter.At).ShouldBe((Queue, "no", "It is not wanted.", ManualTime.Noon));
        letter.Message.ToArray().ShouldBe("a"u8.ToArray());
    }

    [Fact]
    public async Task What_its_sender_is_told_is_no_letter()
    {
        _handler.Say = static _ => new MessageOutcome.Refused("no", "It is not wanted.", IsTold: true);
        (await TakeAsync("a", isLast: true)).ShouldBeOfType<MessageOutcome.Refused>();
        _letters.All.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(Fault.Before)]
    [InlineData(Fault.After)]
    public async Task While_it_is_not_known_to_be_set_aside_it_comes_again_and_is_one_letter(Fault fault)
    {
        _handler.Say = static _ => new MessageOutcome.Refused("no", "It is not wanted.");
        _faults.On(StoreCall.PutLetter, fault);
        await Should.ThrowAsync<StorageUnavailableException>(() => TakeAsync("a"));
        await TakeAsync("a");
        _letters.All.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task What_cannot_be_done_yet_is_set_aside_only_when_it_has_come_too_often()
    {
        _handler.Say = static _ => new MessageOutcome.NotYet("The file is not there.");
        (await TakeAsync("a")).ShouldBeOfType<MessageOutcome.NotYet>();
        _letters.All.ShouldBeEmpty();
        (await TakeAsync("a", isLast: true)).ShouldBeOfType<MessageOutcome.Refused>();
        var letter = _letters.All.ShouldHaveSingleItem();
        (letter.Reason, letter.Detail).ShouldBe(("worn_out", "The file is not there."));
    }

    [Fact]
    public async Task A_handler_that_breaks_tells_its_exceptions_type_and_nothing_of_the_message()
    {
        _handler.Say = static _ => throw new FormatException("secret");
        (await TakeAsync("secret")).ShouldBeOfType<MessageOutcome.NotYet>();
        await TakeAsync("secret", isLast: true);
        var letter = _letters.All.ShouldHaveSingleItem();
        letter.Reason.ShouldBe("worn_out");
        letter.Detail.ShouldContain(nameof(FormatException));
        letter.Detail.ShouldNotContain("secret");
    }

    [Fact]
    public async Task An_outage_wears_no_message_out()
    {
        _handler.Say = static _ => throw new StorageUnavailableException("down");
        await Should.ThrowAsync<StorageUnavailableException>(() => TakeAsync("a", isLast: true));
        _letters.All.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(StoreCall.PutMessage, Fault.Before)]
    [InlineData(StoreCall.PutMessage, Fault.After)]
    [InlineData(StoreCall.PutMessage, Fault.Duplicate)]
    [InlineData(StoreCall.RemoveLetter, Fault.Before)]
    [InlineData(StoreCall.RemoveLetter, Fault.After)]
    [InlineData(StoreCall.RemoveLetter, Fault.Duplicate)]
    public async Task A_letter_that_is_replayed_is_never_lost(StoreCall call, Fault fault)
    {
        _handler.Say = static _ => new MessageOutcome.Refused("no", "It is not wanted.");
        await TakeAsync("a");
        var replay = new DeadLetterReplay(_queues, _letters);
        _faults.On(call, fault);
        try
        {
            await replay.ReplayAsync(_letters.All.Single(), default);
        }
        catch (StorageUnavailableException)
        {
            if (_letters.All.SingleOrDefault() is { } left)
            {
                await replay.ReplayAsync(left, default);
            }
        }

        _letters.All.ShouldBeEmpty();
        _queues.Waiting(Queue).Count.ShouldBeInRange(1, 2);
        _queues.Waiting(Queue).Select(static message => Encoding.UTF8.GetString(message)).ShouldAllBe(static message => message == "a");
    }

    [Fact]
    public async Task A_letter_that_is_refused_again_while_it_is_replayed_stays()
    {
        _handler.Say = static _ => new MessageOutcome.Refused("no", "It is not wanted.");
        await TakeAsync("a");
        var hold = _faults.HoldNext(StoreCall.RemoveLetter);
        var replaying = new DeadLetterReplay(_queues, _letters).ReplayAsync(_letters.All.Single(), default);
        await hold.Reached;
        await TakeAsync("a");
        hold.Release();
        await replaying;
        _letters.All.ShouldHaveSingleItem();
    }

    private Task<MessageOutcome> TakeAsync(string message, bool isLast = false) => _intake.TakeAsync(Queue, Encoding.UTF8.GetBytes(message), isLast, default);

    private sealed class Handler : IMessageHandler
    {
        public string Queue => MessageIntakeTests.Queue;

        public Func<string, MessageOutcome> Say { get; set; } = static _ => new MessageOutcome.Done();

        public Task<MessageOutcome> HandleAsync(ReadOnlyMemory<byte> message, CancellationToken cancellation) => Task.FromResult(Say(Encoding.UTF8.GetString(message.Span)));
    }
}
