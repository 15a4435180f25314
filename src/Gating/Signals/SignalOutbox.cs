using Gating.Messages;

namespace Gating.Signals;

/// <summary>
/// What happens to an event: it is kept, a message is put that comes back for it, and it is sent at once by whoever kept it. A crash after any of these loses nothing: what is kept and has no message is kept again by the log's way
/// (<see cref="PersonSignals"/>), and gets one. Throws <see cref="StorageUnavailableException"/>: the same call again does the rest.
/// </summary>
public sealed class SignalOutbox(ISignalStore store, IMessageQueues queues, SignalPush push, TimeProvider time)
{
    /// <summary>Events that nobody has fetched or taken are kept so long.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(7);

    /// <summary>Longer than an event can come to be told twice: what was received is known so long.</summary>
    private static readonly TimeSpan Remembered = TimeSpan.FromHours(1);

    /// <summary>Sending at once takes at most <see cref="SignalPush.Limit"/>: the message comes when that is over.</summary>
    private static readonly TimeSpan AfterTheFirstTry = SignalPush.Limit + TimeSpan.FromSeconds(2);

    /// <summary>Durable when it returns; the first try is begun, and not waited for.</summary>
    internal async Task KeepAsync(SignalStream stream, SecurityEvent signal, CancellationToken cancellation)
    {
        if (stream.Status is SignalStatus.Disabled || await store.AddAsync(stream.App, signal, cancellation) is var kept && kept is KeptSignal.Received)
        {
            return;
        }

        if (stream.Delivery is SignalDelivery.Push)
        {
            await queues.PutAsync(QueueNames.Events, new SignalMessage(stream.App, signal.Id, 0).ToBytes(), cancellation, AfterTheFirstTry);
        }

        await store.PurgeAsync(stream.App, time.GetUtcNow() - Remembered, time.GetUtcNow() - Kept, cancellation);
        if (kept is KeptSignal.Added && stream is { Delivery: SignalDelivery.Push, Status: SignalStatus.Enabled })
        {
            _ = Task.Run(() => TryAsync(stream, signal), CancellationToken.None);
        }
    }

    /// <summary>Sends whatever waits: a stream goes on, or its receiver is another one.</summary>
    internal async Task WakeAsync(SignalStream stream, CancellationToken cancellation)
    {
        if (stream is { Delivery: SignalDelivery.Push, Status: SignalStatus.Enabled })
        {
            await foreach (var signal in store.ReadAsync(stream.App, cancellation))
            {
                await queues.PutAsync(QueueNames.Events, new SignalMessage(stream.App, signal.Id, 0).ToBytes(), cancellation);
            }
        }
    }

    private async Task TryAsync(SignalStream stream, SecurityEvent signal)
    {
        try
        {
            if (await push.SendAsync(stream, signal, CancellationToken.None) is PushOutcome.Accepted)
            {
                await store.SettleAsync(stream.App, signal.Id, CancellationToken.None);
            }
        }
        catch (StorageUnavailableException)
        {
            // The message comes back for it; the receiver knows an event that it has by its id.
        }
    }
}
