using System.Security.Cryptography;
using Gating.Timelines;

namespace Gating.StatusLists;

/// <summary>
/// Gives each grant a place of its own, from blocks that this instance leased: in the steady state without storage. The order within a block is random, so that a place does not tell how many grants there were before. A place that
/// was taken for a grant that came to nothing, and the rest of a block when the instance dies or the hour ends, are never used. Safe for concurrent use; one per process.
/// </summary>
public sealed class StatusLeases(IStatusListStore store, StatusListNames names, TimeProvider time)
{
    /// <summary>Lanes that are remembered, twice over (<see cref="AgingCache{TKey, TValue}"/>); of one that was forgotten the rest of its block is lost.</summary>
    private const int Lanes = 4096;

    /// <summary>So many places before the end the next block is leased, so that nobody waits for it.</summary>
    private const int Low = 64;

    /// <summary>Times that a waiting request may find the new block used up by others.</summary>
    private const int MaxWaits = 8;

    private readonly AgingCache<StatusLane, Lane> _lanes = new(Lanes);

    /// <summary>Throws <see cref="StorageUnavailableException"/>: without a place there is no grant.</summary>
    public ValueTask<StatusPlace> TakeAsync(StatusLane lane, CancellationToken cancellation) =>
        _lanes.GetOrAdd(lane, (Leases: this, Name: lane), static of => new(of.Leases, of.Name)).TakeAsync(cancellation);

    private async Task<Block> LeaseAsync(StatusLane lane, UtcHour hour, int number)
    {
        for (var contest = new Contest(time); ;)
        {
            var id = names.NameOf(lane, hour, number);
            if (await store.ReadAsync(id, CancellationToken.None) is not { } stored)
            {
                if (await store.AddAsync(new(id, lane, hour, 1, StatusBits.AllValid), CancellationToken.None))
                {
                    return new(id, number, 0);
                }
            }
            else if (stored.List.Leased == StatusList.Blocks)
            {
                number++;
                continue;
            }
            else if (await store.ReplaceAsync(stored.List with { Leased = stored.List.Leased + 1 }, stored.Token, CancellationToken.None))
            {
                return new(id, number, stored.List.Leased);
            }

            // Somebody else changed it: read it again.
            await contest.WaitAsync($"status list {id}");
        }
    }

    /// <param name="List">The lane's list of that <paramref name="Number"/> in the hour.</param>
    private readonly record struct Block(StatusListId List, int Number, int Position);

    private sealed class Lane(StatusLeases leases, StatusLane name)
    {
        private readonly Lock _gate = new();
        private readonly Stack<StatusPlace> _places = [];
        private UtcHour _hour;
        private int _number;
        private Task? _leasing;

        public async ValueTask<StatusPlace> TakeAsync(CancellationToken cancellation)
        {
            for (var waits = 0; waits < MaxWaits; waits++)
            {
                if (TryTake(out var place, out var leasing))
                {
                    return place;
                }

                await leasing.WaitAsync(cancellation);
            }

            throw new StorageUnavailableException("Places on status lists are used up faster than storage gives them.");
        }

        private bool TryTake(out StatusPlace place, out Task leasing)
        {
            lock (_gate)
            {
                Turn(UtcHour.Of(leases.Now));
                var taken = _places.TryPop(out place);
                leasing = _places.Count >= Low ? Task.CompletedTask : Lease();
                return taken;
            }
        }

        private void Turn(UtcHour hour)
        {
            if (hour != _hour)
            {
                _places.Clear();
                (_hour, _number, _leasing) = (hour, 0, null);
            }
        }

        private Task Lease()
        {
            if (_leasing is { IsCompleted: false } running)
            {
                return running;
            }

            // Off the caller's thread and out of its trace: the block serves everybody.
            using (ExecutionContext.SuppressFlow())
            {
                var (hour, number) = (_hour, _number);
                return _leasing = Task.Run(() => LeaseAsync(hour, number));
            }
        }

        private async Task LeaseAsync(UtcHour hour, int number)
        {
            var block = await leases.LeaseAsync(name, hour, number);
            int[] places = [.. Enumerable.Range(block.Position * StatusList.BlockSize, StatusList.BlockSize)];
            RandomNumberGenerator.Shuffle<int>(places);
            lock (_gate)
            {
                if (hour != _hour)
                {
                    return;
                }

                _number = block.Number;
                foreach (var place in places)
                {
                    _places.Push(new(block.List, place));
                }
            }
        }
    }

    private DateTimeOffset Now => time.GetUtcNow();
}
