using System.Collections.Concurrent;
using Gating.Access;
using Gating.Ledger;
using Microsoft.Extensions.Logging;

namespace Gating.Revocation.Bulk;

/// <summary>
/// Carries out what was approved: each person is stopped and recorded as by an order of its own, by the one who proposed it, so that each can be looked up and lifted alone. Whom the operator's ledger has is done: after a crash a run
/// goes on with the others. Two runs of one order at once are harmless: one stop, which may then be recorded twice.
/// </summary>
public sealed partial class BulkRun(OperatorLedger operators, RevocationDesk desk, ILogger<BulkRun> logger)
{
    private const int AtOnce = 16;

    private readonly ConcurrentDictionary<long, bool> _running = new();

    /// <summary>Not waited for; whatever goes wrong, the timed task does it again.</summary>
    internal void Start(RecordedBulk bulk) => _ = Task.Run(async () =>
    {
        try
        {
            await RunAsync(bulk, CancellationToken.None);
        }
        catch (StorageUnavailableException)
        {
            // As said above.
        }
    });

    /// <summary>Null where there is none of that id, or what it says was erased.</summary>
    internal async Task<RecordedBulk?> FindAsync(long id, CancellationToken cancellation) =>
        await operators.ReadAsync(EntryKind.BulkProposed, id, cancellation) is var (entry, opened) ? BulkEntries.ReadProposed(entry, opened) : null;

    /// <summary>By two point reads at the least; of one that runs, by a walk over what was recorded since it was approved.</summary>
    internal async Task<BulkProgress> ProgressAsync(RecordedBulk bulk, CancellationToken cancellation)
    {
        var (endRead, decisionRead) = (operators.FindDecisionAsync(BulkParts.End(bulk.Id), cancellation), operators.FindDecisionAsync(BulkParts.Decision(bulk.Id), cancellation));
        await Task.WhenAll(endRead, decisionRead);
        if (await endRead is { } end)
        {
            var (stopped, refused) = BulkEntries.ReadEnded(end);
            return new(BulkStanding.Ended, stopped, refused);
        }

        return await decisionRead switch
        {
            null => new(BulkStanding.Proposed, 0, 0),
            { Kind: EntryKind.BulkApproved } approved => new(BulkStanding.Running, (await DoneAsync(bulk, approved, cancellation)).People.Count, 0),
            _ => new(BulkStanding.Declined, 0, 0),
        };
    }

    /// <summary>Until the end, or as far as it comes. Throws <see cref="StorageUnavailableException"/>.</summary>
    /// <param name="unlessYoungerThan">Somebody else is at it where the last person was recorded after that; null: whoever else is.</param>
    internal async Task RunAsync(RecordedBulk bulk, CancellationToken cancellation, DateTimeOffset? unlessYoungerThan = null)
    {
        if (!_running.TryAdd(bulk.Id, true))
        {
            return;
        }

        try
        {
            if (await operators.FindDecisionAsync(BulkParts.End(bulk.Id), cancellation) is null
                && await operators.FindDecisionAsync(BulkParts.Decision(bulk.Id), cancellation) is { Kind: EntryKind.BulkApproved } approved
                && await DoneAsync(bulk, approved, cancellation) is var (done, last) && !(last > unlessYoungerThan))
            {
                await StopAsync(bulk, done, cancellation);
            }
        }
        finally
        {
            _running.TryRemove(bulk.Id, out _);
        }
    }

    private async Task StopAsync(RecordedBulk bulk, IReadOnlySet<StreamId> done, CancellationToken cancellation)
    {
        var (stopped, refused, left) = (done.Count, 0, 0);
        await Parallel.ForEachAsync(bulk.Order.People.Where(person => !done.Contains(person)), new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation }, async (person, ended) =>
        {
            switch (await StopAsync(bulk, person, ended))
            {
                case null:
                    Interlocked.Increment(ref stopped);
                    break;
                case RevocationRefusal.Busy:
                    Interlocked.Increment(ref left);
                    break;
                default:
                    Interlocked.Increment(ref refused);
                    break;
            }
        });
        Log.Ran(logger, RecordedBulk.Text(bulk.Id), stopped, refused, left);
        if (left == 0)
        {
            await operators.SettleAsync(BulkEntries.Ended(bulk.Id, stopped, refused), BulkParts.End(bulk.Id), cancellation);
        }
    }

    private async Task<RevocationRefusal?> StopAsync(RecordedBulk bulk, StreamId person, CancellationToken cancellation)
    {
        try
        {
            return (await desk.CarryOutAsync(bulk.StopOf(person), bulk.Order.For(person), bulk.By, cancellation)).Match<RevocationRefusal?>(static _ => null, static refused => refused.Reason);
        }
        catch (StreamFrozenException frozen)
        {
            // One damaged record keeps nobody else from being stopped; and nothing is granted on it.
            Log.Frozen(logger, frozen.Stream.ToString(), RecordedBulk.Text(bulk.Id));
            return RevocationRefusal.PersonUnknown;
        }
    }

    /// <summary>Who has a record of it, and the time of the youngest.</summary>
    private async Task<(IReadOnlySet<StreamId> People, DateTimeOffset? Last)> DoneAsync(RecordedBulk bulk, Entry approved, CancellationToken cancellation)
    {
        var (stops, done, last) = (bulk.Order.People.ToDictionary(bulk.StopOf), new HashSet<StreamId>(), (DateTimeOffset?)null);
        await foreach (var (entry, opened) in operators.ReadOnAsync(EntryKind.Revoked, approved.Seq, cancellation))
        {
            if (stops.TryGetValue(RevocationEntries.ReadOrdered(entry, opened).Stop, out var person))
            {
                done.Add(person);
                last = entry.Time;
            }
        }

        return (done, last);
    }

    private static partial class Log
    {
        [LoggerMessage(1335, LogLevel.Information, "Of the people of bulk order {Bulk} {Stopped} are stopped, {Refused} cannot be and {Left} are left for the next run")]
        public static partial void Ran(ILogger logger, string bulk, int stopped, int refused, int left);

        [LoggerMessage(1336, LogLevel.Critical, "Stream {Stream} is frozen: its rows contradict its head. Bulk order {Bulk} could not stop whoever it is.")]
        public static partial void Frozen(ILogger logger, string stream, string bulk);
    }
}
