using System.Collections.Immutable;
using Gating.Ledger;
using Gating.Registry;
using Gating.Registry.Changes;
using Gating.Timelines;

namespace Gating.Replay;

/// <summary>What came of a replay.</summary>
public abstract record ReplayOutcome
{
    private ReplayOutcome()
    {
    }

    /// <param name="Found">People of whom something was decided in the span.</param>
    /// <param name="Replayed">Of those, whose decisions were gone through: all, or as many as <see cref="DecisionReplay.MostPeople"/>, drawn by their streams' random numbers.</param>
    /// <param name="CutOff">Of those, who have more than <see cref="DecisionReplay.MostEntries"/> entries in the span; of them the first.</param>
    /// <param name="Hardest">Who would have been refused most often, at most <see cref="DecisionReplay.MostHardest"/>.</param>
    public sealed record Done(long Found, long Replayed, long CutOff, ReplayTally Tally, ImmutableArray<(StreamId Person, long Refusals)> Hardest) : ReplayOutcome;

    /// <summary>Nothing is registered under the item's name.</summary>
    public sealed record NotRegistered : ReplayOutcome;

    /// <param name="Errors">What would be wrong with the registry then.</param>
    public sealed record Invalid(ImmutableArray<RegistryError> Errors) : ReplayOutcome;

    /// <summary>More than <see cref="DecisionReplay.MostItems"/> are recorded of that span.</summary>
    public sealed record TooMany : ReplayOutcome;
}

/// <summary>
/// Goes through recorded decisions once more, by the quotas that a draft would bring: nothing is charged, recorded or changed. A person's use before the span counts for nothing, so that a span begins well at the beginning of the longest
/// window. Reads what was logged: the last seconds may be missing. Throws <see cref="StorageUnavailableException"/>.
/// </summary>
public sealed class DecisionReplay(IRegistryStore store, ILedgerStore ledger, TimelineReader timelines, RegistryMode mode)
{
    public const int MostPeople = 2000;
    public const int MostEntries = 1000;
    public const int MostItems = 200_000;
    public const int MostHardest = 20;

    private const int AtOnce = 8;

    public async Task<ReplayOutcome> RunAsync(RegistryItem item, ReplayOrder order, CancellationToken cancellation)
    {
        var (version, rows) = await store.ReadAsync(cancellation);
        if (item.In(rows) is not { } stored)
        {
            return new ReplayOutcome.NotRegistered();
        }

        var edited = EditedItem.Of(item, stored, new ItemEdit.Put(order.Draft));
        if (!edited.Errors.IsEmpty)
        {
            return new ReplayOutcome.Invalid(edited.Errors);
        }

        return RegistryReader.ReadRows(ChangeRules.With(rows, item, edited.Row), mode) switch
        {
            RegistryReading.Invalid invalid => new ReplayOutcome.Invalid(invalid.Errors),
            RegistryReading.Valid { Document: var document } => await RunAsync(document.ToSnapshot(version, readAt: 0, now: DateTimeOffset.MinValue), TimelinesOf(item, order, document), order.Range, cancellation),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    private async Task<ReplayOutcome> RunAsync(RegistrySnapshot draft, IEnumerable<Timeline> where, TimelineRange range, CancellationToken cancellation)
    {
        if (await PeopleAsync(where, range, cancellation) is not { } people)
        {
            return new ReplayOutcome.TooMany();
        }

        // A stream's number is random: the first of them are a fair sample, and the same one each time.
        var sample = people.OrderBy(static one => one.Key.Value).Take(MostPeople).ToList();
        var (tally, cutOff, hit, turn) = (new ReplayTally(), 0L, new List<(StreamId Person, long Refusals)>(), new Lock());
        await Parallel.ForEachAsync(sample, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation }, async (one, ended) =>
        {
            var (replay, read) = (new PersonReplay(draft), 0);
            await foreach (var entry in ledger.ReadEntriesAsync(one.Key, one.Value, long.MaxValue, ended))
            {
                if (entry.Time >= range.To || ++read > MostEntries)
                {
                    break;
                }

                replay.Add(entry);
            }

            lock (turn)
            {
                tally.Add(replay.Tally);
                cutOff += read > MostEntries ? 1 : 0;
                if (replay.Tally.WouldRefuse > 0)
                {
                    hit.Add((one.Key, replay.Tally.WouldRefuse));
                }
            }
        });
        return new ReplayOutcome.Done(people.Count, sample.Count, cutOff, tally, [.. hit.OrderByDescending(static one => one.Refusals).ThenBy(static one => one.Person.Value).Take(MostHardest)]);
    }

    /// <summary>Everybody of whom something was decided, with the first entry that says so; null where there is more than is gone through.</summary>
    private async Task<Dictionary<StreamId, long>?> PeopleAsync(IEnumerable<Timeline> where, TimelineRange range, CancellationToken cancellation)
    {
        var (people, items) = (new Dictionary<StreamId, long>(), 0L);
        foreach (var timeline in where)
        {
            await foreach (var item in timelines.ReadAllAsync(timeline, range, cancellation))
            {
                if (++items > MostItems)
                {
                    return null;
                }

                if (item.Kind is EntryKind.Granted or EntryKind.Refused)
                {
                    people[item.Stream] = Math.Min(item.Seq, people.GetValueOrDefault(item.Stream, long.MaxValue));
                }
            }
        }

        return people;
    }

    private static IEnumerable<Timeline> TimelinesOf(RegistryItem item, ReplayOrder order, RegistryDocument document) =>
        order.App is { } app ? Of(TimelineKind.App, app)
        : string.Equals(item.Kind, RegistryItem.Tool, StringComparison.Ordinal) ? Of(TimelineKind.Tool, item.Name)
        : document.Apps.SelectMany(static app => Of(TimelineKind.App, app.Id));

    private static IEnumerable<Timeline> Of(TimelineKind kind, string id) => Timeline.TryCreate(kind, id, out var timeline) ? [timeline] : [];
}
