namespace Gating.Functions.Background;

/// <summary>For what runs beside the requests, and not in the start: the port is open then, and an end is no exception of the server's.</summary>
internal static class ServerStart
{
    public static async Task StartedAsync(this IHostApplicationLifetime lifetime, CancellationToken cancellation)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var told = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(cancellation);
    }
}
