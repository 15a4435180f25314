using Gating.Messages;

namespace Gating.Signals;

/// <summary>Events that a receiver which fetches will not have (<c>setErrs</c>): set aside like those that one which is sent to refuses, so that an operator sees them in the same place.</summary>
public sealed class SignalRefusals(ISignalStore store, IDeadLetters letters, TimeProvider time)
{
    /// <summary>Only what waits for that app can be refused by it.</summary>
    public async Task KeepAsync(string app, IEnumerable<string> ids, CancellationToken cancellation)
    {
        foreach (var id in ids)
        {
            if (await store.FindAsync(app, id, cancellation) is not null)
            {
                await letters.PutAsync(new(QueueNames.Events, new SignalMessage(app, id, 0).ToBytes(), "event_rejected", $"The receiver of app {app} will not have it.", time.GetUtcNow()), cancellation);
            }
        }
    }
}
