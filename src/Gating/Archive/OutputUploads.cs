using System.Security.Cryptography;
using System.Text.Json;
using Gating.Grants;
using Gating.Identity.Jose;
using Gating.Ledger;
using Gating.Messages;

namespace Gating.Archive;

/// <summary>Where a large file is to be put, past the gate, and what to say when it is there.</summary>
/// <param name="Id">Proves to whoever handles the message that this app began this upload. It opens nothing else.</param>
/// <param name="Url">Takes one file, once, from anybody who has it.</param>
/// <param name="Expires">Of the address; whole seconds.</param>
public sealed record UploadTerms(string Id, Uri Url, DateTimeOffset Expires, long MaxBytes);

/// <summary>Where an output stands that comes by an upload.</summary>
public abstract record OutputState
{
    private OutputState()
    {
    }

    /// <summary>It is labelled, kept and recorded.</summary>
    public sealed record Recorded(ArchivedOutput Output) : OutputState;

    /// <summary>There is no such output, it is awaited no longer, or the last file was not taken.</summary>
    public sealed record Refused(ArchiveOutcome.Refused Why) : OutputState;

    /// <summary>No file is there yet, or one that nobody has looked into.</summary>
    public sealed record Awaited : OutputState;
}

/// <summary>
/// Large files, which come past the gate: begin, put, announce, and ask what became of it. What is put proves nothing until <see cref="UploadedOutputs"/> takes it. Nothing here changes the
/// record, and every call may be repeated. Throws <see cref="StorageUnavailableException"/>.
/// </summary>
public sealed class OutputUploads(OutputArchiver archiver, IIncomingStore incoming, IMessageQueues queues, AppHandles handles, TimeProvider time)
{
    /// <summary>The type of the event.</summary>
    public const string EventType = "gating.output.uploaded";

    /// <summary>Bytes of JSON that are read at most where an upload is named.</summary>
    public const int MaxSize = 1024;

    /// <summary>An address is good for at most this long, and never past the time at which the generation closes.</summary>
    public static readonly TimeSpan LongestUpload = TimeSpan.FromHours(1);

    /// <summary>A file that was put in time is taken this long after its generation closed.</summary>
    public static TimeSpan Grace => ArchiveRules.Grace;

    /// <summary>The upload's id that <c>{"upload":"…"}</c> names; null for anything else.</summary>
    public static string? ReadId(ReadOnlyMemory<byte> json)
    {
        if (json.Length > MaxSize || !StrictJson.TryParseObject(json, maxDepth: 1, out var document))
        {
            return null;
        }

        using (document)
        {
            var root = document.RootElement;
            return root.EnumerateObject().Count() == 1 && root.TryGetProperty("upload"u8, out var id) && id.ValueKind is JsonValueKind.String ? id.GetString() : null;
        }
    }

    /// <summary>Begun again, it is another address for the same file: whichever of them is used, one file is there.</summary>
    /// <param name="declaresExplicit">The app says that people see or hear that the file is generated.</param>
    public async Task<UploadTerms> BeginAsync(AwaitedOutput awaited, bool declaresExplicit, CancellationToken cancellation)
    {
        var generation = awaited.Generation;
        var latest = time.GetUtcNow() + LongestUpload;
        var until = DateTimeOffset.FromUnixTimeSeconds((latest < generation.Until ? latest : generation.Until).ToUnixTimeSeconds());
        var url = await incoming.OpenForUploadAsync(awaited.Content, until, cancellation);
        return new(handles.OfUpload(generation.App, generation.Person, generation.Seq, awaited.Number, declaresExplicit), url, until, awaited.Labelling.MaxBytes);
    }

    /// <summary>Puts the message that a file is there; false, and none, where there is no file.</summary>
    /// <param name="id">Of an upload of this output.</param>
    public async Task<bool> AnnounceAsync(AwaitedOutput awaited, string id, CancellationToken cancellation)
    {
        if (await incoming.FindAsync(awaited.Content, cancellation) is null)
        {
            return false;
        }

        var generation = awaited.Generation;
        var uploaded = new CloudEvent(
            RandomNumberGenerator.GetHexString(32, lowercase: true),
            generation.App,
            EventType,
            FormattableString.Invariant($"{handles.OfGeneration(generation.App, generation.Person, generation.Seq)}/outputs/{awaited.Number}"),
            time.GetUtcNow(),
            JsonBytes.OfObject(id, static (json, id) => json.WriteString("upload"u8, id)));
        await queues.PutAsync(QueueNames.Outputs, uploaded.ToBytes(), cancellation);
        return true;
    }

    /// <summary>What is recorded is said for as long as it is; else it is about the last file that was put, until <see cref="Grace"/> after the generation closed.</summary>
    public async Task<OutputState> StateAsync(string app, StreamId person, long generationSeq, int number, CancellationToken cancellation)
    {
        if (await archiver.FindAsync(app, person, generationSeq, number, cancellation) is { } recorded)
        {
            return new OutputState.Recorded(recorded);
        }

        var (awaited, refused) = await archiver.AwaitAsync(app, person, generationSeq, number, cancellation, Grace);
        if (awaited is null)
        {
            return new OutputState.Refused(refused!);
        }

        // A note is about a file that is gone: where one lies there, it is the next.
        return await incoming.FindAsync(awaited.Content, cancellation) is null && await incoming.FindNoteAsync(awaited.Content, cancellation) is { } note
            ? new OutputState.Refused(new(note.Reason, Detail: note.Detail))
            : new OutputState.Awaited();
    }
}
