using System.Collections.Immutable;
using Gating.Access;
using Gating.Admission;
using Gating.Ledger;
using Gating.Mandates;

namespace Gating.Unmasking;

/// <summary>A regulator asks who a person is.</summary>
/// <param name="Id">Seq of its entry in the operator's ledger.</param>
public sealed record UnmaskRequest(long Id, long Mandate, Official Regulator, StreamId Person, string Reason)
{
    public const int MaxReason = 512;
}

/// <summary>Why a person is not named. Stable: callers switch on it.</summary>
public enum UnmaskRefusal
{
    /// <summary>There is no such request, or it is somebody else's.</summary>
    Unknown = 1,

    /// <summary>Whoever asked does not approve it.</summary>
    SameHuman = 2,

    /// <summary>It was approved or declined before, otherwise than now.</summary>
    Decided = 3,

    /// <summary>Nobody has approved it yet, or it was declined.</summary>
    NotApproved = 4,

    /// <summary>It was told before: an answer is shown once.</summary>
    Told = 5,

    /// <summary>Nothing is recorded of that person.</summary>
    PersonUnknown = 6,

    /// <summary>What named the person was erased.</summary>
    Erased = 7,

    /// <summary>Too much is being asked of that ledger at once: try again.</summary>
    Busy = 8,
}

/// <summary>How asking, deciding or telling ended.</summary>
public abstract record UnmaskOutcome
{
    private UnmaskOutcome()
    {
    }

    /// <summary>Recorded and announced.</summary>
    public sealed record Done(long Request) : UnmaskOutcome;

    /// <summary>Who the person is: each identity under which the person was admitted, as it was sealed (JSON), and nothing that was sealed beside it. Shown this once; that it was is recorded.</summary>
    public sealed record Told(long Request, StreamId Person, ImmutableArray<ReadOnlyMemory<byte>> Identities) : UnmaskOutcome;

    public sealed record Refused(UnmaskRefusal Reason) : UnmaskOutcome;

    /// <summary>The mandate does not carry it.</summary>
    public sealed record OffMandate(MandateRefusal Reason) : UnmaskOutcome;
}

/// <summary>
/// From a pseudonym to the person, by two humans and under a mandate that allows it: a regulator asks, an admin approves, the regulator is told once. Each step is an entry of the operator's ledger before it is answered. Throws
/// <see cref="StorageUnavailableException"/>: the same request tells what happened, but for the telling: where its answer was lost after it was recorded it counts as told, and the regulator asks anew.
/// </summary>
public sealed class UnmaskDesk(ILedgerStore ledger, OperatorLedger operators, SealedReader sealedParts, MandateDesk mandates, TimeProvider time)
{
    /// <summary>Accounts of one human that are told.</summary>
    private const int MostIdentities = 64;

    public async Task<UnmaskOutcome> RequestAsync(long mandateId, Official regulator, StreamId person, string reason, CancellationToken cancellation)
    {
        if (await OffMandateAsync(mandateId, regulator, person, cancellation) is { } off)
        {
            return new UnmaskOutcome.OffMandate(off);
        }

        if (await ledger.ReadHeadAsync(person, cancellation) is null)
        {
            return new UnmaskOutcome.Refused(UnmaskRefusal.PersonUnknown);
        }

        return await operators.RecordAsync(UnmaskEntries.Requested(mandateId, regulator, person, reason), cancellation) is { } seq
            ? new UnmaskOutcome.Done(seq)
            : new UnmaskOutcome.Refused(UnmaskRefusal.Busy);
    }

    /// <summary>What an admin decides on. Null where there is none.</summary>
    public async Task<UnmaskRequest?> FindAsync(long id, CancellationToken cancellation) =>
        await operators.ReadAsync(EntryKind.UnmaskRequested, id, cancellation) is var (entry, opened) ? UnmaskEntries.ReadRequested(entry, opened) : null;

    public async Task<UnmaskOutcome> ApproveAsync(long id, Official by, CancellationToken cancellation)
    {
        if (await FindAsync(id, cancellation) is not { } request)
        {
            return new UnmaskOutcome.Refused(UnmaskRefusal.Unknown);
        }

        return request.Regulator.IsSameHumanAs(by) ? new UnmaskOutcome.Refused(UnmaskRefusal.SameHuman)
            : await OffMandateAsync(request.Mandate, request.Regulator, request.Person, cancellation) is { } off ? new UnmaskOutcome.OffMandate(off)
            : await DecideAsync(EntryKind.UnmaskApproved, id, UnmaskParts.Decision(id), by, cancellation);
    }

