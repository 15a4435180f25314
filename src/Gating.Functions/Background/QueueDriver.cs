using Gating.Messages;

namespace Gating.Functions.Background;

/// <summary>
/// Takes messages from every queue that has a handler, where no Functions host does. Asks again at once while there are messages, and ever more seldom, up to two seconds, while there are
/// none. A crash, or a stop in the middle, leaves messages whose lease ends after two minutes: they are received again.
/// </summary>
internal sealed class QueueDriver(MessageIntake intake, IMessageSource source, TimeProvider time, ILogger<QueueDriver> logger) : BackgroundService
{
    /// <summary>Messages of one queue that are worked on at once.</summary>
    private const int AtOnce = 8;

    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Renewal = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(intake.Queues.Select(queue => DriveAsync(queue, stoppingToken)));

    /// <summary>2, 4, 8, 16 s: four more tries within half a minute, none of them at once.</summary>
    private static TimeSpan RetryAfter(int count) => TimeSpan.FromSeconds(1 << Math.Clamp(count, 1, MessageIntake.MaxDeliveries));

    /// <summary>A message that takes long takes one place, and the others go on: one that seals is at work for seconds.</summary>
    private async Task DriveAsync(string queue, CancellationToken stopping)
    {
        await Task.Yield();
        var (pause, taking) = (ShortestPause, new List<Task>());
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                var deliveries = await source.ReceiveAsync(queue, AtOnce - taking.Count, Lease, stopping);
                taking.AddRange(deliveries.Select(delivery => TakeAsync(queue, delivery, stopping)));
                pause = deliveries.Count > 0 ? ShortestPause : pause * 2;
                await SettleAsync(taking);
                if (deliveries.Count > 0)
                {
                    continue;
                }
            }
            catch (StorageUnavailableException)
            {
                pause = LongestPause;
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                break;
            }

            pause = pause < LongestPause ? pause : LongestPause;
            await Task.Delay(pause, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await Task.WhenAll(taking).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Takes out those that have ended, and where every place is taken waits for one. Throws what one of them threw; the others are still there.</summary>
    private static async Task SettleAsync(List<Task> taking)
    {
        if (taking.Count == AtOnce)
        {
            await Task.WhenAny(taking);
        }

        while (taking.Find(static task => task.IsCompleted) is { } ended)
        {
            taking.Remove(ended);
            await ended;
        }
    }

    private async Task TakeAsync(string queue, Delivery delivery, CancellationToken stopping)
    {
        using var done = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var (keeping, message) = (KeepAsync(queue, delivery, done.Token), delivery.Message());
        MessageOutcome? outcome = null;
        try
        {
            outcome = await intake.TakeAsync(queue, message, delivery.Count >= MessageIntake.MaxDeliveries, stopping);
        }
        catch (StorageUnavailableException)
        {
            // Nothing is known: it comes again, however often that takes.
        }

        await done.CancelAsync();
        var latest = await keeping;
        MessageReport.Write(logger, queue, message, outcome);
        await (outcome is MessageOutcome.Done or MessageOutcome.Refused
            ? source.RemoveAsync(queue, latest, stopping)
            : source.KeepAsync(queue, latest, RetryAfter(delivery.Count), stopping));
    }

    /// <summary>Renews the lease until it is told to stop; the delivery as it stands then. Where it could not be renewed, somebody else may receive the message: handlers expect that.</summary>
    private async Task<Delivery> KeepAsync(string queue, Delivery delivery, CancellationToken done)
    {
        while (true)
        {
            await Task.Delay(Renewal, time, done).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (done.IsCancellationRequested)
            {
                return delivery;
            }

            try
            {
                delivery = await source.KeepAsync(queue, delivery, Lease, CancellationToken.None) ?? delivery;
            }
            catch (StorageUnavailableException)
            {
                // The next renewal comes before this lease ends.
            }
        }
    }
}
