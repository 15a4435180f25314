using System.Diagnostics;
using Gating.Azure;
using Gating.Functions.Tests.World;
using Gating.Ledger;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace Gating.Functions.Tests;

/// <summary>A log built through the real surface: requests in, the real queues, a gate that drives itself, and the log read back as it is served.</summary>
public sealed class LogLoadTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Persons = 16;
    private const int Grants = 800;
    private const int AtOnce = 48;

    private GateWorld _world = null!;

    public async Task InitializeAsync() => _world = await GateWorld.StartAsync(drivesItself: true);

    public Task DisposeAsync() => _world.DisposeAsync().AsTask();

    [Fact]
    public async Task Every_entry_of_a_busy_gate_is_in_the_served_log_once_and_costs_few_requests()
    {
        var tokens = Enumerable.Range(0, Persons).Select(i => _world.IdToken($"busy-{i}")).ToArray();
        var requests = _world.Services.GetRequiredService<AzureStorage>().Requests;
        var started = Stopwatch.GetTimestamp();
        await using var served = new ServedLog(_world, TimeSpan.FromMilliseconds(50));
        await Parallel.ForEachAsync(Enumerable.Range(0, Grants), new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (i, _) =>
        {
            // Storage that has no time for us says 503, and the same request again is the answer.
            var status = 503;
            while (status == 503)
            {
                status = (await _world.Call(tokens[i % Persons]).SendAsync()).Status;
            }

            status.ShouldBe(200);
        });
        var (loaded, streams) = (Stopwatch.GetElapsedTime(started), new List<StreamId>());
        for (var i = 0; i < Persons; i++)
        {
            streams.Add(await _world.StreamOfAsync($"busy-{i}"));
        }

        var entries = (await served.ShouldHoldAsync(streams)).Size;
        entries.ShouldBeGreaterThanOrEqualTo(Grants);

        double Each(long count) => (double)count / entries;
        var queues = requests[StorageOperation.QueuePut] + requests[StorageOperation.QueueOther];
        output.WriteLine($"{entries} entries in {loaded.TotalSeconds:0.0} s, all in the log after {Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s; an entry: {Each(requests.EntitiesSent):0.00} rows, {Each(requests[StorageOperation.BlobPut]):0.000} blob writes, {Each(queues):0.000} queue requests");

        // Rows do not depend on how busy it is; of the others this is what a slow machine may make of it.
        Each(requests.EntitiesSent).ShouldBeLessThanOrEqualTo(12);
        Each(queues).ShouldBeLessThan(1);
    }
}
