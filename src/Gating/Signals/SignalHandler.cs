using Gating.Messages;

namespace Gating.Signals;

/// <summary>
/// Sends what waits, as messages of the <c>events</c> queue ask: after 10, 20, 40 s and so on, an hour at most, for 24 hours; then the message is set aside, where an operator sees and replays it. What a receiver will not have is set
/// aside at once. The event itself waits on, for a replay or for a receiver that fetches.
/// </summary>
public sealed class SignalHandler(ISignalStore store, IMessageQueues queues, SignalPush push, TimeProvider time) : IMessageHandler
{
    private static readonly TimeSpan Trying = TimeSpan.FromHours(24);
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(1);

    public string Queue => QueueNames.Events;

    public async Task<MessageOutcome> HandleAsync(ReadOnlyMemory<byte> message, CancellationToken cancellation)
    {
        if (SignalMessage.Parse(message) is not { } asked)
        {
            return new MessageOutcome.Refused("malformed", "It names no event.");
        }

        if (await store.FindAsync(asked.App, asked.Id, cancellation) is not { } signal)
        {
            return new MessageOutcome.Done();
        }

        var stream = (await store.FindStreamAsync(asked.App, cancellation))?.Stream;
        if (stream is null or { Status: SignalStatus.Disabled })
        {
            await store.SettleAsync(asked.App, asked.Id, cancellation);
            return new MessageOutcome.Done();
        }

        // A stream that goes on again, or is pushed again, puts messages of its own.
        return stream is { Delivery: SignalDelivery.Push, Status: SignalStatus.Enabled } ? await SendAsync(stream, signal, asked, cancellation) : new MessageOutcome.Done();
    }

    private async Task<MessageOutcome> SendAsync(SignalStream stream, SecurityEvent signal, SignalMessage asked, CancellationToken cancellation)
    {
        switch (await push.SendAsync(stream, signal, cancellation))
        {
            case PushOutcome.Accepted:
                await store.SettleAsync(asked.App, asked.Id, cancellation);
                return new MessageOutcome.Done();
            case PushOutcome.Rejected rejected:
                return new MessageOutcome.Refused("event_rejected", $"The receiver of app {asked.App} will not have it ({rejected.Code}).");
            case PushOutcome.Silent silent when signal.At + Trying <= time.GetUtcNow():
                return new MessageOutcome.Refused("receiver_silent", $"The receiver of app {asked.App} was tried for {Trying.TotalHours} hours: {silent.Why}.");
            default:
                // The next try is a message of its own, put before this one goes: a crash between makes two of one event, which the receiver knows by its id.
                await queues.PutAsync(QueueNames.Events, (asked with { Tries = asked.Tries + 1 }).ToBytes(), cancellation, PauseAfter(asked.Tries));
                return new MessageOutcome.Done();
        }
    }

    private static TimeSpan PauseAfter(int tries) => tries >= 9 ? LongestPause : FirstPause * (1 << tries) is var pause && pause < LongestPause ? pause : LongestPause;
}
