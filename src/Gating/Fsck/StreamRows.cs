using System.Text.Json;
using Gating.Access;
using Gating.Appeals;
using Gating.Archive;
using Gating.Consents;
using Gating.Generations;
using Gating.Ledger;
using Gating.Mandates;
using Gating.Registry.Changes;
using Gating.Revocation;
using Gating.Revocation.Bulk;
using Gating.Unmasking;

namespace Gating.Fsck;

/// <summary>
/// What the entries of a stream say about its other rows, gathered while they are read: which settles what. Keeps a few bytes for each entry that settles something, and nothing of the others.
/// </summary>
internal sealed class StreamSettlements(StreamId stream)
{
    private readonly Dictionary<SettlementId, long> _expected = [];
    private readonly Dictionary<long, SettlementId> _settling = [];
    private readonly HashSet<long> _doubtful = [];
    private readonly HashSet<SettlementId> _found = [];

    /// <summary>That entry cannot be asked: whatever is said to be settled by it may be.</summary>
    public void Doubt(long seq) => _doubtful.Add(seq);

    /// <summary>By its entry, or, where that cannot be asked, by the row that it left.</summary>
    public bool IsRemoved(long seq) => _expected.ContainsKey(ArchivedOutput.RemovalOf(seq)) || _found.Contains(ArchivedOutput.RemovalOf(seq));

    /// <summary>An entry whose hash stands.</summary>
    public void Add(Entry entry)
    {
        try
        {
            if (Settles(entry) is { } id)
            {
                _expected.TryAdd(id, entry.Seq);
                _settling.Add(entry.Seq, id);
            }
            else if (!NeverSettles(entry.Kind))
            {
                Doubt(entry.Seq);
            }
        }
        catch (Exception unknown) when (unknown is JsonException or FormatException or KeyNotFoundException or InvalidOperationException or UnknownVersionException)
        {
            Doubt(entry.Seq);
        }
    }

    public IEnumerable<FsckFinding> Judge(SettlementRow row, long last)
    {
        var thing = new StoredThing.Settlement(stream, row.Id);
        _found.Add(row.Id);
        if (_expected.TryGetValue(row.Id, out var by))
        {
            return by == row.By ? [] : [new FsckFinding.Wrong(thing, FsckFault.Differs, $"entry {by}", $"entry {row.By}")];
        }

        return row.By <= last && _doubtful.Contains(row.By) ? [] : [new FsckFinding.Wrong(thing, FsckFault.Stray, "an entry that settles it", $"entry {row.By}")];
    }

    /// <summary>A settlement row that cannot be read is there all the same.</summary>
    public void Pass(SettlementId id) => _found.Add(id);

    public IEnumerable<FsckFinding> Missing() => _expected.Where(one => !_found.Contains(one.Key))
        .Select(one => new FsckFinding.Wrong(new StoredThing.Settlement(stream, one.Key), FsckFault.Missing, $"entry {one.Value}", "nothing"));

    private static bool NeverSettles(EntryKind kind) =>
        kind is EntryKind.Granted or EntryKind.Refused or EntryKind.RefusedMany or EntryKind.AppRefusals or EntryKind.HoldSet or EntryKind.HoldLifted
            or EntryKind.MandateProposed or EntryKind.Asked or EntryKind.UnmaskRequested or EntryKind.HourClosed or EntryKind.StatusChanged or EntryKind.Revoked
            or EntryKind.Leased or EntryKind.ChangeProposed or EntryKind.Consented or EntryKind.BulkProposed or EntryKind.AppealFiled or EntryKind.AppealReceived
            or EntryKind.AccountEnabled or EntryKind.AssuranceChanged or EntryKind.FiltersActive;

    private static SettlementId? Settles(Entry entry)
    {
        switch (entry.Kind)
        {
            case EntryKind.Redeemed:
                return GenerationEntries.Read(entry)!.GrantSeq;
            case EntryKind.Archived:
                var output = ArchiveEntries.Read(entry)!;
                return new(output.GenerationSeq, output.Number);
            case EntryKind.Removed or EntryKind.ReleasedUnlabelled:
                using (var json = JsonDocument.Parse(entry.Public))
                {
                    var seq = json.RootElement.GetProperty("output").GetInt64();
                    return entry.Kind is EntryKind.Removed ? ArchivedOutput.RemovalOf(seq) : seq;
                }

            case EntryKind.MandateApproved or EntryKind.MandateDeclined:
                return MandateParts.Decision(OperatorLedger.ReadAbout(entry));
            case EntryKind.MandateWithdrawn:
                return MandateParts.Withdrawal(OperatorLedger.ReadAbout(entry));
            case EntryKind.UnmaskApproved or EntryKind.UnmaskDeclined:
                return UnmaskParts.Decision(OperatorLedger.ReadAbout(entry));
            case EntryKind.Unmasked:
                return UnmaskParts.Telling(OperatorLedger.ReadAbout(entry));
            case EntryKind.Released:
                return GrantRevocation.ReadSettled(entry);
            case EntryKind.ConsentWithdrawn:
                return ConsentEntries.ReadWithdrawn(entry);
            case EntryKind.RevocationLifted:
                return RevocationParts.Lifting(OperatorLedger.ReadAbout(entry));
            case EntryKind.ChangeApproved or EntryKind.ChangeDeclined:
                return ChangeParts.Decision(OperatorLedger.ReadAbout(entry));
            case EntryKind.AppealDecided:
                return AppealParts.Decision(AppealEntries.ReadDecided(entry).Appeal);
            case EntryKind.AppealUpheld or EntryKind.AppealRejected:
                return AppealParts.Decision(OperatorLedger.ReadAbout(entry));
            case EntryKind.BulkApproved or EntryKind.BulkDeclined:
                return BulkParts.Decision(OperatorLedger.ReadAbout(entry));
            case EntryKind.BulkEnded:
                return BulkParts.End(OperatorLedger.ReadAbout(entry));
            case EntryKind.ChangeApplied or EntryKind.ChangeDropped:
                return ChangeParts.End(OperatorLedger.ReadAbout(entry));
            default:
                return null;
        }
    }
}
