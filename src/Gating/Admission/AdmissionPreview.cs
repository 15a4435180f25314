using Gating.Ledger;
using Gating.Registry;
using Gating.Usage.Leases;

namespace Gating.Admission;

/// <summary>What would come of a request now.</summary>
/// <param name="Refusal">Null: it would be granted.</param>
public sealed record PreviewedAdmission(Refusal? Refusal, QuotaFields Quotas);

/// <summary>
/// The gate's own rules, asked without doing anything: nobody is named, nothing is charged, leased or recorded. Rests on rows that were read for it. What it says may have changed by the time that somebody asks for the grant.
/// Throws <see cref="StorageUnavailableException"/>.
/// </summary>
public sealed class AdmissionPreview(RegistrySource registry, StreamNames names, ILedgerStore ledger, UsageLeases shares, AdmissionEvidence evidence, TimeProvider time)
{
    private const int MaxRounds = 3;

    private readonly long _maxRegistryAge = RegistrySource.MaxTicks(time);

    public async Task<PreviewedAdmission> AskAsync(AdmissionRequest request, CancellationToken cancellation)
    {
        var named = await names.FindPersonAsync(request.Identity, cancellation);
        if (named is NamedStream.Conflict)
        {
            return new(new(RefusalReason.IdentityConflict), QuotaFields.None);
        }

        var person = (named as NamedStream.Found)?.Stream ?? default;
        var head = named is null ? null : (await ledger.ReadHeadAsync(person, cancellation))?.Head;

        // Who was erased would begin anew.
        var state = head is null or { State.Status: StreamStatus.Erased } ? StreamState.New : head.State;
        for (var round = 0; round < MaxRounds; round++)
        {
            var snapshot = await registry.GetAsync(cancellation);
            var isOpen = snapshot.IsOpen(request.App.Id, request.Resource, request.Identity.Issuer);
            var shared = await shares.LookAsync(isOpen ? snapshot.SharedOf(request.App.Id, request.Resource) : [], request.Detail.Units, cancellation);
            var now = time.GetUtcNow();
            var question = await evidence.AddAsync(AdmissionQuestion.Of(request, snapshot, person, null, shared, now, _maxRegistryAge), isOpen, cancellation);
            switch (AdmissionRules.Decide(question, state, new(head?.Time > now ? head.Time : now, time.GetTimestamp())).Answer)
            {
                case AdmissionAnswer.Granted granted:
                    return new(null, granted.Quotas);
                case AdmissionAnswer.Refused refused:
                    return new(refused.Refusal, refused.Quotas);
            }
        }

        return new(new(RefusalReason.RegistryStale, RetryAfter: 1), QuotaFields.None);
    }
}
