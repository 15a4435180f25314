using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Gating.Access;
using Gating.Archive;
using Gating.Generations;
using Gating.Ledger;
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

    public sealed record Refused(MandateRefusal Reason) : TraceOutcome;
}

/// <summary>
/// Answers a regulator's questions. Each is checked against its mandate, then recorded in the regulator's ledger and announced, and only then answered; another page is another question. What was there when the first page was
/// asked for comes exactly once, however much is written meanwhile. Throws <see cref="StorageUnavailableException"/>: then nothing was told, and the question may be recorded all the same.
/// </summary>
public sealed class TraceDesk(ILedgerStore ledger, Appender appender, StreamNames names, MandateDesk mandates, IOutputIndex index, RecordedOutputs outputs, TimeProvider time)
{
    public const int MostEntries = 500;

    /// <summary>Entries that one page looks at: where few of them are asked for it ends early and says where to go on.</summary>
    public const int MostLooked = 2000;

    /// <summary>Outputs of one digest.</summary>
    private const int MostOutputs = 16;

    /// <param name="after">Where a page before this one ended, as it said.</param>
    /// <param name="most">Entries of the page, 1 to <see cref="MostEntries"/>.</param>
    public async Task<TraceOutcome> AskAsync(RoleHolder regulator, long mandateId, TraceFilter filter, string? after, int most, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(most, MostEntries);
        if (await mandates.FindAsync(mandateId, cancellation) is not { } mandate)
        {
            return new TraceOutcome.Refused(MandateRefusal.Unknown);
        }

        if ((MandateRules.Use(mandate, regulator.Who, time.GetUtcNow()) ?? TraceRules.Cover(mandate.Terms.Scope, filter)) is { } refusal)
        {
            return new TraceOutcome.Refused(refusal);
        }

        if (await RecordAsync(regulator.Who, AskedEntries.Asked(mandateId, filter, after)) is not { } question)
        {
            return new TraceOutcome.Refused(MandateRefusal.Busy);
        }

        var (found, withheld, looked, next) = (ImmutableArray.CreateBuilder<TracedEntry>(), 0, 0, default(string));
        await foreach (var (entry, position) in SourceAsync(filter, after, cancellation))
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

            if (TraceRules.Discloses(mandate.Terms.Scope, traced))
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

    /// <summary>What a regulator's question rests on, recorded before it is answered: null where too much is asked of that ledger at once.</summary>
    private async Task<long?> RecordAsync(Official regulator, EntryDraft draft)
    {
        var stream = await names.OfAsync(StreamNames.Regulator, $"{regulator.Issuer}\n{regulator.Subject}", CancellationToken.None);
        var proposal = new Proposal<bool>(OperationId.Create(), [], (state, _) => new(state, [draft], [], null, null, true));
        return await appender.AppendAsync(stream, proposal, isNew: false) is AppendOutcome<bool>.Done { Entries: [var entry, ..] } ? entry.Seq : null;
    }

    private IAsyncEnumerable<(Entry Entry, string Position)> SourceAsync(TraceFilter filter, string? after, CancellationToken cancellation) =>
        filter.Content is { } content ? OfContentsAsync([content], after, cancellation)
        : filter.Sha256 is { } sha256 ? OfDigestAsync(sha256, after, cancellation)
        : filter.Person is { } person ? OfPersonAsync(person, after, cancellation)
        : throw new ArgumentException("A question has to be about something that is found without reading everything.", nameof(filter));

    private async IAsyncEnumerable<(Entry Entry, string Position)> OfPersonAsync(StreamId person, string? after, [EnumeratorCancellation] CancellationToken cancellation)
    {
        if (await ledger.ReadHeadAsync(person, cancellation) is not { } stored)
        {
            yield break;
        }

        await foreach (var entry in ledger.ReadEntriesAsync(person, TracePositions.SeqOf(after) + 1, stored.Head.Seq, cancellation))
        {
            yield return (entry, TracePositions.OfSeq(entry.Seq));
        }
    }

    private async IAsyncEnumerable<(Entry Entry, string Position)> OfDigestAsync(EntryHash sha256, string? after, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var found in OfContentsAsync(await index.FindAsync(sha256, MostOutputs, cancellation), after, cancellation))
        {
            yield return found;
        }
    }

    /// <summary>Of each output all that was recorded of it: its grant, its generation and how that ended, itself, its release, its removal.</summary>
    private async IAsyncEnumerable<(Entry Entry, string Position)> OfContentsAsync(
        IReadOnlyList<ContentId> contents, string? after, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var (place, from) = (0L, TracePositions.SeqOf(after));
        foreach (var content in contents)
        {
            foreach (var entry in await LifeOfAsync(content, cancellation))
            {
                if (++place > from)
                {
                    yield return (entry, TracePositions.OfSeq(place));
                }
            }
        }
    }

    private async Task<IReadOnlyList<Entry>> LifeOfAsync(ContentId content, CancellationToken cancellation)
    {
        if (await outputs.FindAsync(content, cancellation) is not { } output)
        {
            return [];
        }

        var person = output.Person;
        var (generationRead, reported, released, removed) = (
            ledger.ReadEntryAsync(person, output.GenerationSeq, cancellation),
            ledger.ReadSettlementAsync(person, output.GenerationSeq, cancellation),
            ledger.ReadSettlementAsync(person, output.Release, cancellation),
            ledger.ReadSettlementAsync(person, output.Removal, cancellation));
        await Task.WhenAll(generationRead, reported, released, removed);
        var grant = await generationRead is { } entry && GenerationEntries.Read(entry) is { } generation ? generation.GrantSeq : 0;
        long[] seqs = [grant, output.GenerationSeq, output.Seq, (await reported)?.By ?? 0, (await released)?.By ?? 0, (await removed)?.By ?? 0];
        var entries = await Task.WhenAll(seqs.Where(static seq => seq > 0).Order().Select(seq => ledger.ReadEntryAsync(person, seq, cancellation)));
        return [.. entries.OfType<Entry>()];
    }
}
