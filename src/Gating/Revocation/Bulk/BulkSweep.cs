using System.Globalization;
using Gating.Access;
using Gating.Ledger;

namespace Gating.Revocation.Bulk;

/// <summary>Goes on with what was approved and not carried out to its end: the process that did may be gone.</summary>
public sealed class BulkSweep(OperatorLedger operators, BulkRun run, ITaskCursors cursors, TimeProvider time) : ITimedTask
{
    /// <summary>Whoever recorded somebody that lately is at it still.</summary>
    private static readonly TimeSpan Lately = TimeSpan.FromMinutes(2);

    public string Name => TimedTaskNames.BulkRevocations;

    public TimeSpan Period => TimeSpan.FromMinutes(5);

    public async Task RunAsync(CancellationToken cancellation)
    {
        var after = long.TryParse(await cursors.ReadAsync(Name, cancellation), NumberStyles.None, CultureInfo.InvariantCulture, out var seen) ? seen : 0;
        var (next, open) = (await operators.ReadLastAsync(cancellation), false);
        await foreach (var (approved, _) in operators.ReadOnAsync(EntryKind.BulkApproved, after, cancellation))
        {
            if (await run.FindAsync(OperatorLedger.ReadAbout(approved), cancellation) is not { } bulk)
            {
                continue;
            }

            await run.RunAsync(bulk, cancellation, time.GetUtcNow() - Lately);
            if (!open && (await run.ProgressAsync(bulk, cancellation)).Standing is BulkStanding.Running)
            {
                // From here the next run looks again.
                (next, open) = (approved.Seq - 1, true);
            }
        }

        if (next != after)
        {
            await cursors.MoveAsync(Name, next.ToString(CultureInfo.InvariantCulture), cancellation);
        }
    }
}