    public async Task<UnmaskOutcome> DeclineAsync(long id, Official by, CancellationToken cancellation) => await FindAsync(id, cancellation) is null
        ? new UnmaskOutcome.Refused(UnmaskRefusal.Unknown)
        : await DecideAsync(EntryKind.UnmaskDeclined, id, UnmaskParts.Decision(id), by, cancellation);

    public async Task<UnmaskOutcome> TellAsync(long id, Official regulator, CancellationToken cancellation)
    {
        if (await FindAsync(id, cancellation) is not { } request || !string.Equals(request.Regulator.Issuer, regulator.Issuer, StringComparison.Ordinal)
            || !string.Equals(request.Regulator.Subject, regulator.Subject, StringComparison.Ordinal))
        {
            return new UnmaskOutcome.Refused(UnmaskRefusal.Unknown);
        }

        if (await OffMandateAsync(request.Mandate, regulator, request.Person, cancellation) is { } off)
        {
            return new UnmaskOutcome.OffMandate(off);
        }

        if (await operators.ReadDecisionAsync(UnmaskParts.Decision(id), cancellation) is not EntryKind.UnmaskApproved)
        {
            return new UnmaskOutcome.Refused(UnmaskRefusal.NotApproved);
        }

        // Read first: what cannot be told is not recorded as told.
        var identities = await IdentitiesAsync(request.Person, cancellation);
        if (identities.IsEmpty)
        {
            return new UnmaskOutcome.Refused(UnmaskRefusal.Erased);
        }

        return await operators.DecideAsync(EntryKind.Unmasked, UnmaskParts.Telling(id), regulator, cancellation) switch
        {
            DecisionOutcome.Recorded => new UnmaskOutcome.Told(id, request.Person, identities),
            DecisionOutcome.Repeated or DecisionOutcome.Otherwise => new UnmaskOutcome.Refused(UnmaskRefusal.Told),
            DecisionOutcome.Busy => new UnmaskOutcome.Refused(UnmaskRefusal.Busy),
        };
    }

    private async Task<MandateRefusal?> OffMandateAsync(long mandateId, Official regulator, StreamId person, CancellationToken cancellation) =>
        await mandates.FindAsync(mandateId, cancellation) is not { } mandate ? MandateRefusal.Unknown
        : MandateRules.Use(mandate, regulator, time.GetUtcNow()) is { } refusal ? refusal
        : mandate.Terms.Scope.Allows(MandateFields.Identity) && mandate.Terms.Scope.CoversPerson(person) ? null
        : MandateRefusal.OutOfScope;

    private async Task<UnmaskOutcome> DecideAsync(EntryKind kind, long id, SettlementId settles, Official by, CancellationToken cancellation) =>
        await operators.DecideAsync(kind, settles, by, cancellation) switch
        {
            DecisionOutcome.Recorded or DecisionOutcome.Repeated => new UnmaskOutcome.Done(id),
            DecisionOutcome.Otherwise => new UnmaskOutcome.Refused(UnmaskRefusal.Decided),
            DecisionOutcome.Busy => new UnmaskOutcome.Refused(UnmaskRefusal.Busy),
        };

    /// <summary>The stream from its first entry on, with flat memory: whoever was admitted under another account later is told too.</summary>
    private async Task<ImmutableArray<ReadOnlyMemory<byte>>> IdentitiesAsync(StreamId person, CancellationToken cancellation)
    {
        if (await ledger.ReadHeadAsync(person, cancellation) is not { } stored)
        {
            return [];
        }

        var found = new SortedDictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);
        await foreach (var entry in ledger.ReadEntriesAsync(person, 1, stored.Head.Seq, cancellation))
        {
            if (AdmissionEntries.CarriesIdentity(entry.Kind) && sealedParts.Open(stored.Head, entry) is { } identity)
            {
                using var json = System.Text.Json.JsonDocument.Parse(identity);
                var account = $"{json.RootElement.GetProperty("iss").GetString()}\n{json.RootElement.GetProperty("sub").GetString()}";
                if (!found.ContainsKey(account))
                {
                    found.Add(account, AdmissionEntries.IdentityOf(json.RootElement));
                }

                if (found.Count == MostIdentities)
                {
                    break;
                }
            }
        }

        return [.. found.Values];
    }
}
