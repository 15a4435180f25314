using Gating.Ledger;

namespace Gating.Local.Gate;

/// <summary>What the walk shows of one entry of a ledger whose chain was verified.</summary>
internal sealed record LedgerLine(long Seq, DateTimeOffset Time, EntryKind Kind, EntryHash Hash);
