using System.Security.Cryptography;
using Gating.Ledger;
using Gating.Log.Sealing;
using Gating.Timelines;
using Shouldly;
using Xunit;

namespace Gating.Testing.Storage;

/// <summary>What every store of timelines must do. Each test opens an empty one.</summary>
public abstract class TimelineStoreContract
{
    private static readonly UtcHour Hour = UtcHour.Of(Some.Time);
    private static readonly UtcHour Running = new(Hour.Number + 5);
    private static readonly TimelinePosition Start = TimelinePosition.Before(Hour.Start);

    private readonly Timeline _app = Of(TimelineKind.App, "app.with_odd-Letters");

    protected abstract ValueTask<ITimelineStore> OpenAsync();

    [Fact]
    public async Task What_nobody_added_is_not_there()
    {
        var store = await OpenAsync();
        (await store.ReadAsync(new(_app, Hour, 3), Start, 10, default)).ShouldBeEmpty();
        (await store.ReadHoursAsync(_app, Hour, new(Hour.Number + 5000), default).ToListAsync()).ShouldBeEmpty();
        (await store.ReadWorkAsync(default, new(Running.Number + 1), null, default).ToListAsync()).ShouldBeEmpty();
        (await store.ReadClosedAsync(_app, Hour, default)).ShouldBeNull();
    }

