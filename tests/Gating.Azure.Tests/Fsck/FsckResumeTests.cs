using Gating.Azure.Tables;
using Gating.Fsck;
using Gating.Ledger;
using Gating.Log.Tiles;
using Gating.Testing.Storage;
using Microsoft.Extensions.Logging;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace Gating.Azure.Tests.Fsck;

/// <summary>A check that ends after each of its pieces and goes on in another process, or in the next slice, comes to the same.</summary>
public sealed class FsckResumeTests(ITestOutputHelper output) : IAsyncLifetime
{
    private FsckWorld _world = null!;

    public async Task InitializeAsync()
    {
        // More streams than one piece takes.
        _world = await FsckWorld.CreateAsync(others: 20);
        var intruder = new Intruder(_world.Options);
        await intruder.DeleteAsync(intruder.Keys.LedgerTable, new(_world.Others[7].ToString(), TableKeys.Entry(50)));
        await intruder.DeleteAsync(intruder.Keys.IndexTable, new(_world.Kept.Text, TableKeys.Output));
        foreach (var table in (string[])[intruder.Keys.LedgerTable, intruder.Keys.LeavesTable])
        {
            foreach (var row in await intruder.RowsAsync(table, _world.Others[3].ToString()))
            {
                await intruder.DeleteAsync(table, row);
            }
        }

        await intruder.DeleteBlobAsync(intruder.Keys.LogContainer, new TileId(0, 2, 256).Path);
    }

    public Task DisposeAsync()
    {
        _world.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task Killed_after_each_piece_and_resumed_it_finds_the_same()
    {
        var whole = await _world.CheckAsync();
        var (findings, at, pieces) = (new List<FsckFinding>(), FsckPosition.Start, 0);
        while (at.Phase != FsckPhase.Done)
        {
            using var storage = new AzureStorage(_world.Options, TimeProvider.System, _world.Keys.Data);
            var step = await new StoreFsck(FsckWorld.StoresOf(storage), _world.Keys, TimeProvider.System).StepAsync(at, default);
            findings.AddRange(step.Findings);
            at = FsckPosition.Parse(step.Next.ToString()).ShouldNotBeNull();
            pieces++;
        }

        findings.Select(static finding => finding.ToString()).ShouldBe(whole.Select(static finding => finding.ToString()));
        output.WriteLine($"{pieces} pieces, {findings.Count} findings");
        findings.OfType<FsckFinding.Wrong>().Count(static wrong => wrong.Thing is StoredThing.LogLeaf).ShouldBe(95);
        findings.OfType<FsckFinding.Wrong>().Where(static wrong => wrong.Thing is not StoredThing.LogLeaf).Select(static wrong => wrong.Thing)
            .ShouldBe([new StoredThing.Tile(new(0, 2, 256)), new StoredThing.Entry(_world.Others[7], 50), new StoredThing.OutputRow(_world.Kept)], ignoreOrder: true);
    }

    [Fact]
    public async Task Slices_of_no_time_go_through_all_of_it_and_begin_anew()
    {
        var (log, cursors, lines) = (new Lines(), new InMemoryTaskCursors(), 0);
        for (var runs = 0; runs < 100 && (runs == 0 || await cursors.ReadAsync("fsck", default) != FsckPosition.Start.ToString()); runs++)
        {
            await new FsckSlice(new(_world.Stores, _world.Keys, TimeProvider.System), _world.Storage.Walk, cursors, new Hurried(), log).RunAsync(default);
        }

        lines = log.Critical.Count;
        log.Critical.ShouldContain(line => line.Contains(TableKeys.Entry(50), StringComparison.Ordinal) && line.Contains(_world.Others[7].ToString(), StringComparison.Ordinal));
        log.Critical.ShouldContain(static line => line.Contains("tile/0/002", StringComparison.Ordinal));
        log.Critical.Count.ShouldBe(3);
        (await cursors.ReadAsync("fsck", default)).ShouldBe(FsckPosition.Start.ToString());
        output.WriteLine($"{lines} alarms");
    }

    [Fact]
    public async Task Storage_that_is_silent_is_never_called_good()
    {
        await using var tables = await FaultProxy.StartAsync(_world.Options.Tables);
        using var storage = new AzureStorage(_world.Options with { Tables = tables.Address, MaxRetries = 0 }, TimeProvider.System, _world.Keys.Data);
        tables.Choose(static (_, _) => WireFault.Busy);
        var fsck = new StoreFsck(FsckWorld.StoresOf(storage), _world.Keys, TimeProvider.System);
        await Should.ThrowAsync<StorageUnavailableException>(() => fsck.StepAsync(FsckPosition.Start with { Phase = FsckPhase.Streams }, default));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""{"v":2,"phase":"Log","after":null,"size":null,"seen":null}""")]
    [InlineData("""{"v":1,"phase":"17","after":null,"size":null,"seen":null}""")]
    [InlineData("""{"v":1,"phase":"Streams","after":null,"size":16,"seen":"AA=="}""")]
    public void A_position_that_is_none_is_not_gone_on_from(string? text) => FsckPosition.Parse(text).ShouldBeNull();

    /// <summary>An hour passes between any two looks at it.</summary>
    private sealed class Hurried : TimeProvider
    {
        private long _timestamp;

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => _timestamp += 3600;
    }

    private sealed class Lines : ILogger<FsckSlice>
    {
        public List<string> Critical { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel is LogLevel.Critical)
            {
                Critical.Add(formatter(state, exception));
            }
        }
    }
}
