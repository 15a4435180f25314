using Microsoft.Extensions.Logging;

namespace Gating.Erasure;

/// <summary>Goes through the list once a day and ends what a crash left half done, or what an older backup brought back.</summary>
public sealed partial class ErasureSweep(PersonErasure erasure, IErasureList list, ILogger<ErasureSweep> logger) : ITimedTask
{
    public string Name => TimedTaskNames.Erasures;

    public TimeSpan Period => TimeSpan.FromDays(1);

    Task ITimedTask.RunAsync(CancellationToken cancellation) => RunAsync(cancellation);

    /// <summary>How many are on the list, and how many of them are not erased after it.</summary>
    public async Task<(int Listed, int Left)> RunAsync(CancellationToken cancellation)
    {
        var (listed, left) = (0, 0);
        await foreach (var person in list.ReadAsync(cancellation))
        {
            listed++;
            try
            {
                if (await erasure.EraseAgainAsync(person, cancellation) is ErasureOutcome.Refused refused)
                {
                    left++;
                    Log.Left(logger, person.ToString(), refused.Reason);
                }
            }
            catch (Ledger.StreamFrozenException frozen)
            {
                left++;
                Log.Frozen(logger, frozen.Stream.ToString());
            }
        }

        Log.Swept(logger, listed, left);
        return (listed, left);
    }

    private static partial class Log
    {
        [LoggerMessage(1331, LogLevel.Information, "{Listed} persons are on the list of erasures; {Left} are not erased yet")]
        public static partial void Swept(ILogger logger, int listed, int left);

        [LoggerMessage(1332, LogLevel.Error, "Stream {Stream} is on the list of erasures and is not erased: {Reason}. A hold set since an older backup? Somebody has to look.")]
        public static partial void Left(ILogger logger, string stream, ErasureRefusal reason);

        [LoggerMessage(1333, LogLevel.Critical, "Stream {Stream} is frozen: its rows contradict its head. It is not erased.")]
        public static partial void Frozen(ILogger logger, string stream);
    }
}