    [Fact]
    public async Task Rows_are_added_however_often_and_read_in_order_after_any_of_them()
    {
        var store = await OpenAsync();
        TimelineItem[] items = [.. Enumerable.Range(0, 250).Select(i => Item(TimeSpan.FromMilliseconds(i / 3)))];
        await AddAsync(store, _app, items[100..130]);
        await AddAsync(store, _app, items[129..130]);
        await AddAsync(store, _app, items);
        await AddAsync(store, _app, items);

        TimelineItem[] expected = [.. items.OrderBy(static item => item.Position, TimelinePosition.Order)];
        (await store.ReadAsync(Shard(_app), Start, 1000, default)).ShouldBe(expected);
        (await store.ReadAsync(Shard(_app), Start, 7, default)).ShouldBe(expected[..7]);
        (await store.ReadAsync(Shard(_app), expected[100].Position, 7, default)).ShouldBe(expected[101..108]);
        (await store.ReadAsync(Shard(_app), expected[^1].Position, 7, default)).ShouldBeEmpty();
        (await store.ReadAsync(Shard(_app), TimelinePosition.Before(expected[100].Time), 1, default)).ShouldBe([expected.First(item => item.Time == expected[100].Time)]);
        (await store.ReadAsync(Shard(_app), TimelinePosition.Before(Hour.Start.AddDays(-1)), 2, default)).ShouldBe(expected[..2]);
        (await store.ReadAsync(Shard(_app), TimelinePosition.Before(Hour.End), 7, default)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_row_that_is_there_is_never_changed()
    {
        var store = await OpenAsync();
        var first = Item(TimeSpan.FromMinutes(59));
        await AddAsync(store, _app, [first]);
        await AddAsync(store, _app, [first with { Kind = EntryKind.Redeemed, Entry = AnyHash() }, Item(TimeSpan.Zero)]);
        await AddAsync(store, _app, [first with { Entry = AnyHash() }]);

        var items = await store.ReadAsync(Shard(_app), Start, 10, default);
        items.Count.ShouldBe(2);
        items[1].ShouldBe(first);
    }

    [Fact]
    public async Task Timelines_hours_and_shards_keep_apart_whatever_their_ids_are()
    {
        var store = await OpenAsync();
        Timeline[] timelines =
        [
            _app, Of(TimelineKind.Tool, _app.Id), Of(TimelineKind.Issuer, _app.Id), Of(TimelineKind.App, "App.with_odd-letters"), Of(TimelineKind.Tool, "https://tools.test/face?~;'\"/x y"), Of(TimelineKind.Tool, "~2f"),
            Of(TimelineKind.Tool, "/"), Of(TimelineKind.Tool, "~~"), Of(TimelineKind.Tool, $"https://{new string('/', 248)}"), Of(TimelineKind.Tool, $"https://{new string('/', 247)}x"), Of(TimelineKind.App, "work"),
        ];
        var rows = timelines.SelectMany(timeline => new[] { 0, 1 }.SelectMany(hour => new[] { 0, 15 }.Select(shard => new TimelineRow(timeline, Item(TimeSpan.FromHours(hour), shard))))).ToArray();
        await AddAsync(store, rows);

        foreach (var row in rows)
        {
            (await store.ReadAsync(row.Shard, TimelinePosition.Before(row.Shard.Hour.Start), 10, default)).ShouldBe([row.Item], row.ToString());
        }

        (await store.ReadWorkAsync(default, new(Running.Number + 1), null, default).ToListAsync()).ShouldBe(
            rows.Where(static row => row.Timeline.IsClosed).Select(static row => new HourWork(Running, row.Timeline, row.Shard.Hour)).Distinct(), ignoreOrder: true);
    }

    [Fact]
    public async Task Hours_are_listed_in_order_over_the_months_with_their_shards()
    {
        var store = await OpenAsync();
        UtcHour[] hours = [Hour, Hour.Next, new(Hour.Number + 700), new(Hour.Number + 8760), new(Hour.Number + 8761)];
        foreach (var hour in hours.Reverse())
        {
            await store.ListAsync([new(_app, hour, 0), new(_app, hour, 9), new(Of(TimelineKind.Tool, _app.Id), hour, 4)], default);
            await store.ListAsync([new(_app, hour, 15), new(_app, hour, 9)], default);
        }

        var expected = hours.Select(static hour => new TimelineHour(hour, 1 | (1 << 9) | (1 << 15))).ToArray();
        expected[0].Listed.ShouldBe([0, 9, 15]);
        (await store.ReadHoursAsync(_app, new(Hour.Number - 1000), new(Hour.Number + 9000), default).ToListAsync()).ShouldBe(expected);
        (await store.ReadHoursAsync(_app, Hour, hours[3], default).ToListAsync()).ShouldBe(expected[..3]);
        (await store.ReadHoursAsync(_app, Hour.Next, new(hours[3].Number + 1), default).ToListAsync()).ShouldBe(expected[1..4]);
        (await store.ReadHoursAsync(_app, Hour.Next, Hour.Next, default).ToListAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Lists_come_one_after_the_other_and_go_on_after_any_hour_on_them()
    {
        var store = await OpenAsync();
        var tool = Of(TimelineKind.Tool, "https://tools.test/face");
        HourWork[] works = [.. Enumerable.Range(0, 60).Select(i => new HourWork(new(Running.Number + (i / 20)), i % 2 == 0 ? _app : tool, new(Hour.Number + (i % 20))))];
        await store.AnnounceAsync(works[30..], default);
        await store.AnnounceAsync([.. works.Reverse(), works[0]], default);

        var all = await store.ReadWorkAsync(default, new(Running.Number + 3), null, default).ToListAsync();
        all.ShouldBe(works, ignoreOrder: true);
        all.Select(static work => work.Indexed.Number).ShouldBeInOrder();
        (await store.ReadWorkAsync(Running.Next, new(Running.Number + 2), null, default).ToListAsync()).ShouldBe(all[20..40]);
        for (var i = 0; i < all.Count; i += 13)
        {
            (await store.ReadWorkAsync(all[i].Indexed, new(Running.Number + 3), all[i], default).ToListAsync()).ShouldBe(all[(i + 1)..]);
        }
    }

    [Fact]
    public async Task The_entry_that_closed_an_hour_only_moves_on_whoever_sets_it()
    {
        var store = await OpenAsync();
        var operators = StreamId.Create();
        await store.ListAsync([new(_app, Hour, 0)], default);
        await store.SetClosedAsync(_app, Hour, new(operators, 7), default);
        await store.SetClosedAsync(_app, Hour, new(operators, 3), default);
        (await store.ReadClosedAsync(_app, Hour, default)).ShouldBe(new LeafPlace(operators, 7));
        await store.SetClosedAsync(_app, Hour, new(operators, 7), default);
        await Task.WhenAll(Enumerable.Range(8, 4).Select(seq => Task.Run(() => store.SetClosedAsync(_app, Hour, new(operators, seq), default))));
        (await store.ReadClosedAsync(_app, Hour, default)).ShouldBe(new LeafPlace(operators, 11));
        (await store.ReadClosedAsync(_app, Hour.Next, default)).ShouldBeNull();
        (await store.ReadClosedAsync(Of(TimelineKind.Tool, _app.Id), Hour, default)).ShouldBeNull();
        (await store.ReadHoursAsync(_app, Hour, Hour.Next, default).ToListAsync()).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Many_who_add_the_same_rows_at_once_leave_each_once()
    {
        var store = await OpenAsync();
        TimelineItem[] items = [.. Enumerable.Range(0, 60).Select(i => Item(TimeSpan.FromSeconds(i)))];
        await Task.WhenAll(Enumerable.Range(0, 4).Select(i => Task.Run(() => AddAsync(store, _app, items[(i * 10)..(30 + (i * 10))]))));
        (await store.ReadAsync(Shard(_app), Start, 1000, default)).ShouldBe(items.OrderBy(static item => item.Position, TimelinePosition.Order));
    }

    private static Timeline Of(TimelineKind kind, string id) => Timeline.TryCreate(kind, id, out var timeline) ? timeline : throw new ArgumentException(id, nameof(id));

    private static TimelineShard Shard(Timeline timeline) => new(timeline, Hour, 3);

    private static TimelineItem Item(TimeSpan into, int shard = 3)
    {
        var drawn = StreamId.Create().Value;
        var stream = new StreamId(drawn with { High = (drawn.High >> 4) | ((ulong)shard << 60) });
        return new(Hour.Start + into, stream, RandomNumberGenerator.GetInt32(1, 1000), EntryKind.Granted, AnyHash());
    }

    private static Task AddAsync(ITimelineStore store, Timeline timeline, TimelineItem[] items) => AddAsync(store, [.. items.Select(item => new TimelineRow(timeline, item))]);

    private static async Task AddAsync(ITimelineStore store, TimelineRow[] rows)
    {
        await store.ListAsync([.. rows.Select(static row => row.Shard).Distinct()], default);
        await store.AnnounceAsync([.. rows.Where(static row => row.Timeline.IsClosed).Select(static row => new HourWork(Running, row.Timeline, row.Shard.Hour)).Distinct()], default);
        await store.AddAsync(rows, default);
    }

    private static EntryHash AnyHash() => EntryHash.FromBytes(RandomNumberGenerator.GetBytes(EntryHash.Size));
}
