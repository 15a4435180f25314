using System.Collections.Immutable;
using Gating.Admission;
using Gating.Identity;
using Gating.Ledger;

namespace Gating.Consents;

/// <summary>
/// Records what a person agrees to have done with their likeness, and that they no longer do, each by one append to their own ledger. Throws <see cref="StorageUnavailableException"/>: it may then be recorded, and the same request, with the
/// same <c>Idempotency-Key</c> where a consent is given, tells.
/// </summary>
public sealed class ConsentDesk(StreamNames names, ILedgerStore ledger, SealedReader sealedParts, Appender appender, ConsentHandles handles, TimeProvider time)
{
    public async Task<ConsentOutcome> GiveAsync(string app, VerifiedIdentity depicted, ConsentTerms terms, IdempotencyKey? key, CancellationToken cancellation)
    {
        if (await names.OfPersonAsync(depicted, cancellation) is not NamedStream.Found person)
        {
            return new ConsentOutcome.Refused(ConsentRefusal.IdentityConflict);
        }

        var outcome = await GiveAsync(app, depicted, terms, key, person, cancellation);
        return outcome is ConsentOutcome.Refused { Reason: ConsentRefusal.PersonErased } && await names.AfterErasureAsync(depicted, person.Stream, cancellation) is NamedStream.Found anew
            ? await GiveAsync(app, depicted, terms, key, anew, cancellation)
            : outcome;
    }

    /// <summary>By whom it was given, through whichever app, whatever else that person may not do any more.</summary>
    public async Task<ConsentOutcome> WithdrawAsync(string app, VerifiedIdentity depicted, string id, CancellationToken cancellation)
    {
        if (!handles.TryOpen(id, out var place)
            || await names.FindPersonAsync(depicted, cancellation) is not NamedStream.Found { Stream: var person } || person != place.Person
            || await ReadAsync(person, place.Seq, cancellation) is not { } consent)
        {
            return new ConsentOutcome.Refused(ConsentRefusal.Unknown);
        }

        var proposal = new Proposal<ConsentRefusal?>(OperationId.Create(), [], (state, _) => state.Status is StreamStatus.Erased
            ? new(state, [], [], null, null, ConsentRefusal.Unknown)
            : new(state, [ConsentEntries.Withdrawn(app, consent.Seq)], [], consent.Withdrawal, null, null));
        switch (await appender.AppendAsync(person, proposal, isNew: false))
        {
            case AppendOutcome<ConsentRefusal?>.Done { Answer: null }:
                return new ConsentOutcome.Done(consent, IsRepeated: false);
            case AppendOutcome<ConsentRefusal?>.Done { Answer: { } reason }:
                return new ConsentOutcome.Refused(reason);
            case AppendOutcome<ConsentRefusal?>.AlreadySettled settled:
                // Its first answer may have been lost because the queue was down.
                _ = await appender.ReadAnnouncedAsync(person, settled.Row.By, cancellation) ?? throw new StreamFrozenException(person, $"a settlement names entry {settled.Row.By}, which is not there");
                return new ConsentOutcome.Done(consent, IsRepeated: true);
            default:
                return new ConsentOutcome.Refused(ConsentRefusal.Busy);
        }
    }

    private async Task<ConsentOutcome> GiveAsync(string app, VerifiedIdentity depicted, ConsentTerms terms, IdempotencyKey? key, NamedStream.Found person, CancellationToken cancellation)
    {
        var request = ConsentEntries.FingerprintOf(app, terms);
        var entry = ConsentEntries.Given(app, depicted, terms, request);
        ImmutableArray<ShortLivedRow> keys = key is { } once ? [new(KeyHash.Of("consent", app, once.Value), time.GetUtcNow() + IdempotencyKey.Lifetime)] : [];
        var proposal = new Proposal<ConsentRefusal?>(OperationId.Create(), keys, (state, at) => Refuse(state.StatusAt(at.Now)) is { } refusal
            ? new(state, [], [], null, null, refusal)
            : new(state, [entry], keys, null, null, null));
        switch (await appender.AppendAsync(person.Stream, proposal, person.IsNew))
        {
            case AppendOutcome<ConsentRefusal?>.Done { Answer: null, Entries: [var recorded, ..] }:
                return new ConsentOutcome.Done(new(person.Stream, recorded.Seq, app, recorded.Time, depicted.Assurance.Level, request, terms), IsRepeated: false);
            case AppendOutcome<ConsentRefusal?>.Done { Answer: { } reason }:
                return new ConsentOutcome.Refused(reason);
            case AppendOutcome<ConsentRefusal?>.KeyTaken taken:
                return await RepeatAsync(person.Stream, taken.Row.Seq, request, cancellation);
            default:
                return new ConsentOutcome.Refused(ConsentRefusal.Busy);
        }
    }

    private async Task<ConsentOutcome> RepeatAsync(StreamId person, long seq, string request, CancellationToken cancellation)
    {
        if (await appender.ReadAnnouncedAsync(person, seq, cancellation) is not { Head: var head, Entry: { Kind: EntryKind.Consented } entry })
        {
            throw new StreamFrozenException(person, $"an idempotency key names entry {seq}, which is no consent");
        }

        var consent = ConsentEntries.Read(entry, sealedParts.Open(head, entry));
        return consent.Terms is not null && string.Equals(consent.Request, request, StringComparison.Ordinal)
            ? new ConsentOutcome.Done(consent, IsRepeated: true)
            : new ConsentOutcome.Refused(ConsentRefusal.KeyMismatch);
    }

    private async Task<Consent?> ReadAsync(StreamId person, long seq, CancellationToken cancellation) =>
        await ledger.ReadEntryAsync(person, seq, cancellation) is { Kind: EntryKind.Consented } entry ? ConsentEntries.Read(entry, await sealedParts.OpenAsync(entry, cancellation)) : null;

    private static ConsentRefusal? Refuse(StreamStatus status) => status switch
    {
        StreamStatus.Active => null,
        StreamStatus.Suspended => ConsentRefusal.PersonSuspended,
        StreamStatus.Revoked => ConsentRefusal.PersonRevoked,
        StreamStatus.Erased => ConsentRefusal.PersonErased,
    };
}
