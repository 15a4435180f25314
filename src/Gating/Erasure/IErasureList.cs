using Gating.Ledger;

namespace Gating.Erasure;

/// <summary>
/// The streams that were erased, kept where a restore of the store does not reach: what an older backup brings back is erased again before it serves. Adding the same again changes nothing. Every method MUST throw
/// <see cref="StorageUnavailableException"/> when it cannot know the answer.
/// </summary>
public interface IErasureList
{
    Task AddAsync(StreamId stream, CancellationToken cancellation);

    /// <summary>All of them, each once, those too that are added meanwhile or not.</summary>
    IAsyncEnumerable<StreamId> ReadAsync(CancellationToken cancellation);
}
