using System.Diagnostics.CodeAnalysis;

namespace Gating.Ledger;

/// <summary>
/// Puts references on the trace queue. Natural batching: references that arrive while a message is in flight share the next one, so a busy instance
/// sends few messages and an idle one waits for nobody.
/// </summary>
internal sealed class TraceAnnouncer(ITraceQueue queue)
{
    private readonly Lock _gate = new();
    private List<(TraceReference Reference, TaskCompletionSource Put)> _waiting = [];
    private bool _running;
    private volatile bool _healthy = true;

    /// <summary>False from a failed put until a put succeeds: meanwhile callers put first and commit second.</summary>
    public bool Healthy => _healthy;

    /// <summary>Completes when the reference is durably queued; throws <see cref="StorageUnavailableException"/> when that is not known.</summary>
    public Task PutAsync(TraceReference reference)
    {
        var put = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            _waiting.Add((reference, put));
            if (_running)
            {
                return put.Task;
            }

            _running = true;
        }

        _ = RunAsync();
        return put.Task;
    }

    [SuppressMessage("Design", "CA1031", Justification = "Whatever went wrong, those who wait are told, and the loop goes on for the others.")]
    private async Task RunAsync()
    {
        while (Take() is { Count: > 0 } batch)
        {
            try
            {
                await queue.PutAsync(batch.ConvertAll(static waiting => waiting.Reference), CancellationToken.None);
                _healthy = true;
                batch.ForEach(static waiting => waiting.Put.SetResult());
            }
            catch (Exception error)
            {
                _healthy = false;
                var unavailable = error as StorageUnavailableException ?? new StorageUnavailableException("The trace queue did not take a reference.", error);
                batch.ForEach(waiting => waiting.Put.SetException(unavailable));
            }
        }
    }

    private List<(TraceReference Reference, TaskCompletionSource Put)> Take()
    {
        lock (_gate)
        {
            var taken = _waiting;
            if (taken.Count > ITraceQueue.MaxReferences)
            {
                _waiting = taken[ITraceQueue.MaxReferences..];
                return taken[..ITraceQueue.MaxReferences];
            }

            _running = taken.Count > 0;
            _waiting = [];
            return taken;
        }
    }
}
