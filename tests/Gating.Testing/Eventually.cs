namespace Gating.Testing;

/// <summary>
/// Waits for what another task is about to do. Bounded: what does not happen in ten seconds fails the test. Where many tests are expected to fail, the
/// environment's <see cref="LimitVariable"/> asks for less.
/// </summary>
public static class Eventually
{
    /// <summary>Whole seconds to wait instead of ten.</summary>
    public const string LimitVariable = "GATING_TESTS_EVENTUALLY_SECONDS";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(int.TryParse(Environment.GetEnvironmentVariable(LimitVariable), out var seconds) ? seconds : 10);

    public static Task TrueAsync(Func<bool> condition) => TrueAsync(() => Task.FromResult(condition()));

    /// <summary>Asks again only when the last answer is there; an answer that never comes is late as well.</summary>
    public static Task TrueAsync(Func<Task<bool>> condition) => TrueAsync(condition, Limit, TimeSpan.FromMilliseconds(5));

    /// <summary>Of what takes seconds anyway, and more than ten where a machine does everything else beside: asked ten times a second.</summary>
    public static Task TrueWithinAMinuteAsync(Func<Task<bool>> condition) => TrueAsync(condition, TimeSpan.FromMinutes(1), TimeSpan.FromMilliseconds(100));

    private static async Task TrueAsync(Func<Task<bool>> condition, TimeSpan limit, TimeSpan pause)
    {
        using var late = new CancellationTokenSource(limit);
        while (!await condition().WaitAsync(late.Token))
        {
            await Task.Delay(pause, late.Token);
        }
    }
}
