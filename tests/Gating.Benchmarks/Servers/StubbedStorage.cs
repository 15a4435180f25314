using System.Collections.Concurrent;
using System.Globalization;
using Gating.Ledger;
using Gating.Registry;
using Gating.Testing.Storage;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Gating.Benchmarks.Servers;

/// <summary>Storage that costs nothing and keeps only heads and names: what is left is the gate's own CPU.</summary>
internal static class StubbedStorage
{
    /// <summary>Takes the place of the storage adapters in a finished list of services.</summary>
    public static void Replace(IServiceCollection services)
    {
        services.Replace(ServiceDescriptor.Singleton<ILedgerStore>(new HeadsOnly()));
        services.Replace(ServiceDescriptor.Singleton<ITraceQueue>(new NoQueue()));
        services.Replace(ServiceDescriptor.Singleton<INameStore>(new InMemoryNameStore()));
        services.Replace(ServiceDescriptor.Singleton<IRegistryStore>(new InMemoryRegistryStore()));
    }

    private sealed class NoQueue : ITraceQueue
    {
        public Task PutAsync(IReadOnlyList<TraceReference> references, CancellationToken cancellation) => Task.CompletedTask;
    }

    private sealed class HeadsOnly : ILedgerStore
    {
        private readonly ConcurrentDictionary<StreamId, StoredHead> _heads = new();

        public Task<StoredHead?> ReadHeadAsync(StreamId stream, CancellationToken cancellation) => Task.FromResult(_heads.GetValueOrDefault(stream));

        public Task<Entry?> ReadEntryAsync(StreamId stream, long seq, CancellationToken cancellation) => Task.FromResult<Entry?>(null);

        public Task<KeyRow?> ReadKeyAsync(StreamId stream, KeyHash key, CancellationToken cancellation) => Task.FromResult<KeyRow?>(null);

        public Task<SettlementRow?> ReadSettlementAsync(StreamId stream, SettlementId id, CancellationToken cancellation) => Task.FromResult<SettlementRow?>(null);

        public IAsyncEnumerable<Entry> ReadEntriesAsync(StreamId stream, long from, long to, CancellationToken cancellation) => AsyncEnumerable.Empty<Entry>();

        public Task<CommitOutcome> CommitAsync(LedgerBatch batch, CancellationToken cancellation)
        {
            var token = batch.Head.Seq.ToString(CultureInfo.InvariantCulture);
            _heads[batch.Stream] = new(batch.Head, token);
            return Task.FromResult<CommitOutcome>(new CommitOutcome.Committed(token));
        }
    }
}
