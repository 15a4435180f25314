using System.Collections.Immutable;
using Gating.Ledger;

namespace Gating.Signals;

/// <summary>How creating or changing a stream ended.</summary>
public abstract record StreamOutcome
{
    private StreamOutcome()
    {
    }

    public sealed record Done(SignalStream Stream) : StreamOutcome;

    /// <summary>The app has a stream already.</summary>
    public sealed record Exists : StreamOutcome;

    /// <summary>The app has no such stream.</summary>
    public sealed record Unknown : StreamOutcome;

    /// <summary>Somebody else changes it at this moment: try again.</summary>
    public sealed record Contended : StreamOutcome;
}

/// <summary>An app's own stream: made, read, changed and removed by the app alone. Throws <see cref="StorageUnavailableException"/>: the same request again tells.</summary>
public sealed class StreamDesk(ISignalStore store, SecurityEvents events, SignalOutbox outbox, TimeProvider time)
{
    /// <summary>Events that are looked at for one answer to a poll; where more wait, which of them are the oldest is only nearly so.</summary>
    private const int MostWaiting = 1000;

    public async Task<StreamOutcome> CreateAsync(string app, StreamWish wish, CancellationToken cancellation)
    {
        var stream = wish.On(new(app, OperationId.Create().ToString(), SignalDelivery.Poll, null, null, [], null, SignalStatus.Enabled, null));
        return await store.WriteStreamAsync(stream, null, cancellation) ? new StreamOutcome.Done(stream) : new StreamOutcome.Exists();
    }

    public async Task<SignalStream?> FindAsync(string app, CancellationToken cancellation) => (await store.FindStreamAsync(app, cancellation))?.Stream;

    /// <param name="id">As the app names it.</param>
    public async Task<StreamOutcome> ChangeAsync(string app, string id, Func<SignalStream, SignalStream> change, CancellationToken cancellation)
    {
        if (await store.FindStreamAsync(app, cancellation) is not { } stored || !string.Equals(stored.Stream.Id, id, StringComparison.Ordinal))
        {
            return new StreamOutcome.Unknown();
        }

        var changed = change(stored.Stream);
        if (!await store.WriteStreamAsync(changed, stored.Token, cancellation))
        {
            return new StreamOutcome.Contended();
        }

        // What waited while it was paused or fetched goes out now. A crash here leaves it waiting until the next change, and never lost.
        await outbox.WakeAsync(changed, cancellation);
        return new StreamOutcome.Done(changed);
    }

    public async Task<StreamOutcome> RemoveAsync(string app, string id, CancellationToken cancellation)
    {
        if (await store.FindStreamAsync(app, cancellation) is not { } stored || !string.Equals(stored.Stream.Id, id, StringComparison.Ordinal))
        {
            return new StreamOutcome.Unknown();
        }

        return await store.RemoveStreamAsync(app, stored.Token, cancellation) ? new StreamOutcome.Done(stored.Stream) : new StreamOutcome.Contended();
    }

    /// <summary>Sends one event that says nothing else than that events arrive.</summary>
    public async Task<StreamOutcome> VerifyAsync(string app, string id, string? state, CancellationToken cancellation)
    {
        if (await store.FindStreamAsync(app, cancellation) is not { Stream: var stream } || !string.Equals(stream.Id, id, StringComparison.Ordinal))
        {
            return new StreamOutcome.Unknown();
        }

        await outbox.KeepAsync(stream, events.OfVerification(stream, state, time.GetUtcNow()), cancellation);
        return new StreamOutcome.Done(stream);
    }

    /// <summary>Takes what the receiver says it has, and gives what waits, the oldest first (RFC 8936).</summary>
    /// <param name="settled">Ids that the receiver has, or will never take.</param>
    /// <param name="most">0 to <see cref="PollRequest.MostEvents"/>.</param>
    public async Task<(ImmutableArray<SecurityEvent> Events, bool More)> PollAsync(SignalStream stream, IEnumerable<string> settled, int most, CancellationToken cancellation)
    {
        foreach (var id in settled)
        {
            await store.SettleAsync(stream.App, id, cancellation);
        }

        var waiting = new List<SecurityEvent>();
        if (stream.Status is SignalStatus.Enabled)
        {
            await foreach (var signal in store.ReadAsync(stream.App, cancellation))
            {
                waiting.Add(signal);
                if (waiting.Count == MostWaiting)
                {
                    break;
                }
            }
        }

        return ([.. waiting.OrderBy(static signal => signal.At).Take(most)], waiting.Count > most);
    }
}
