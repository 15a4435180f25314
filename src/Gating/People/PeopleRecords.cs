using System.Collections.Immutable;
using Gating.Admission;
using Gating.Appeals;
using Gating.Ledger;
using Gating.Registry;
using Gating.Usage;

namespace Gating.People;

/// <summary>How much of its quotas a person has used with one tool through one app.</summary>
public sealed record PersonUsage(string App, string Tool, ImmutableArray<QuotaStatus> Quotas);

/// <summary>An appeal of a person's, of the last <see cref="PeopleRecords.MostEntries"/> entries.</summary>
public sealed record PersonAppeal(string App, DateTimeOffset At, DateTimeOffset Deadline, AppealState State);

/// <summary>A person as admins see one: how they stand, and nothing that says who they are.</summary>
/// <param name="Status">What a request of theirs meets now.</param>
/// <param name="SuspendedUntil">When the last suspension ends; null where there is none, or one without an end.</param>
/// <param name="Stops">Revocations and suspensions that hold now.</param>
/// <param name="NextStop">When the first of those begins that are ordered for later; null where there is none.</param>
/// <param name="Holds">Legal holds.</param>
/// <param name="Entries">Of their ledger.</param>
/// <param name="Usage">With the tools and through the apps of the last <see cref="PeopleRecords.MostEntries"/> entries, as far as these are registered.</param>
public sealed record PersonRecord(
    StreamStatus Status, DateTimeOffset? SuspendedUntil, int Stops, DateTimeOffset? NextStop, int Holds, long Entries, DateTimeOffset Since, DateTimeOffset Last, ImmutableArray<PersonUsage> Usage, ImmutableArray<PersonAppeal> Appeals);

/// <summary>What is recorded of a person, read for whoever asks: the head, the first entry, and the last ones. Throws <see cref="StorageUnavailableException"/>.</summary>
public sealed class PeopleRecords(ILedgerStore ledger, RecordedAppeals recorded, RegistrySource registry, TimeProvider time)
{
    /// <summary>Entries that are looked at for what a person uses.</summary>
    public const int MostEntries = 500;

    /// <summary>Null where nothing is recorded.</summary>
    public async Task<PersonRecord?> FindAsync(StreamId person, CancellationToken cancellation)
    {
        var reads = (Head: ledger.ReadHeadAsync(person, cancellation), First: ledger.ReadEntryAsync(person, 1, cancellation));
        await Task.WhenAll(reads.Head, reads.First);
        if (await reads.Head is not { Head: var head } || await reads.First is not { } first)
        {
            return null;
        }

        var (used, appeals) = (new HashSet<(string App, string Tool)>(), ImmutableArray.CreateBuilder<PersonAppeal>());
        await foreach (var entry in EntriesBack.ReadAsync(ledger, person, head.Seq, MostEntries, cancellation))
        {
            if (entry.Kind is EntryKind.Granted && AdmissionEntries.ReadGranted(entry).Terms is var terms)
            {
                used.Add((terms.App, terms.Resource));
            }
            else if (entry.Kind is EntryKind.AppealFiled && await recorded.StandingAsync(entry, cancellation) is var (appeal, state, _, _))
            {
                appeals.Add(new(appeal.App, appeal.At, appeal.Deadline, state));
            }
        }

        return Of(head, first, used, appeals.DrainToImmutable(), await registry.GetAsync(cancellation), time.GetUtcNow());
    }

    private static PersonRecord Of(Head head, Entry first, IEnumerable<(string App, string Tool)> used, ImmutableArray<PersonAppeal> appeals, RegistrySnapshot registry, DateTimeOffset clock)
    {
        // By the clock of decisions.
        var now = clock > head.Time ? clock : head.Time;
        var stops = head.State.Stops.Standing.Where(stop => stop.HoldsAt(now)).ToList();
        return new(
            head.StatusAt(now),
            stops.Count > 0 && stops.TrueForAll(static stop => stop.Until is not null) ? stops.Max(static stop => stop.Until) : null,
            stops.Count,
            head.State.Stops.Standing.Where(stop => stop.WaitsAt(now)).Min(static stop => stop.From),
            head.State.Holds.Standing.Length,
            head.Seq,
            first.Time,
            head.Time,
            [
                .. used.Order().Select(one => (one.App, one.Tool, Plan: registry.PlanOf(one.App, one.Tool))).Where(static one => one.Plan is not null)
                    .Select(one => new PersonUsage(one.App, one.Tool, one.Plan!.Read(head.State.Windows, now))),
            ],
            appeals);
    }
}
