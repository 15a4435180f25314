using Gating.Ledger;
using Gating.Log.Sealing;
using Gating.Messages;

namespace Gating.Revocation;

/// <summary>
/// Brings the entry of a stop that begins later the log's way again when its time has come: then lists and apps are told (<see cref="StatusLists.StatusMarking"/>, <see cref="Signals.PersonSignals"/>); the gate needs nobody for
/// it. And once more a minute later, for what an instance gave whose clock is behind. The message is put before the one that brought the entry is answered for, so that a crash leaves one too many and never none.
/// </summary>
public sealed class StopWaking(IMessageQueues queues, TimeProvider time) : IEntryIndex
{
    /// <summary>By how much clocks may differ: far more than they do.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromMinutes(1);

    /// <summary>A message can wait for seven days at most; what is further ahead comes by and goes on waiting.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(6);

    public async Task AddAsync(IReadOnlyList<Entry> entries, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        foreach (var entry in entries)
        {
            if (NextOf(entry, now) is { } next)
            {
                // Whole seconds are what a queue knows: rounded up, or it would come too early, and again and again.
                var wait = TimeSpan.FromSeconds(Math.Ceiling((next - now).TotalSeconds));
                await queues.PutAsync(QueueNames.Trace, TraceMessage.Write([new(entry.Stream, entry.Seq, entry.Seq)]), cancellation, wait < LongestWait ? wait : LongestWait);
            }
        }
    }

    public bool ComesAgain(Entry entry) => NextOf(entry, time.GetUtcNow()) is not null;

    private static DateTimeOffset? NextOf(Entry entry, DateTimeOffset now) =>
        entry.Kind is not EntryKind.StatusChanged || StopEntries.Since(entry) is not { } since || since == entry.Time || now >= since + Grace ? null
        : now < since ? since
        : since + Grace;
}
