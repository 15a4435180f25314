using Gating.Generations;
using Gating.Ledger;
using Gating.Registry;

namespace Gating.Archive;

/// <summary>An output that may be handed in now.</summary>
/// <param name="Settled">It was recorded before; null where, when this was read, it was not.</param>
public sealed record AwaitedOutput(Generation Generation, int Number, Labelling Labelling, SettlementRow? Settled)
{
    public ContentId Content => Generation.Contents[Number - 1];
}

/// <summary>
/// Takes outputs: label → keep → record. Index rows follow when the entry is logged (<see cref="OutputIndexing"/>). The blob comes before the entry: a crash in between leaves a blob that its generation's entry finds again, and the same bytes handed in
/// once more go on from there, until it is too late for an entry and the sweep takes it. An entry whose blob is not there cannot be. Throws <see cref="StorageUnavailableException"/>: the same request tells what happened.
/// </summary>
public sealed class OutputArchiver(ILedgerStore ledger, Appender appender, IArchiveStore archive, ArchiveReferences references, RegistrySource registry, TimeProvider time)
{
    /// <summary>Which output it would be, by two point reads at once; or why none.</summary>
    /// <param name="late">How long after the generation closed it is still taken, where it was begun before.</param>
    public async Task<(AwaitedOutput? Awaited, ArchiveOutcome.Refused? Refused)> AwaitAsync(
        string app, StreamId person, long generationSeq, int number, CancellationToken cancellation, TimeSpan late = default)
    {
        var (generation, settled) = await ReadAsync(app, person, generationSeq, number, cancellation);
        if (generation is null)
        {
            return (null, new(ArchiveRefusal.NotFound));
        }

        if (time.GetUtcNow() >= generation.Until + late)
        {
            return (null, new(ArchiveRefusal.Closed));
        }

        return (await registry.GetAsync(cancellation)).Tools.GetValueOrDefault(generation.Tool)?.Labelling is { } labelling
            ? (new(generation, number, labelling, settled), null)
            : (null, new(ArchiveRefusal.NotOffered));
    }

    /// <summary>What is recorded as an output, however long ago; null where nothing is. Announced before it is told.</summary>
    public async Task<ArchivedOutput?> FindAsync(string app, StreamId person, long generationSeq, int number, CancellationToken cancellation) =>
        await ReadAsync(app, person, generationSeq, number, cancellation) is ({ }, { } settlement) ? await RecordedAsync(person, settlement, cancellation) : null;

    /// <summary>Null where this app has no such generation, or it no such output.</summary>
    private async Task<(Generation? Generation, SettlementRow? Settled)> ReadAsync(string app, StreamId person, long generationSeq, int number, CancellationToken cancellation)
    {
        if (number is < 1 or > GenerationRequest.MaxOutputs)
        {
            return (null, null);
        }

        var reads = (Entry: ledger.ReadEntryAsync(person, generationSeq, cancellation), Settled: ledger.ReadSettlementAsync(person, new(generationSeq, number), cancellation));
        await Task.WhenAll(reads.Entry, reads.Settled);
        return await reads.Entry is { } entry && GenerationEntries.Read(entry) is { } generation
            && string.Equals(generation.App, app, StringComparison.Ordinal) && number <= generation.Contents.Length
            ? (generation, await reads.Settled)
            : (null, null);
    }

    /// <param name="source">The whole file, can be read and sought.</param>
    /// <param name="scratch">Opens an empty file that can be written, read and sought, and is gone when it is closed.</param>
    /// <param name="declaresExplicit">The app says that people see or hear that the file is generated.</param>
    public async Task<ArchiveOutcome> ArchiveAsync(AwaitedOutput awaited, Stream source, Func<Stream> scratch, bool declaresExplicit, CancellationToken cancellation)
    {
        // Recorded since it was awaited: then the file that is kept, or the settlement row, tells.
        if (awaited.Settled is { } settlement)
        {
            var recorded = await RecordedAsync(awaited.Generation.Person, settlement, cancellation);
            source.Position = 0;
            return Answer(recorded, EntryHash.FromBytes(await System.Security.Cryptography.SHA256.HashDataAsync(source, cancellation)));
        }

        if (ArchiveOutcome.Refused.ForLength(source.Length, awaited.Labelling) is { } length)
        {
            return length;
        }

        await using var between = scratch();
        await using var output = scratch();
        var (labelled, refused) = await Task.Run(
            () => OutputLabelling.Label(source, between, output, awaited.Generation, awaited.Content, awaited.Labelling, declaresExplicit), cancellation);
        if (labelled is null)
        {
            return refused!;
        }

        var file = new ArchivedFile(
            awaited.Content, labelled.MediaType, output.Length, labelled.SourceSha256, labelled.OutputSha256, RetainUntil(awaited));
        output.Position = 0;
        CrashPoint.Reach(CrashPoint.BeforeFile);
        var kept = await KeepAsync(awaited, file, output, cancellation);
        if (kept is null)
        {
            return new ArchiveOutcome.Refused(ArchiveRefusal.Closed);
        }

        if (kept is StoreOutcome.Exists there)
        {
            // Kept by an attempt that did not get as far as its entry, or that is on its way: its file is the one, if it was made of the same bytes.
            if (there.File.SourceSha256 != file.SourceSha256)
            {
                return new ArchiveOutcome.Refused(ArchiveRefusal.OtherBytes);
            }

            if (there.File.OutputSha256 != file.OutputSha256)
            {
                // Labelled under another policy than now: the record says what stands in the file that is kept.
                labelled = await ReadBackAsync(there.File, labelled, scratch, cancellation);
            }

            file = there.File;
        }

        // A crash here leaves a file that nothing names: the same bytes handed in again end up here.
        CrashPoint.Reach(CrashPoint.AfterFile);
        return await RecordAsync(awaited, file, labelled, cancellation);
    }

