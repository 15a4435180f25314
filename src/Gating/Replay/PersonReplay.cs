using System.Collections.Frozen;
using System.Collections.Immutable;
using Gating.Admission;
using Gating.Generations;
using Gating.Ledger;
using Gating.Registry;
using Gating.Revocation;
using Gating.Usage;

namespace Gating.Replay;

/// <summary>
/// One person's recorded decisions, made once more by the quotas of another registry: pure, entry by entry in the order of the ledger. Begins with nothing used. What would have been refused charges nothing; what would have been granted,
/// and was not, is taken for used.
/// </summary>
internal sealed class PersonReplay(RegistrySnapshot draft)
{
    private static readonly FrozenSet<string> OwnQuotas = FrozenSet.Create(StringComparer.Ordinal, RefusalReason.QuotaExceeded.Code(), RefusalReason.UnitsExceedQuota.Code(), RefusalReason.TooManyWindows.Code());

    private readonly Dictionary<long, (QuotaPlan Plan, UsageCharge Charge, int Units)> _charged = [];
    private ImmutableArray<UsageWindow> _windows = [];

    public ReplayTally Tally { get; } = new();

    public void Add(Entry entry)
    {
        switch (entry.Kind)
        {
            case EntryKind.Granted:
                var terms = AdmissionEntries.ReadGranted(entry).Terms;
                foreach (var name in AdmissionEntries.ReadShadowed(entry))
                {
                    Tally.WasShadowed(name);
                }

                Granted(entry, terms.App, terms.Resource, MediaDetail.ReadUnits(terms.Details));
                break;
            case EntryKind.Refused:
                Refused(entry, AdmissionEntries.ReadRefused(entry));
                break;
            case EntryKind.RefusedMany:
                Tally.Uncounted += RefusalTally.Read(entry);
                break;
            case EntryKind.Redeemed when GenerationEntries.Read(entry) is { } generation && _charged.TryGetValue(generation.GrantSeq, out var redeemed):
                Return(redeemed.Plan, redeemed.Charge, redeemed.Units - generation.Units, entry.Time);
                break;
            case EntryKind.Released when GrantRevocation.ReadReturned(entry) is var (grant, units) && _charged.TryGetValue(grant, out var released):
                Return(released.Plan, released.Charge, units, entry.Time);
                break;
        }
    }

    private void Granted(Entry entry, string app, string tool, int units)
    {
        if (draft.PlanOf(app, tool) is not { } plan)
        {
            Tally.Unregistered++;
            return;
        }

        Tally.Granted++;
        switch (plan.Charge(_windows, units, entry.Time))
        {
            case UsageDecision.Charged charged:
                _windows = charged.Windows;
                _charged.Add(entry.Seq, (plan, charged.Charge, units));
                break;
            case UsageDecision.Exceeded exceeded:
                Tally.WouldRefuse++;
                foreach (var (quota, _) in exceeded.Violations)
                {
                    Tally.HasNoRoom(quota.Name, quota.Scope);
                }

                break;
            default:
                Tally.WouldRefuse++;
                break;
        }
    }

    private void Refused(Entry entry, RefusedAdmission refused)
    {
        var isPersons = OwnQuotas.Contains(refused.Reason);
        if (!isPersons && !string.Equals(refused.Reason, RefusalReason.SharedQuotaExceeded.Code(), StringComparison.Ordinal))
        {
            Tally.OtherRefusals++;
            return;
        }

        if (draft.PlanOf(refused.App, refused.Tool) is not { } plan)
        {
            Tally.Unregistered++;
            return;
        }

        Tally.RefusedForQuotas++;
        if (plan.Charge(_windows, refused.Units, entry.Time) is not UsageDecision.Charged charged)
        {
            return;
        }

        if (isPersons)
        {
            _windows = charged.Windows;
            Tally.WouldGrant++;
        }
        else
        {
            // A quota that people share among apps, or one that everybody shares: of the latter only its own ledger knows.
            Tally.Undecided++;
        }
    }

    private void Return(QuotaPlan plan, UsageCharge charge, int units, DateTimeOffset at)
    {
        if (units > 0)
        {
            _windows = plan.Refund(_windows, charge, units, at);
        }
    }
}
