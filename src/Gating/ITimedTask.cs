namespace Gating;

/// <summary>
/// What is done again and again, whoever asks or not. Runs may overlap (two instances, a run that was cut off and its successor): a task MUST be idempotent, and MUST end soon after it is cancelled.
/// </summary>
public interface ITimedTask
{
    /// <summary>Lower-case letters and dashes: what the function is called, too.</summary>
    string Name { get; }

    /// <summary>From one run's start to the next one's: five minutes or more, so that idle costs nothing.</summary>
    TimeSpan Period { get; }

    /// <summary>Throws <see cref="StorageUnavailableException"/> where it could not go on: the next run does.</summary>
    Task RunAsync(CancellationToken cancellation);
}
