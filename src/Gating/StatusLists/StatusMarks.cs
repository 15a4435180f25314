namespace Gating.StatusLists;

/// <summary>
/// Says on their lists that grants are not good any more. Marks for one list that come while another write of it is under way share the next one. Safe for concurrent use and to repeat; one per process.
/// </summary>
public sealed class StatusMarks(IStatusListStore store, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<StatusListId, Round> _next = [];
    private readonly HashSet<StatusListId> _running = [];

    /// <summary>Durable when it returns. Throws <see cref="StorageUnavailableException"/>: some may be marked then.</summary>
    public Task InvalidateAsync(IEnumerable<StatusPlace> places, CancellationToken cancellation) =>
        Task.WhenAll(places.GroupBy(static place => place.List, static place => place.Index).Select(list => JoinAsync(list.Key, list).WaitAsync(cancellation)));

    private Task JoinAsync(StatusListId list, IEnumerable<int> places)
    {
        lock (_gate)
        {
            if (!_next.TryGetValue(list, out var round))
            {
                _next.Add(list, round = new());
            }

            round.Places.UnionWith(places);
            if (_running.Add(list))
            {
                using (ExecutionContext.SuppressFlow())
                {
                    _ = Task.Run(() => RunAsync(list));
                }
            }

            return round.Done.Task;
        }
    }

    /// <summary>Round after round until nobody waits. A round that failed fails those who share it, and nobody after them.</summary>
    private async Task RunAsync(StatusListId list)
    {
        while (Take(list) is { } round)
        {
            try
            {
                await WriteAsync(list, round.Places);
                round.Done.SetResult();
            }
#pragma warning disable CA1031 // Whoever shares the round gets what went wrong.
            catch (Exception error)
#pragma warning restore CA1031
            {
                round.Done.SetException(error);
            }
        }
    }

    private Round? Take(StatusListId list)
    {
        lock (_gate)
        {
            if (!_next.Remove(list, out var round))
            {
                _running.Remove(list);
            }

            return round;
        }
    }

    private async Task WriteAsync(StatusListId list, HashSet<int> places)
    {
        for (var contest = new Contest(time); ;)
        {
            // A list that is gone was of grants that are over.
            if (await store.ReadAsync(list, CancellationToken.None) is not { } stored)
            {
                return;
            }

            var bits = StatusBits.Invalidate(stored.List.Compressed, places);
            if (bits.Equals(stored.List.Compressed) || await store.ReplaceAsync(stored.List with { Compressed = bits }, stored.Token, CancellationToken.None))
            {
                return;
            }

            await contest.WaitAsync($"status list {list}");
        }
    }

    private sealed class Round
    {
        public HashSet<int> Places { get; } = [];

        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
