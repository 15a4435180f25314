using System.Runtime.CompilerServices;
using Gating.Azure.Log;
using Gating.Erasure;
using Gating.Ledger;

namespace Gating.Azure.Erasure;

/// <summary>One empty blob for each erased stream, beside the last known checkpoint: in the account that a restore does not reach.</summary>
public sealed class BlobErasureList : IErasureList
{
    private readonly SmallBlobs _blobs;

    internal BlobErasureList(SmallBlobs blobs) => _blobs = blobs;

    public async Task AddAsync(StreamId stream, CancellationToken cancellation) =>
        // False: it is there already.
        _ = await _blobs.WriteAsync(TableKeys.Erased(stream), ReadOnlyMemory<byte>.Empty, token: null, "application/octet-stream", cancellation);

    public async IAsyncEnumerable<StreamId> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        string? continuation = null;
        do
        {
            var page = await _blobs.ListAsync(continuation, cancellation);
            foreach (var name in page.Names)
            {
                if (TableKeys.TryReadErased(name, out var stream))
                {
                    yield return stream;
                }
            }

            continuation = page.Continuation;
        }
        while (continuation is not null);
    }
}
