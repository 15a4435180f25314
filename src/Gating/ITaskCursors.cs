namespace Gating;

/// <summary>
/// Where a timed task goes on next time: one small value for each. It only saves work: lost, or set back by a run that was overtaken, the task does again what it did. Every method MUST throw
/// <see cref="StorageUnavailableException"/> when it cannot know the answer.
/// </summary>
public interface ITaskCursors
{
    /// <summary>Null where the task has none yet.</summary>
    Task<string?> ReadAsync(string task, CancellationToken cancellation);

    /// <summary>Durable when it returns, or overtaken by another run's.</summary>
    Task MoveAsync(string task, string value, CancellationToken cancellation);
}
