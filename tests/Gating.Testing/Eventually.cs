namespace Gating.Testing;

/// <summary>Waits for what another task is about to do. Bounded: what does not happen in ten seconds fails the test.</summary>
public static class Eventually
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    public static async Task TrueAsync(Func<bool> condition)
    {
        using var late = new CancellationTokenSource(Limit);
        while (!condition())
        {
            await Task.Delay(5, late.Token);
        }
    }
}
