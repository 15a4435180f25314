using System.Buffers;
using Gating.Grants;
using Gating.Messages;

namespace Gating.Archive;

/// <summary>
/// Takes the files that came past the gate: verify → read under one token → label, keep, record, index → delete what came in. Each step can be done again: a crash before the last leaves the
/// file, and the message that comes again finds it and the record as it is. A message proves what its upload id proves, and nothing more.
/// </summary>
/// <param name="scratch">Opens an empty file that can be written, read and sought, and is gone when it is closed.</param>
public sealed class UploadedOutputs(OutputArchiver archiver, IIncomingStore incoming, AppHandles handles, Func<Stream> scratch) : IMessageHandler
{
    private const int PartSize = 4 * 1024 * 1024;

    public string Queue => QueueNames.Outputs;

    public async Task<MessageOutcome> HandleAsync(ReadOnlyMemory<byte> message, CancellationToken cancellation)
    {
        if (CloudEvent.Parse(message, out var problem) is not { Type: OutputUploads.EventType } uploaded || OutputUploads.ReadId(uploaded.Data) is not { } id)
        {
            return new MessageOutcome.Refused("message_malformed", problem.Length > 0 ? problem : "It is no event of an uploaded output.");
        }

        if (!handles.TryOpenUpload(uploaded.Source, id, out var upload))
        {
            return new MessageOutcome.Refused("upload_unknown", "No upload of that id was begun by the event's source.");
        }

        var (awaited, refused) = await archiver.AwaitAsync(uploaded.Source, upload.Person, upload.GenerationSeq, upload.Number, cancellation, OutputUploads.Grace);
        if (awaited is null)
        {
            return refused!.Reason is ArchiveRefusal.Closed && await archiver.FindAsync(uploaded.Source, upload.Person, upload.GenerationSeq, upload.Number, cancellation) is not null
                ? new MessageOutcome.Done()
                : Refused(refused.Reason);
        }

        return await incoming.FindAsync(awaited.Content, cancellation) is { } file
            ? await TakeAsync(awaited, file, upload.DeclaresExplicit, cancellation)
            : await WithoutFileAsync(awaited, cancellation);
    }

    private async Task<MessageOutcome> TakeAsync(AwaitedOutput awaited, IncomingFile file, bool declaresExplicit, CancellationToken cancellation)
    {
        if (ArchiveOutcome.Refused.ForLength(file.Length, awaited.Labelling) is { } length)
        {
            return await RefuseAsync(awaited, file, length, cancellation);
        }

        await using var source = scratch();
        if (!await ReadAsync(awaited, file, source, cancellation))
        {
            return new MessageOutcome.NotYet("The file that came in changed while it was read.");
        }

        var outcome = await archiver.ArchiveAsync(awaited, source, scratch, declaresExplicit, cancellation);
        return await outcome.Match(archived => FinishAsync(awaited, file, cancellation), no => RefuseAsync(awaited, file, no, cancellation));
    }

    private async Task<bool> ReadAsync(AwaitedOutput awaited, IncomingFile file, Stream source, CancellationToken cancellation)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(PartSize);
        try
        {
            for (var offset = 0L; offset < file.Length;)
            {
                var part = buffer.AsMemory(0, (int)Math.Min(PartSize, file.Length - offset));
                if (!await incoming.ReadAsync(awaited.Content, file.Token, offset, part, cancellation))
                {
                    return false;
                }

                await source.WriteAsync(part, cancellation);
                offset += part.Length;
            }

            source.Position = 0;
            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // Recorded and indexed: only now may it go. A crash before this finds it recorded.
    private async Task<MessageOutcome> FinishAsync(AwaitedOutput awaited, IncomingFile file, CancellationToken cancellation)
    {
        await incoming.DeleteAsync(awaited.Content, file.Token, cancellation);
        return new MessageOutcome.Done();
    }

    // Noted before it goes, so that what became of it can always be said; a crash between refuses the same file again. Gone, another can be put.
    private async Task<MessageOutcome> RefuseAsync(AwaitedOutput awaited, IncomingFile file, ArchiveOutcome.Refused refused, CancellationToken cancellation)
    {
        if (refused.Reason is ArchiveRefusal.Busy)
        {
            return new MessageOutcome.NotYet(refused.Reason.Sentence());
        }

        await incoming.NoteAsync(awaited.Content, IncomingRefusal.Of(refused), cancellation);
        await incoming.DeleteAsync(awaited.Content, file.Token, cancellation);
        return Refused(refused.Reason, isTold: true);
    }

    private async Task<MessageOutcome> WithoutFileAsync(AwaitedOutput awaited, CancellationToken cancellation)
    {
        if (awaited.Settled is not null)
        {
            return new MessageOutcome.Done();
        }

        return await incoming.FindNoteAsync(awaited.Content, cancellation) is { } note ? Refused(note.Reason, isTold: true) : new MessageOutcome.NotYet("No file has come in under this number.");
    }

    // Without what was said of the file, which may be personal.
    private static MessageOutcome.Refused Refused(ArchiveRefusal reason, bool isTold = false) => new(reason.Word(), reason.Sentence(), isTold);
}
