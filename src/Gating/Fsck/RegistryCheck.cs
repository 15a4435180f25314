using Gating.Ledger;
using Gating.Registry;

namespace Gating.Fsck;

/// <summary>
/// The registry by its MACs: each row by its own, and all of them by the stamp's, which tells that one is gone, was put in or was put back. Whoever takes everything away leaves nothing to see.
/// </summary>
internal sealed class RegistryCheck(IStoreWalk walk)
{
    public async Task<(List<FsckFinding> Findings, long Rows)> OfPartitionAsync(string partition, CancellationToken cancellation)
    {
        var (findings, rows) = await LookAsync(partition, cancellation);
        if (findings.Count > 0)
        {
            // It may have been changed while it was read.
            var again = await LookAsync(partition, cancellation);
            findings = [.. again.Findings.Intersect(findings)];
        }

        return (findings, rows);
    }

    private async Task<(List<FsckFinding> Findings, long Rows)> LookAsync(string partition, CancellationToken cancellation)
    {
        var (findings, rows, count) = (new List<FsckFinding>(), new List<RegistryRow>(), 0L);
        WalkedRow.OfRegistryStamp? stamp = null;
        await foreach (var walked in walk.ReadPartitionAsync(StoredTable.Registry, partition, cancellation))
        {
            count++;
            switch (walked)
            {
                case WalkedRow.OfRegistry registered:
                    rows.Add(registered.Row);
                    break;
                case WalkedRow.OfRegistryStamp found:
                    stamp = found;
                    break;
                case WalkedRow.Unreadable unreadable:
                    findings.Add(new FsckFinding.Wrong(unreadable.Thing, FsckFault.Unreadable, "a row of the registry, with the MAC of who wrote it", unreadable.Why));
                    break;
            }
        }

        // Where a row cannot be read it is not among those that the stamp stands for; it is named.
        if (findings.Count == 0 && rows.Count > 0 && OfStamp(stamp, RegistryDigest.Of(rows)) is { } finding)
        {
            findings.Add(finding);
        }

        return (findings, count);
    }

    private static FsckFinding.Wrong? OfStamp(WalkedRow.OfRegistryStamp? stamp, EntryHash rows) =>
        stamp is null ? new(new StoredThing.RegistryStamp(), FsckFault.Missing, "a stamp", "none")
        : stamp.Rows != rows ? new(new StoredThing.RegistryStamp(), FsckFault.Differs, $"rows of the digest {stamp.Rows}", $"rows of the digest {rows}")
        : null;
}
