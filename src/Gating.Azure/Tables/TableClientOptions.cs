namespace Gating.Azure.Tables;

/// <summary>How often a <see cref="TableClient"/> tries. There is one layer of retries: where a caller decides itself, this is <see cref="NoRetries"/>.</summary>
/// <param name="MaxRetries">Tries after the first.</param>
/// <param name="Delay">Before the first retry; doubled each time, with jitter, at most <see cref="MaxDelay"/>.</param>
public sealed record TableClientOptions(int MaxRetries, TimeSpan Delay)
{
    public static readonly TimeSpan MaxDelay = TimeSpan.FromSeconds(1);

    /// <summary>One try: a lost answer is the caller's to look into.</summary>
    public static TableClientOptions NoRetries { get; } = new(0, TimeSpan.Zero);

    /// <summary>A few tries, 100 ms apart and growing.</summary>
    public static TableClientOptions Retrying(int maxRetries) => new(maxRetries, TimeSpan.FromMilliseconds(100));
}
