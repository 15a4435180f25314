using System.Text.Json;
using Gating.Generations;
using Gating.Labels;
using Gating.Ledger;
using Gating.Registry;

namespace Gating.Archive;

/// <summary>Why an output is not released without the label that people see. Stable: callers switch on it.</summary>
public enum ReleaseRefusal
{
    /// <summary>This app has no such output.</summary>
    NotFound = 1,

    /// <summary>The app has no permission of its own for this, or the tool does not allow it.</summary>
    NotAllowed = 2,

    /// <summary>The file that was sent is not the one that was handed in.</summary>
    OtherBytes = 3,

    /// <summary>The file cannot be labelled.</summary>
    LabelRefused = 4,

    /// <summary>It was released before, on another statement.</summary>
    Differs = 5,

    /// <summary>Too much is being asked of the person's record at once: try again.</summary>
    Busy = 6,
}

/// <summary>
/// The lawful exception (Labelling Measures Art. 9): an output leaves without the label that people see, on a statement that is recorded first, and still with the implicit label. The archive
/// keeps the labelled file alone, so the app sends the original again; its digest has to be the recorded one.
/// </summary>
public sealed class UnlabelledRelease(ILedgerStore ledger, Appender appender, RecordedOutputs outputs, SealedReader sealedParts, RegistrySource registry)
{
    private const int Version = 1;

    /// <summary>The output and what its release rests on; or why there is none. Both permissions are off unless the registry turns them on.</summary>
    public async Task<(ArchivedOutput? Output, Labelling? Labelling, ReleaseRefusal? Refusal)> AwaitAsync(string app, ContentId content, CancellationToken cancellation)
    {
        if (await outputs.FindAsync(content, cancellation) is not { } output || !string.Equals(output.App, app, StringComparison.Ordinal))
        {
            return (null, null, ReleaseRefusal.NotFound);
        }

        var snapshot = await registry.GetAsync(cancellation);
        return snapshot.Apps.GetValueOrDefault(app) is { MayReleaseUnlabelled: true } && snapshot.Tools.GetValueOrDefault(output.Tool)?.Labelling is { AllowsUnlabelled: true } labelling
            ? (output, labelling, null)
            : (null, null, ReleaseRefusal.NotAllowed);
    }

    /// <summary>Null where <paramref name="output"/> holds the file and its release is recorded and announced.</summary>
    /// <param name="source">The file as it was handed in, can be read and sought.</param>
    public async Task<ReleaseRefusal?> ReleaseAsync(
        ArchivedOutput archived, Labelling labelling, ReleaseStatement statement, Stream source, Stream output, CancellationToken cancellation)
    {
        if (await ledger.ReadEntryAsync(archived.Person, archived.GenerationSeq, cancellation) is not { } entry || GenerationEntries.Read(entry) is not { } generation)
        {
            throw new StreamFrozenException(archived.Person, $"an output names entry {archived.GenerationSeq}, which began nothing");
        }

        var content = OutputLabelling.ContentOf(generation, archived.File.Content, labelling);
        if (await Task.Run(() => LabelWriter.Write(source, output, content, LabelPolicy.Careful), cancellation) is not LabelOutcome.Labelled labelled)
        {
            return ReleaseRefusal.LabelRefused;
        }

        return EntryHash.FromBytes(labelled.SourceSha256.Span) == archived.File.SourceSha256
            ? await RecordAsync(archived, statement, EntryHash.FromBytes(labelled.OutputSha256.Span), cancellation)
            : ReleaseRefusal.OtherBytes;
    }

    // A crash after it leaves a release that is recorded and that nobody has: the same request again gets the file.
    private async Task<ReleaseRefusal?> RecordAsync(ArchivedOutput archived, ReleaseStatement statement, EntryHash released, CancellationToken cancellation)
    {
        var draft = new EntryDraft(EntryKind.ReleasedUnlabelled, ArchiveEntries.Released(archived, statement, released), Private(statement));
        var proposal = new Proposal<bool>(OperationId.Create(), [], (state, _) => new(state, [draft], [], archived.Release, null, true));
        return await appender.AppendAsync(archived.Person, proposal, isNew: false) switch
        {
            AppendOutcome<bool>.Done => null,
            AppendOutcome<bool>.AlreadySettled settled =>
                await appender.ReadAnnouncedAsync(archived.Person, settled.Row.By, cancellation) is var (head, before) && IsSame(head, before, draft) ? null : ReleaseRefusal.Differs,
            _ => ReleaseRefusal.Busy,
        };
    }

    // Whom it is for is sealed, and part of the statement all the same: where that cannot be opened any more, nobody can say that it is the same.
    private bool IsSame(Head head, Entry before, EntryDraft draft) =>
        before.Public.Span.SequenceEqual(draft.Public.Span) && sealedParts.Open(head, before) is { } opened && opened.AsSpan().SequenceEqual(draft.Private.Span);

    private static byte[] Private(ReleaseStatement statement) => JsonBytes.OfObject(statement, static (json, statement) =>
    {
        json.WriteNumber("v"u8, Version);
        json.WriteString("recipient"u8, statement.Recipient);
    });
}
