using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Gating.Access;
using Gating.Ledger;
using Gating.Log.Sealing;
using Gating.Mandates;

namespace Gating.Tracing;

/// <summary>How a question ended.</summary>
public abstract record TraceOutcome
{
    private TraceOutcome()
    {
    }

    /// <param name="Question">Seq of the question's entry in the regulator's ledger: it was there before this answer.</param>
    /// <param name="Withheld">Entries that answer the question and lie outside of the mandate.</param>
    /// <param name="Next">Where the next page begins; null where this is the last.</param>
    public sealed record Answered(long Question, Mandate Mandate, ImmutableArray<TracedEntry> Entries, int Withheld, string? Next) : TraceOutcome;

    /// <summary>What a bundle of evidence is to hold.</summary>
    /// <param name="Answer">The entries that answer and lie within the mandate, in the order of their source; to be read once.</param>
    /// <param name="Whole">Streams of which all entries answer and lie within the mandate.</param>
    /// <param name="Hours">Entries that close the hours of the answer; none where less than all of an hour is told.</param>
    public sealed record Export(
        long Question, Mandate Mandate, IAsyncEnumerable<LeafPlace> Answer, ImmutableArray<StreamId> Whole, IReadOnlyList<LeafPlace> Hours) : TraceOutcome;

    public sealed record Refused(MandateRefusal Reason) : TraceOutcome;
}

/// <summary>
/// Answers a regulator's questions. Each is checked against its mandate, then recorded in the regulator's ledger and announced, and only then answered; another page is another question. What was there when the first page was
/// asked for comes exactly once, however much is written meanwhile. Throws <see cref="StorageUnavailableException"/>: then nothing was told, and the question may be recorded all the same.
/// </summary>
public sealed class TraceDesk(Appender appender, StreamNames names, MandateDesk mandates, TraceSources sources, TimeProvider time)
{
    public const int MostEntries = 500;

    /// <summary>Entries that one page looks at: where few of them are asked for it ends early and says where to go on.</summary>
    public const int MostLooked = 2000;

    /// <param name="after">Where a page before this one ended, as it said.</param>
    /// <param name="most">Entries of the page, 1 to <see cref="MostEntries"/>.</param>
    public async Task<TraceOutcome> AskAsync(RoleHolder regulator, long mandateId, TraceFilter filter, string? after, int most, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(most, MostEntries);
        var (mandate, question, refusal) = await AdmitAsync(regulator.Who, mandateId, filter, MandateFields.None, AskedEntries.Asked(mandateId, filter, after, isExport: false), cancellation);
        if (refusal is { } reason)
        {
            return new TraceOutcome.Refused(reason);
        }

        var (scope, found, withheld, looked, next) = (mandate!.Terms.Scope, ImmutableArray.CreateBuilder<TracedEntry>(), 0, 0, default(string));
        await foreach (var (entry, position) in sources.ReadAsync(filter, scope, after, cancellation))
        {
            if (found.Count == most || looked == MostLooked)
            {
                // There is more, and it begins behind the last one that was looked at.
                return new TraceOutcome.Answered(question, mandate, found.ToImmutable(), withheld, next);
            }

            looked++;
            next = position;
            var traced = TracedEntry.Of(entry);
            if (!filter.Matches(traced))
            {
                continue;
            }

            if (TraceRules.Discloses(scope, traced))
            {
                found.Add(traced);
            }
            else
            {
                withheld++;
            }
        }

        return new TraceOutcome.Answered(question, mandate, found.ToImmutable(), withheld, null);
    }

    /// <summary>The same question for a bundle of evidence, which shows entries whole: the mandate has to allow that.</summary>
    public async Task<TraceOutcome> ExportAsync(RoleHolder regulator, long mandateId, TraceFilter filter, CancellationToken cancellation)
    {
        var (mandate, question, refusal) = await AdmitAsync(regulator.Who, mandateId, filter, MandateFields.Bundles, AskedEntries.Asked(mandateId, filter, after: null, isExport: true), cancellation);
        if (refusal is { } reason)
        {
            return new TraceOutcome.Refused(reason);
        }

        var scope = mandate!.Terms.Scope;
        return new TraceOutcome.Export(
            question,
            mandate,
            PlacesAsync(filter, scope, cancellation),
            await sources.IsWholeAsync(filter, scope, time.GetUtcNow(), cancellation) ? [filter.Person!.Value] : [],
            TraceRules.TellsWholeHours(scope, filter) ? await sources.ReadHoursAsync(filter, scope, cancellation) : []);
    }

    private async IAsyncEnumerable<LeafPlace> PlacesAsync(TraceFilter filter, MandateScope scope, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var (entry, _) in sources.ReadAsync(filter, scope, after: null, cancellation))
        {
            var traced = TracedEntry.Of(entry);
            if (filter.Matches(traced) && TraceRules.Discloses(scope, traced))
            {
                yield return new(entry.Stream, entry.Seq);
            }
        }
    }

    /// <summary>Checked, then recorded: only then is anything read that answers.</summary>
    private async Task<(Mandate? Mandate, long Question, MandateRefusal? Refusal)> AdmitAsync(
        Official regulator, long mandateId, TraceFilter filter, MandateFields fields, EntryDraft draft, CancellationToken cancellation)
    {
        if (await mandates.FindAsync(mandateId, cancellation) is not { } mandate)
        {
            return (null, 0, MandateRefusal.Unknown);
        }

        if ((MandateRules.Use(mandate, regulator, time.GetUtcNow()) ?? TraceRules.Cover(mandate.Terms.Scope, filter, fields)) is { } refusal)
        {
            return (null, 0, refusal);
        }

        var stream = await names.OfAsync(StreamNames.Regulator, $"{regulator.Issuer}\n{regulator.Subject}", CancellationToken.None);
        var proposal = new Proposal<bool>(OperationId.Create(), [], (state, _) => new(state, [draft], [], null, null, true));
        return await appender.AppendAsync(stream, proposal, isNew: false) is AppendOutcome<bool>.Done { Entries: [var entry, ..] }
            ? (mandate, entry.Seq, null)
            : (null, 0, MandateRefusal.Busy);
    }
}
