using System.Collections.Immutable;
using Gating.Archive;
using Gating.Generations;
using Gating.Grants;
using Gating.Ledger;
using Gating.Timelines;

namespace Gating.Consents;

/// <summary>Some of what was made with a consent.</summary>
/// <param name="Next">Where it goes on; null where it does not.</param>
public sealed record ConcernedPage(ImmutableArray<ArchivedOutput> Outputs, string? Next);

/// <summary>
/// What was made with a consent: from its timeline, on which every grant that named it stands, to the generations and their outputs, which the ledger decides. Something of the last seconds may not be there yet: timelines are written when entries are logged.
/// Throws <see cref="StorageUnavailableException"/>.
/// </summary>
public sealed class ConcernedOutputs(TimelineReader timelines, ConsentHandles handles, ILedgerStore ledger, RecordedOutputs outputs, TimeProvider time)
{
    /// <summary>Grants that one page looks at; each may have made <see cref="GenerationRequest.MaxOutputs"/> outputs.</summary>
    private const int Page = 20;

    /// <summary>How far ahead of ours an entry's clock may be.</summary>
    private static readonly TimeSpan Ahead = TimeSpan.FromMinutes(5);

    /// <summary>Null where the cursor is none that was given away.</summary>
    /// <param name="after">Null: from the beginning.</param>
    public async Task<ConcernedPage?> ReadAsync(string id, Consent consent, string? after, CancellationToken cancellation)
    {
        var (position, isGood) = await PositionAsync(after, cancellation);
        if (!isGood || !Timeline.TryCreate(TimelineKind.Consent, id, out var timeline))
        {
            return null;
        }

        var end = time.GetUtcNow() + Ahead;
        var page = await timelines.ReadAsync(timeline, new(end - consent.At > TimelineReader.MaxRange ? end - TimelineReader.MaxRange : consent.At, end), position, Page, cancellation);
        var made = await Task.WhenAll(page.Items.Where(static item => item.Kind is EntryKind.Granted).Select(item => MadeAsync(item, cancellation)));
        return new([.. made.SelectMany(static some => some)], page.Next is { } next ? handles.OfUse(next.Stream, next.Seq) : null);
    }

    private async Task<(TimelinePosition? Position, bool IsGood)> PositionAsync(string? cursor, CancellationToken cancellation) =>
        cursor is null ? (null, true)
        : handles.TryOpenUse(cursor, out var use) && await ledger.ReadEntryAsync(use.Person, use.Seq, cancellation) is { } entry ? (TimelineItem.Of(entry).Position, true)
        : (null, false);

    private async Task<IEnumerable<ArchivedOutput>> MadeAsync(TimelineItem grant, CancellationToken cancellation)
    {
        if (await ledger.ReadSettlementAsync(grant.Stream, GrantParts.Use(grant.Seq), cancellation) is not { By: var by }
            || await ledger.ReadEntryAsync(grant.Stream, by, cancellation) is not { } entry || GenerationEntries.Read(entry) is not { } generation)
        {
            return [];
        }

        var found = await Task.WhenAll(generation.Contents.Select(content => outputs.FindAsync(content, cancellation)));
        return found.OfType<ArchivedOutput>();
    }
}
