using Gating.Admission;
using Gating.Consents;
using Gating.Grants;
using Gating.Ledger;
using Gating.Registry;

namespace Gating.Revocation;

/// <summary>A grant that is good now (RFC 7662, 2.2: <c>active</c>), as its entry records it.</summary>
/// <param name="Generation">Seq of the generation that it was redeemed for; null where it was not yet.</param>
public sealed record ActiveGrant(GrantTerms Terms, long? Generation);

/// <summary>
/// Whether a token is a grant that is good now (RFC 7662). Rests on rows that were read for it, never on a cached head, so that a revocation that was answered before the question began is seen. A grant that was
/// redeemed is good until it expires: its tool has to be able to ask while it generates. Throws <see cref="StorageUnavailableException"/>: what is not known is neither active nor inactive.
/// </summary>
public sealed class GrantInspector(GrantVerifier grants, ILedgerStore ledger, RecordedConsents consents, RegistrySource registry, TimeProvider time)
{
    /// <summary>Who asks about what is no grant of theirs has these rows looked at in its place, so that the time it takes says no more than the answer.</summary>
    private readonly StreamId _nobody = StreamId.Create();

    /// <summary>Null for whatever it is not, for whichever reason: unknown, another app's, expired, settled, of a person, app, tool or issuer that is stopped, bound to a key that is, or given under a consent that was withdrawn.</summary>
    public async Task<ActiveGrant?> InspectAsync(string token, string app, CancellationToken cancellation)
    {
        var snapshot = await registry.GetAsync(cancellation);
        var grant = grants.ReadOf(app, token);
        var (person, seq) = grant is null ? (_nobody, 1) : (grant.Person, grant.Seq);
        var reads = (
            Head: ledger.ReadHeadAsync(person, cancellation),
            Entry: ledger.ReadEntryAsync(person, seq, cancellation),
            Settled: ledger.ReadSettlementAsync(person, GrantParts.Use(seq), cancellation),
            Revoked: ledger.ReadSettlementAsync(person, GrantParts.Revocation(seq), cancellation),
            Consented: consents.HoldAsync(grant?.ConsentIds ?? [], cancellation));
        await Task.WhenAll(reads.Head, reads.Entry, reads.Settled, reads.Revoked, reads.Consented);
        var isGood = grant is not null && await reads.Consented && await reads.Revoked is null && await reads.Head is { } stored && await reads.Entry is { } entry && IsGood(entry, stored.Head, snapshot);
        if (isGood && await reads.Settled is null)
        {
            return new(AdmissionEntries.ReadGranted((await reads.Entry)!).Terms, null);
        }

        // One more read for every answer that is not the usual one, whatever the reason: by what it was settled.
        var by = await ledger.ReadEntryAsync(person, (await reads.Settled)?.By ?? seq, cancellation);
        return isGood && by is { Kind: EntryKind.Redeemed } ? new(AdmissionEntries.ReadGranted((await reads.Entry)!).Terms, by.Seq) : null;
    }

    private bool IsGood(Entry entry, Head head, RegistrySnapshot snapshot)
    {
        var (terms, now) = (AdmissionEntries.ReadGranted(entry).Terms, time.GetUtcNow());
        return now < terms.ExpiresAt && !(terms.KeyThumbprint is { } key && snapshot.StoppedKeys.Contains(key)) && head.StatusAt(now) is StreamStatus.Active && snapshot.IsOpen(terms.App, terms.Resource, AdmissionEntries.ReadIssuer(entry));
    }
}
