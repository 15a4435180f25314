using Gating.Azure;
using Gating.Functions.Tests.World;
using Gating.Registry;
using Gating.Testing;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Gating.Functions.Tests;

/// <summary>What a grant costs in requests to storage once its person is known: counted on the wire, through the whole app, over the real Azurite.</summary>
public sealed class WarmGrantStorageTests : IAsyncLifetime
{
    private const int Grants = 60;
    private const int AtOnce = 16;

    private readonly StampCounter _stamps = new();
    private GateWorld _world = null!;

    public async Task InitializeAsync()
    {
        _world = await GateWorld.StartAsync(configure: builder => builder.Host.UseServiceProviderFactory(new FinishedServices(_stamps.StandBefore)));
        await _world.LogLookedAtAsync();
    }

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task A_warm_grant_is_one_transaction_and_its_reference_no_read_and_no_query()
    {
        var token = _world.IdToken("one-after-the-other");
        await GrantAsync(token);

        var before = await CountedAsync();
        for (var i = 0; i < Grants; i++)
        {
            await GrantAsync(token);
        }

        var spent = await SinceAsync(before);
        spent[StorageOperation.Transaction].ShouldBe(Grants);
        spent[StorageOperation.QueuePut].ShouldBe(Grants);
        spent.Where(count => count.Key is not (StorageOperation.Transaction or StorageOperation.QueuePut)).ShouldAllBe(count => count.Value == 0);
    }

    [Fact]
    public async Task Grants_of_one_person_at_once_share_transactions_and_references()
    {
        var token = _world.IdToken("all-at-once");
        await GrantAsync(token);

        var before = await CountedAsync();
        for (var round = 0; round < Grants / AtOnce; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => GrantAsync(token)));
        }

        // Who comes first commits alone, and those who meanwhile arrive go together: on a slow machine they may come in a few groups.
        var spent = await SinceAsync(before);
        var rounds = Grants / AtOnce;
        spent[StorageOperation.Transaction].ShouldBeLessThan(rounds * AtOnce / 2);
        spent[StorageOperation.QueuePut].ShouldBeLessThanOrEqualTo(spent[StorageOperation.Transaction]);
        spent.Where(count => count.Key is not (StorageOperation.Transaction or StorageOperation.QueuePut)).ShouldAllBe(count => count.Value == 0);
    }

    private async Task GrantAsync(string token)
    {
        var answer = await _world.Call(token).SendAsync();
        answer.Status.ShouldBe(200, answer.Body);
    }

    /// <summary>Requests so far, but for the reads of the registry's stamp: one a second whoever asks for grants, for all of them together.</summary>
    private async Task<Dictionary<StorageOperation, long>> CountedAsync()
    {
        var requests = _world.Services.GetRequiredService<AzureStorage>().Requests;
        while (true)
        {
            var stamps = _stamps.Ended;
            var counted = Enum.GetValues<StorageOperation>().ToDictionary(operation => operation, operation => requests[operation]);
            if (_stamps.Begun == stamps)
            {
                counted[StorageOperation.Get] -= stamps;
                return counted;
            }

            // One is on its way, and whether it is counted already nobody knows.
            await Task.Yield();
        }
    }

    private async Task<Dictionary<StorageOperation, long>> SinceAsync(Dictionary<StorageOperation, long> before) =>
        (await CountedAsync()).ToDictionary(count => count.Key, count => count.Value - before[count.Key]);

    /// <summary>Counts reads of the registry's version by standing before its store.</summary>
    private sealed class StampCounter
    {
        private long _begun;
        private long _ended;

        public long Begun => Interlocked.Read(ref _begun);

        public long Ended => Interlocked.Read(ref _ended);

        public void StandBefore(IServiceCollection services) => services.AddSingleton<IRegistryStore>(provider => new Counting(provider.GetRequiredService<AzureStorage>().Registry, this));

        private sealed class Counting(IRegistryStore store, StampCounter counter) : IRegistryStore
        {
            public async Task<long> ReadVersionAsync(CancellationToken cancellation)
            {
                Interlocked.Increment(ref counter._begun);
                try
                {
                    return await store.ReadVersionAsync(cancellation);
                }
                finally
                {
                    Interlocked.Increment(ref counter._ended);
                }
            }

            public Task<(long Version, IReadOnlyList<RegistryRow> Rows)> ReadAsync(CancellationToken cancellation) => store.ReadAsync(cancellation);

            public Task<long?> WriteAsync(
                long expectedVersion, IReadOnlyList<RegistryRow> upserts, IReadOnlyList<RegistryRow> deletions, CancellationToken cancellation) =>
                store.WriteAsync(expectedVersion, upserts, deletions, cancellation);
        }
    }
}
