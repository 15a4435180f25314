using Microsoft.Extensions.Logging;

namespace Gating.Log.Sealing;

/// <summary>
/// Whether what is stored of the log continues what was signed (<see cref="LogSealer.CheckAsync"/>), for whoever asks often: three small reads, whose good answer is believed for a minute and whose bad one for two
/// seconds, so that an operator's repair is soon seen. Writes nothing, and seals nothing: each run of the sealer looks for itself. Safe for concurrent use.
/// </summary>
public sealed class LogStanding(LogSealer sealer, TimeProvider time, ILogger<LogStanding> logger)
{
    public static readonly TimeSpan GoodFor = TimeSpan.FromMinutes(1);
    public static readonly TimeSpan BadFor = TimeSpan.FromSeconds(2);

    private volatile Answer? _last;

    /// <summary>Why the log must not go on, or null where it may. Throws <see cref="StorageUnavailableException"/> where that cannot be known; this is not remembered.</summary>
    public async Task<string?> WhyFrozenAsync(CancellationToken cancellation)
    {
        var last = _last;
        if (last is not null && time.GetElapsedTime(last.At) < (last.WhyFrozen is null ? GoodFor : BadFor))
        {
            return last.WhyFrozen;
        }

        var why = await LookAsync(cancellation);
        if (why is not null && !string.Equals(why, last?.WhyFrozen, StringComparison.Ordinal))
        {
            LogEvents.LogFrozen(logger, why);
        }

        _last = new(why, time.GetTimestamp());
        return why;
    }

    private async Task<string?> LookAsync(CancellationToken cancellation)
    {
        try
        {
            await sealer.CheckAsync(cancellation);
            return null;
        }
        catch (LogFrozenException frozen)
        {
            return frozen.Message;
        }
    }

    private sealed record Answer(string? WhyFrozen, long At);
}
