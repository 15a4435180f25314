using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;

namespace Gating.Fsck;

/// <summary>
/// Walks the store in slices, an hour apart, and begins anew at its end; each finding is a critical event and counts in <c>gating.fsck.findings</c>. A slice ends after the first piece that is done when
/// its time is over, so that a stream is always looked at whole; the cursor is behind after a crash, and that piece is looked at again. Leaves that no entry accounts for are counted by the command
/// alone: a cursor has no room for a bit of each leaf.
/// </summary>
public sealed partial class FsckSlice(StoreFsck fsck, IStoreWalk walk, ITaskCursors cursors, TimeProvider time, ILogger<FsckSlice> logger) : ITimedTask
{
    /// <summary>No piece is begun in a slice that is older.</summary>
    public static readonly TimeSpan Slice = TimeSpan.FromMinutes(2);

    private static readonly Meter Meter = new("Gating.Fsck");

    private static readonly Counter<long> Findings = Meter.CreateCounter<long>("gating.fsck.findings", "{finding}", "Rows and blobs that are not as they should be, by what is wrong. Any is an alarm.");

    public string Name => TimedTaskNames.Fsck;

    public TimeSpan Period => TimeSpan.FromHours(1);

    public async Task RunAsync(CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        var at = FsckPosition.Parse(await cursors.ReadAsync(Name, cancellation)) ?? FsckPosition.Start;
        await foreach (var step in fsck.RunAsync(at with { Seen = null }, FsckPhase.Done, cancellation))
        {
            foreach (var wrong in step.Findings.OfType<FsckFinding.Wrong>())
            {
                Findings.Add(1, new KeyValuePair<string, object?>("fault", wrong.Fault.ToString()));
                Log.Found(logger, walk.NameOf(wrong.Thing), wrong.Fault, wrong.Expected, wrong.Found);
            }

            var next = step.Next.Phase is FsckPhase.Done ? FsckPosition.Start : step.Next with { Seen = null };
            await cursors.MoveAsync(Name, next.ToString(), cancellation);
            if (time.GetElapsedTime(started) >= Slice)
            {
                return;
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1401, LogLevel.Critical, "{Thing} is not as it should be ({Fault}): expected {Expected}; found {Found}. An operator has to look: gating fsck")]
        public static partial void Found(ILogger logger, string thing, FsckFault fault, string expected, string found);
    }
}
