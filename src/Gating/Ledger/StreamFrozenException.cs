namespace Gating.Ledger;

/// <summary>The rows of a stream contradict its head (an older state was restored, or somebody wrote past us). Nothing is appended until an operator has looked.</summary>
public sealed class StreamFrozenException(StreamId stream, string what) : Exception($"Stream {stream} is frozen: {what}.")
{
    public StreamId Stream { get; } = stream;
}
