using Gating.Ledger;
using Gating.Log.Sealing;

namespace Gating.Evidence;

/// <summary>What a bundle is to prove.</summary>
/// <param name="Question">What was asked, as one JSON text: it goes into the bundle as it is.</param>
public sealed record BundleRequest(ReadOnlyMemory<byte> Question, BundleRegistry Registry)
{
    /// <summary>The entries that answer, of any streams; of one stream in the order of their seqs. Enumerated once, while the bundle is being written. Those of <see cref="Whole"/> streams are passed over.</summary>
    public IAsyncEnumerable<LeafPlace> Answer { get; init; } = AsyncEnumerable.Empty<LeafPlace>();

    /// <summary>Streams that are disclosed whole, with their log keys: whoever reads the bundle knows from then on which leaves are theirs, those to come too. At most <see cref="BundleFormat.MaxWhole"/>.</summary>
    public IReadOnlyCollection<StreamId> Whole { get; init; } = [];

    /// <summary>Entries of the operator's ledger that close the hours of a range, in the order of their seqs.</summary>
    public IAsyncEnumerable<LeafPlace> Hours { get; init; } = AsyncEnumerable.Empty<LeafPlace>();
}

/// <summary>Whether there is a bundle.</summary>
public abstract record BundleOutcome
{
    private BundleOutcome()
    {
    }

    /// <summary>It is written, to its last byte.</summary>
    /// <param name="NotSealed">Entries among them that the checkpoint does not cover yet: listed, and without a proof.</param>
    public sealed record Written(long Entries, long NotSealed) : BundleOutcome;

    /// <summary>No checkpoint is published, and nothing was written: ask again in seconds.</summary>
    public sealed record NothingSealed : BundleOutcome;
}
