using System.Text.Json;
using Gating.Access;
using Gating.Admission;
using Gating.Archive;
using Gating.Ledger;

namespace Gating.Erasure;

/// <summary>How an erasure ended.</summary>
public abstract record ErasureOutcome
{
    private ErasureOutcome()
    {
    }

    /// <summary>No sealed part of the stream can be opened any more, no row leads to it from a name or a file, and every proof is as good as before.</summary>
    /// <param name="IsMarked">The person was revoked: the name still leads to the bare stream, which says so.</param>
    public sealed record Done(bool IsMarked) : ErasureOutcome;

    public sealed record Refused(ErasureRefusal Reason) : ErasureOutcome;
}

/// <summary>
/// Erases what is known of a person (GDPR Art. 17; design section 5), once retention is over and while no hold stands. In this order, each step one that may be repeated:
/// the order in the operator's ledger; the stop of the stream, which is decided there (before it nothing has happened); the list that a restore does not reach; the naming rows; the index rows; the salt.
/// A crash between two leaves a stream that takes no entries any more: the same request goes on, and <see cref="ErasureSweep"/> where the list has it. Throws <see cref="StorageUnavailableException"/>.
/// </summary>
public sealed class PersonErasure(ILedgerStore ledger, Appender appender, OperatorLedger operators, SealedReader sealedParts, StreamNames names, OutputIndexing index, IErasureList list, TimeProvider time)
{
    public const int MaxReason = 512;

    public async Task<ErasureOutcome> EraseAsync(StreamId person, Official by, string reason, CancellationToken cancellation)
    {
        if (await ledger.ReadHeadAsync(person, cancellation) is not { } stored)
        {
            return new ErasureOutcome.Refused(ErasureRefusal.PersonUnknown);
        }

        var head = stored.Head;
        if (head.Salt.IsEmpty)
        {
            // Its first answer may have been lost because the queue was down.
            await appender.ReadAnnouncedAsync(person, head.Seq, cancellation);
            return new ErasureOutcome.Done(head.State.Status is StreamStatus.Revoked);
        }

        if (head.State.Status is StreamStatus.Erased)
        {
            return await CompleteAsync(person, cancellation);
        }

        if (ErasureRules.Refuse(head.State, head.Time, time.GetUtcNow()) is { } early)
        {
            return new ErasureOutcome.Refused(early);
        }

        if (await KeepsFilesAsync(person, head, cancellation))
        {
            return new ErasureOutcome.Refused(ErasureRefusal.FilesKept);
        }

        if (await operators.RecordAsync(ErasureEntries.Ordered(person, by, reason), cancellation) is null)
        {
            return new ErasureOutcome.Refused(ErasureRefusal.Busy);
        }

        return await DecideAsync(person, (state, at) => ErasureRules.Begin(state, head.Time, head.Seq + 1, at)) is { } refusal
            ? new ErasureOutcome.Refused(refusal)
            : await CompleteAsync(person, cancellation);
    }

    /// <summary>What is on the list is erased whatever its age: an older backup brought it back.</summary>
    internal async Task<ErasureOutcome> EraseAgainAsync(StreamId person, CancellationToken cancellation)
    {
        if (await ledger.ReadHeadAsync(person, cancellation) is not { Head: { Salt.IsEmpty: false } })
        {
            return new ErasureOutcome.Done(IsMarked: false);
        }

        return await DecideAsync(person, (state, at) => ErasureRules.Begin(state, DateTimeOffset.MinValue, at.Seq, at)) is { } refusal
            ? new ErasureOutcome.Refused(refusal)
            : await CompleteAsync(person, cancellation);
    }

    private async Task<ErasureOutcome> CompleteAsync(StreamId person, CancellationToken cancellation)
    {
        await list.AddAsync(person, cancellation);
        var head = (await ledger.ReadHeadAsync(person, cancellation))!.Head;
        var isMarked = head.State.Status is StreamStatus.Revoked;
        await foreach (var entry in ledger.ReadEntriesAsync(person, 1, head.Seq, cancellation))
        {
            if (!isMarked && AdmissionEntries.CarriesIdentity(entry.Kind) && sealedParts.Open(head, entry) is { } identity)
            {
                await ReleaseAsync(person, identity, cancellation);
            }

            await index.RemoveAsync(entry, cancellation);
        }

        return await DecideAsync(person, static (state, _) => ErasureRules.End(state)) is { } refusal ? new ErasureOutcome.Refused(refusal) : new ErasureOutcome.Done(isMarked);
    }

    // Most entries are of one account: the row is gone after the first.
    private async Task ReleaseAsync(StreamId person, byte[] identity, CancellationToken cancellation)
    {
        using var json = JsonDocument.Parse(identity);
        var root = json.RootElement;
        await names.ReleaseAsync(
            root.GetProperty("iss").GetString()!, root.GetProperty("sub").GetString()!, root.TryGetProperty("person", out var natural) ? natural.GetString() : null, person, cancellation);
    }

    private async Task<bool> KeepsFilesAsync(StreamId person, Head head, CancellationToken cancellation)
    {
        await foreach (var entry in ledger.ReadEntriesAsync(person, 1, head.Seq, cancellation))
        {
            if (ArchiveEntries.Read(entry) is { } output && await ledger.ReadSettlementAsync(person, output.Removal, cancellation) is null)
            {
                return true;
            }
        }

        return false;
    }

    private async Task<ErasureRefusal?> DecideAsync(StreamId person, Func<StreamState, DecisionTime, Decided<ErasureRefusal?>> decide) =>
        await appender.AppendAsync(person, new Proposal<ErasureRefusal?>(OperationId.Create(), [], decide), isNew: false) is AppendOutcome<ErasureRefusal?>.Done done ? done.Answer : ErasureRefusal.Busy;
}
