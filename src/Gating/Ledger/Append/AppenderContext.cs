using System.Security.Cryptography;

namespace Gating.Ledger;

/// <summary>What all streams of an instance share: the store, the queue, the data key and the clock.</summary>
internal sealed class AppenderContext(ILedgerStore store, TraceAnnouncer announcer, OperatorKey key, TimeProvider time)
{
    private const int BackOffStep = 4;
    private const int LongestBackOff = 128;

    public ILedgerStore Store => store;

    public TraceAnnouncer Announcer => announcer;

    public OperatorKey Key => key;

    public long Timestamp => time.GetTimestamp();

    /// <summary>Own clock in whole milliseconds, as entries keep it.</summary>
    public DateTimeOffset Now => DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());

    public TimeSpan Elapsed(long since) => time.GetElapsedTime(since);

    public Task DelayAsync(TimeSpan delay) => Task.Delay(delay, time, CancellationToken.None);

    /// <summary>
    /// None after the first loss: whoever lost is behind already. Then full jitter, growing with each further loss, so that writers get out of step with each other.
    /// </summary>
    public Task BackOffAsync(int losses)
    {
        var ceiling = Math.Min(BackOffStep * losses, LongestBackOff);
        return ceiling == 0 ? Task.CompletedTask : DelayAsync(TimeSpan.FromMilliseconds(RandomNumberGenerator.GetInt32(ceiling)));
    }
}
