using Gating.Log.Sealing;

namespace Gating.Log.Witnesses;

/// <summary>Tells whoever waits that this instance has written a checkpoint. Safe for concurrent use.</summary>
public sealed class CheckpointNews
{
    private TaskCompletionSource _next = New();

    /// <summary>Ends with the next checkpoint: take it before looking at the one that is there.</summary>
    public Task Next => Volatile.Read(ref _next).Task;

    public void Tell() => Interlocked.Exchange(ref _next, New()).SetResult();

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>Checkpoints whose writing is told.</summary>
public sealed class ToldCheckpoints(ICheckpointStore store, CheckpointNews news) : ICheckpointStore
{
    public Task<StoredNote?> ReadAsync(CancellationToken cancellation) => store.ReadAsync(cancellation);

    public async Task<bool> WriteAsync(ReadOnlyMemory<byte> note, string? token, CancellationToken cancellation)
    {
        var written = await store.WriteAsync(note, token, cancellation);
        news.Tell();
        return written;
    }
}
