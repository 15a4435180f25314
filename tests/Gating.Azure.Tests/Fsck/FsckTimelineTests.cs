using Gating.Azure.Tables;
using Gating.Azure.Timelines;
using Gating.Fsck;
using Gating.Ledger;
using Gating.Testing.Storage;
using Gating.Timelines;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace Gating.Azure.Tests.Fsck;

/// <summary>Whatever is changed in the table of timelines, a check names it, and with it at most the hour that it is in.</summary>
public sealed class FsckTimelineTests(ITestOutputHelper output) : IAsyncLifetime
{
    private static readonly UtcHour Hour = UtcHour.Of(Some.Time);

    private FsckWorld _world = null!;
    private Intruder _intruder = null!;
    private StreamId _operator;

    private string Table => _intruder.Keys.TimelinesTable;

    public async Task InitializeAsync()
    {
        _world = await FsckWorld.CreateAsync(others: 1);
        _intruder = new(_world.Options);
        _operator = await _world.CloseHoursAsync();

        // By then every hour's row has to name its last entry.
        _world.Time.Pass(TimeSpan.FromHours(4));
    }

    public Task DisposeAsync()
    {
        _world.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task Hours_that_are_closed_as_they_are_give_no_cause()
    {
        (await RowsAsync()).Select(static row => row.PartitionKey.Split(';')[0]).Distinct().ShouldBe(["app", "tool", "work"], ignoreOrder: true);
        (await _world.CheckAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_changed_property_of_a_row_is_named()
    {
        var (named, failures) = (0, new List<string>());
        foreach (var row in await RowsAsync())
        {
            var isFirst = true;
            foreach (var (what, flipped) in Intruder.Flips(row))
            {
                await _intruder.PutAsync(Table, flipped);
                named += Judge($"{row.PartitionKey} {what}", row, isFirst ? await _world.WrongAsync() : await _world.WrongInAsync(FsckPhase.Timelines), failures);
                isFirst = false;
            }

            await _intruder.PutAsync(Table, row);
        }

        output.WriteLine($"{named} changes named");
        failures.ShouldBeEmpty();
        (await _world.CheckAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_row_that_is_gone_is_named_but_for_a_place_on_a_list()
    {
        var (named, failures) = (0, new List<string>());
        foreach (var row in await RowsAsync())
        {
            await _intruder.DeleteAsync(Table, row);
            if (row.PartitionKey == TimelineKeys.Work)
            {
                (await _world.CheckAsync()).ShouldBeEmpty();
            }
            else
            {
                named += Judge($"{row.PartitionKey} {row.RowKey}", row, await _world.WrongAsync(), failures);
            }

            await _intruder.PutAsync(Table, row);
        }

        output.WriteLine($"{named} rows missed");
        failures.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_row_that_was_put_in_is_named()
    {
        var rows = await RowsAsync();
        var (item, listed) = (rows.First(static row => row.PartitionKey.Split(';').Length == 4), rows.First(static row => row.RowKey.StartsWith("h;", StringComparison.Ordinal)));
        TimelineKeys.TryReadRows(item.PartitionKey, out var shard).ShouldBeTrue();
        TimelineKeys.TryReadRow(shard.Hour, item.RowKey, out var position).ShouldBeTrue();
        var another = Timeline.TryCreate(TimelineKind.App, "another", out var timeline) ? timeline : default;
        var later = position with { Time = position.Time.AddMilliseconds(1) };
        (TableEntity Row, StoredThing Thing)[] planted =
        [
            (Intruder.Copy(item, partition: TimelineKeys.Rows(shard with { Timeline = another })), new StoredThing.TimelineRow(another, position)),
            (Intruder.Copy(item, TimelineKeys.Row(later)), new StoredThing.TimelineRow(shard.Timeline, later)),
            (Intruder.Copy(item, partition: TimelineKeys.Rows(shard with { Shard = (shard.Shard + 1) % 16 })), new StoredThing.Row(StoredTable.Timelines, TimelineKeys.Rows(shard with { Shard = (shard.Shard + 1) % 16 }), item.RowKey)),
            (Intruder.Copy(listed, "x"), new StoredThing.Row(StoredTable.Timelines, listed.PartitionKey, "x")),
            (Intruder.Copy(listed, listed.RowKey.Replace("202605", "202606", StringComparison.Ordinal)), new StoredThing.Row(StoredTable.Timelines, listed.PartitionKey, listed.RowKey.Replace("202605", "202606", StringComparison.Ordinal))),
            (Intruder.Copy(listed, "x", TimelineKeys.Work), new StoredThing.Row(StoredTable.Timelines, TimelineKeys.Work, "x")),
            (Intruder.Copy(listed, "x", "nobody"), new StoredThing.Row(StoredTable.Timelines, "nobody", "x")),
            (TimelineRows.OfClosed(another, Hour, new(_operator, 1)), new StoredThing.HourEntryRow(another, Hour)),
        ];
        foreach (var (row, thing) in planted)
        {
            await _intruder.PutAsync(Table, row);
            var wrong = await _world.WrongAsync();
            wrong.ShouldContain(thing, row.RowKey);
            wrong.Where(one => one != thing).ShouldBeSubsetOf([new StoredThing.HourEntryRow(shard.Timeline, Hour)]);
            await _intruder.DeleteAsync(Table, row);
        }

        (await _world.CheckAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_entry_that_came_late_is_no_fault_until_its_list_was_taken_up_and_then_its_hour_is_closed_anew()
    {
        await _world.AddLateAsync();
        var findings = await _world.CheckAsync();
        findings.Count.ShouldBe(2);
        findings.ShouldAllBe(static finding => finding is FsckFinding.Unjudged && ((FsckFinding.Unjudged)finding).Thing is StoredThing.HourEntryRow);
        await _world.CloseHoursAsync();
        (await _world.CheckAsync()).ShouldBeEmpty();
        (await _world.Storage.Ledger.ReadHeadAsync(_operator, default))!.Head.Seq.ShouldBe(4);
    }

    [Fact]
    public async Task An_hour_that_nobody_closes_is_missed_when_its_time_has_come()
    {
        using var world = await FsckWorld.CreateAsync(others: 1);
        world.Time.Pass(TimeSpan.FromHours(3));
        (await world.CheckAsync()).ShouldBeEmpty();
        world.Time.Pass(TimeSpan.FromHours(2));
        (await world.WrongAsync()).OfType<StoredThing.HourEntryRow>().Select(static hour => (hour.Timeline.ToString(), hour.Hour)).ShouldBe([("app app", Hour), ("tool tool", Hour)]);
        await world.CloseHoursAsync();
        (await world.CheckAsync()).ShouldBeEmpty();
    }

    private static int Judge(string what, TableEntity row, List<StoredThing> wrong, List<string> failures)
    {
        var thing = ThingOf(row);
        if (wrong.Contains(thing) && wrong.TrueForAll(one => one == thing || one is StoredThing.HourEntryRow))
        {
            return 1;
        }

        failures.Add($"{what}: {string.Join(", ", wrong)}");
        return 0;
    }

    private static StoredThing ThingOf(TableEntity row)
    {
        if (TimelineKeys.TryReadRows(row.PartitionKey, out var shard))
        {
            return TimelineKeys.TryReadRow(shard.Hour, row.RowKey, out var position) ? new StoredThing.TimelineRow(shard.Timeline, position) : throw new InvalidOperationException(row.RowKey);
        }

        return TimelineKeys.TryReadMonth(row.PartitionKey, out var timeline)
            ? TimelineKeys.TryReadListed(row.PartitionKey, timeline, row.RowKey, out var listed) ? new StoredThing.ListedHour(listed)
                : TimelineKeys.TryReadClosed(row.PartitionKey, timeline, row.RowKey, out var hour) ? new StoredThing.HourEntryRow(timeline, hour) : throw new InvalidOperationException(row.RowKey)
            : TimelineKeys.TryReadWork(row.RowKey, out var work) ? new StoredThing.HourWorkRow(work) : throw new InvalidOperationException(row.RowKey);
    }

    private async Task<List<TableEntity>> RowsAsync()
    {
        var rows = new List<TableEntity>();
        foreach (var partition in await _intruder.PartitionsAsync(Table))
        {
            rows.AddRange(await _intruder.RowsAsync(Table, partition));
        }

        return rows;
    }
}