    /// <summary>
    /// Null where it is too late. A file that came after the sweep had passed would stay for ever: none is begun after the time for entries is over, and one that is on its way then is given up.
    /// </summary>
    private async Task<StoreOutcome?> KeepAsync(AwaitedOutput awaited, ArchivedFile file, Stream output, CancellationToken cancellation)
    {
        var left = ArchiveRules.RecordedUntil(awaited.Generation) - time.GetUtcNow();
        if (left <= TimeSpan.Zero)
        {
            return null;
        }

        using var late = new CancellationTokenSource(left, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, late.Token);
        try
        {
            var reference = references.Seal(file.Content, new(awaited.Generation.Person, awaited.Generation.Seq, awaited.Number));
            return await archive.StoreAsync(file, reference, output, either.Token);
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            return null;
        }
    }

    // Whole seconds, as the blob keeps it, so that an entry says the same whichever of the two it was made from; never earlier than the policy wants.
    private static DateTimeOffset RetainUntil(AwaitedOutput awaited) =>
        DateTimeOffset.FromUnixTimeSeconds((awaited.Generation.At + awaited.Labelling.Retention).AddMilliseconds(999).ToUnixTimeSeconds());

    private async Task<LabelledOutput> ReadBackAsync(ArchivedFile kept, LabelledOutput made, Func<Stream> scratch, CancellationToken cancellation)
    {
        await using var content = await archive.OpenAsync(kept.Content, 0, kept.Length, cancellation) ?? throw new StorageUnavailableException("A file that was there is gone.");
        await using var copy = scratch();
        await content.CopyToAsync(copy, cancellation);
        return await Task.Run(() => OutputLabelling.ReadBack(copy, made), cancellation);
    }

    /// <summary>The commit point: the settlement row of this output is inserted once, whoever else tries.</summary>
    private async Task<ArchiveOutcome> RecordAsync(AwaitedOutput awaited, ArchivedFile file, LabelledOutput labelled, CancellationToken cancellation)
    {
        var generation = awaited.Generation;
        var draft = new EntryDraft(EntryKind.Archived, ArchiveEntries.Archived(generation, awaited.Number, file, labelled), default);
        var proposal = new Proposal<bool>(OperationId.Create(), [], (state, at) => ArchiveRules.Record(generation, awaited.Number, draft, state, at));
        switch (await appender.AppendAsync(generation.Person, proposal, isNew: false))
        {
            case AppendOutcome<bool>.Done { Entries: [var entry, ..] }:
                CrashPoint.Reach(CrashPoint.AfterArchived);
                return new ArchiveOutcome.Archived(ArchiveEntries.Read(entry)!, Replayed: false);
            case AppendOutcome<bool>.Done:
                return new ArchiveOutcome.Refused(ArchiveRefusal.Closed);
            case AppendOutcome<bool>.AlreadySettled settled:
                return Answer(await RecordedAsync(generation.Person, settled.Row, cancellation), file.SourceSha256);
            default:
                return new ArchiveOutcome.Refused(ArchiveRefusal.Busy);
        }
    }

    // Announced before it is answered: its first answer may have been lost because the queue was down.
    private async Task<ArchivedOutput> RecordedAsync(StreamId person, SettlementRow settlement, CancellationToken cancellation) =>
        await appender.ReadAnnouncedAsync(person, settlement.By, cancellation) is var (_, entry) && ArchiveEntries.Read(entry) is { } output
            ? output
            : throw new StreamFrozenException(person, $"a settlement names entry {settlement.By}, which is no output");

    private static ArchiveOutcome Answer(ArchivedOutput recorded, EntryHash sourceSha256) =>
        recorded.File.SourceSha256 == sourceSha256 ? new ArchiveOutcome.Archived(recorded, Replayed: true) : new ArchiveOutcome.Refused(ArchiveRefusal.OtherBytes);
}
