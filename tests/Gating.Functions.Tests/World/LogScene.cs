using Gating.Ledger;
using Gating.Local.Storage;
using Gating.Log.Sealing;
using Gating.Messages;
using Gating.Testing.Log;
using Gating.Testing.Processes;
using Gating.Testing.Storage;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Gating.Functions.Tests.World;

/// <summary>
/// A log that has begun, and everything that the next seal may meet: leaves that complete its first tile, persons who ask for grants, a stream of which the queue knows the last entry alone, and a pointer to a leaf
/// that is sealed. Its first instance answers requests and leaves the queue to others. Its storage is a process of its own: a seal is a hundred requests in a row, and none of them should wait behind another log's.
/// </summary>
internal sealed class LogScene : IAsyncDisposable
{
    private const int Before = 250;

    private readonly StreamId _old = StreamId.Create();
    private readonly StreamId _gappy = StreamId.Create();

    private readonly AzuriteProcess _azurite;

    private LogScene(AzuriteProcess azurite, GateWorld world, int persons, TimeSpan pause) => (_azurite, World, Served, Persons) = (azurite, world, new(world, pause), new(world, persons));

    public GateWorld World { get; }

    public ServedLog Served { get; }

    public BusyPersons Persons { get; }

    /// <param name="persons">Who ask for grants.</param>
    /// <param name="pause">Between two questions for the checkpoint.</param>
    public static async Task<LogScene> StartAsync(int persons, TimeSpan pause)
    {
        var azurite = await SharedProcesses.NewAzuriteAsync();
        var scene = new LogScene(azurite, await GateWorld.StartAsync(azurite: azurite), persons, pause);
        await scene.AppendAsync(scene._old, Before);
        await scene.AnnounceAsync(scene._old, 1, Before);
        await scene.World.LogAsync();
        await scene.World.Services.GetRequiredService<LogStores>().Leaves.AddPendingAsync([new(scene._old, 1)], default);
        await scene.AppendGapAsync();
        return scene;
    }

    /// <summary>
    /// Everybody gets one entry more, of <paramref name="instance"/>: whatever a message told that somebody dead has until its time is over, the stream's next entry takes it along. Then all of it is in the log
    /// (<see cref="ServedLog.ShouldHoldAsync"/>), and nothing was called a contradiction on the way.
    /// </summary>
    public async Task<PlainLog> ShouldEndWellAsync(Uri instance)
    {
        await AppendGapAsync();
        await Persons.AskOnceAsync(instance);
        var log = await Served.ShouldHoldAsync([_old, _gappy, .. await Persons.StreamsAsync()]);
        ShouldBeCalm(string.Join('\n', World.Logs.Lines));
        return log;
    }

    /// <summary>Nothing was frozen, and no queue's driver broke.</summary>
    public static void ShouldBeCalm(string output)
    {
        output.ShouldNotContain("until an operator has looked");
        output.ShouldNotContain("BackgroundService failed");
    }

    public async ValueTask DisposeAsync()
    {
        await Served.DisposeAsync();
        await World.DisposeAsync();
        await _azurite.DisposeAsync();
    }

    private async Task AppendGapAsync()
    {
        var last = await AppendAsync(_gappy, 3);
        await AnnounceAsync(_gappy, last, last);
    }

    private async Task<long> AppendAsync(StreamId stream, int count)
    {
        foreach (var chunk in Enumerable.Range(0, count).Chunk(90))
        {
            var head = await World.Ledger.ReadHeadAsync(stream, default);
            (await World.Ledger.CommitAsync(Some.Batch(stream, head, Some.Chain(stream, head?.Head ?? Head.New(Some.Salt), chunk.Length)), default)).ShouldBeOfType<CommitOutcome.Committed>();
        }

        return (await World.Ledger.ReadHeadAsync(stream, default))!.Head.Seq;
    }

    private Task AnnounceAsync(StreamId stream, long from, long to) => World.Services.GetRequiredService<IMessageQueues>().PutAsync(QueueNames.Trace, TraceMessage.Write([new(stream, from, to)]), default);
}
