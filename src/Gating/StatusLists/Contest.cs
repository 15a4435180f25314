using System.Security.Cryptography;

namespace Gating.StatusLists;

/// <summary>Many instances change one row: whoever was overtaken waits for a random moment and reads it again, for two seconds at most.</summary>
internal sealed class Contest(TimeProvider time)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(100);

    private readonly long _began = time.GetTimestamp();
    private TimeSpan _wait = FirstWait;

    /// <summary>Throws <see cref="StorageUnavailableException"/> when it has lasted too long.</summary>
    public async Task WaitAsync(string what)
    {
        if (time.GetElapsedTime(_began) > Limit)
        {
            throw new StorageUnavailableException($"The {what} is changed by others all the time.");
        }

        await Task.Delay(TimeSpan.FromMilliseconds(RandomNumberGenerator.GetInt32((int)_wait.TotalMilliseconds + 1)), time);
        _wait = _wait * 2 < LongestWait ? _wait * 2 : LongestWait;
    }
}
