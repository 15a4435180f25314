using System.Runtime.CompilerServices;
using Gating.Archive;
using Gating.Generations;
using Gating.Ledger;
using Gating.Log.Sealing;
using Gating.Mandates;
using Gating.Timelines;

namespace Gating.Tracing;

/// <summary>
/// Where the entries that a question is about are found, by rows that lead to them and never by a walk over everything; each with the position behind it. Throws <see cref="StorageUnavailableException"/>.
/// </summary>
public sealed class TraceSources(ILedgerStore ledger, IOutputIndex index, RecordedOutputs outputs, TimelineReader timelines)
{
    /// <summary>Items of a timeline that are read at once, and their entries with them.</summary>
    private const int Together = 64;

    /// <summary>Outputs of one digest.</summary>
    private const int MostOutputs = 16;

    /// <summary>What leads to the fewest entries that were not asked for; whether an entry is one of those is for the filter to say.</summary>
    internal IAsyncEnumerable<(Entry Entry, string Position)> ReadAsync(TraceFilter filter, MandateScope scope, string? after, CancellationToken cancellation) =>
        filter.Content is { } content ? OfContentsAsync([content], after, cancellation)
        : filter.Sha256 is { } sha256 ? OfDigestAsync(sha256, after, cancellation)
        : filter.Person is { } person ? OfPersonAsync(person, after, cancellation)
        : filter.Timeline is { } timeline ? OfTimelineAsync(timeline, TraceRules.Range(scope, filter), after, cancellation)
        : AsyncEnumerable.Empty<(Entry, string)>();

    /// <summary>Whether all entries that a person's stream has now, and will have in the next minutes, are asked for and told.</summary>
    internal async Task<bool> IsWholeAsync(TraceFilter filter, MandateScope scope, DateTimeOffset now, CancellationToken cancellation) =>
        TraceRules.TellsWholeStream(scope, filter, now) && await ledger.ReadEntryAsync(filter.Person!.Value, 1, cancellation) is { } first && first.Time >= scope.From;

    internal async Task<IReadOnlyList<LeafPlace>> ReadHoursAsync(TraceFilter filter, MandateScope scope, CancellationToken cancellation) =>
        filter.Timeline is { } timeline ? await timelines.ReadClosedAsync(timeline, TraceRules.Range(scope, filter), cancellation) : [];

    private async IAsyncEnumerable<(Entry Entry, string Position)> OfTimelineAsync(
        Timeline timeline, TimelineRange range, string? after, [EnumeratorCancellation] CancellationToken cancellation)
    {
        TimelinePosition? position = TimelinePosition.TryParse(after, out var from) ? from : null;
        do
        {
            var page = await timelines.ReadAsync(timeline, range, position, Together, cancellation);
            var entries = await Task.WhenAll(page.Items.Select(item => ledger.ReadEntryAsync(item.Stream, item.Seq, cancellation)));
            foreach (var (item, entry) in page.Items.Zip(entries))
            {
                yield return (entry ?? throw new StreamFrozenException(item.Stream, $"a timeline names entry {item.Seq}, which is not there"), item.Position.ToString());
            }

            position = page.Next;
        }
        while (position is not null);
    }

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

    /// <summary>Of each output all that was recorded of it: its grant, its generation and how that ended, itself, its release, its removal. By stream and seq, each once.</summary>
    private async IAsyncEnumerable<(Entry Entry, string Position)> OfContentsAsync(
        IReadOnlyList<ContentId> contents, string? after, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var lives = await Task.WhenAll(contents.Select(content => LifeOfAsync(content, cancellation)));
        var from = TracePositions.PlaceOf(after);
        foreach (var entry in lives.SelectMany(static life => life).DistinctBy(static entry => (entry.Stream, entry.Seq))
            .OrderBy(static entry => entry.Stream.Value).ThenBy(static entry => entry.Seq))
        {
            if (from is not { } last || (entry.Stream.Value, entry.Seq).CompareTo((last.Stream.Value, last.Seq)) > 0)
            {
                yield return (entry, TracePositions.OfPlace(new(entry.Stream, entry.Seq)));
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
        var entries = await Task.WhenAll(seqs.Where(static seq => seq > 0).Select(seq => ledger.ReadEntryAsync(person, seq, cancellation)));
        return [.. entries.OfType<Entry>()];
    }
}
