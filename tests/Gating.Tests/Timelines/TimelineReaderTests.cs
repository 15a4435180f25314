using System.Security.Cryptography;
using Gating.Ledger;
using Gating.Testing.Storage;
using Gating.Timelines;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace Gating.Tests.Timelines;

/// <summary>Pages of a timeline: whole, in order, each item once, whatever is written meanwhile, and at a cost that goes by what is there.</summary>
public sealed class TimelineReaderTests(ITestOutputHelper output)
{
    private static readonly DateTimeOffset Start = SomeTimelines.Hour.Start;

    private readonly InMemoryTimelineStore _store = new();

    private TimelineReader Reader => new(_store);

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(100)]
    [InlineData(1000)]
    public async Task Pages_of_any_size_give_the_whole_span_in_order_and_nothing_else(int most)
    {
        var random = new Random(most);
        var streams = Enumerable.Range(0, 9).Select(static _ => StreamId.Create()).ToArray();
        var seqs = 0;

        // Many of one millisecond and of one stream; hours without any; some before and after the span.
        var entries = Enumerable.Range(0, 900).Select(_ => SomeTimelines.EntryAt(
            Start.AddHours(random.Next(-3, 60) / 3 * 3).AddMilliseconds(random.Next(4) * 1_199_999), streams[random.Next(streams.Length)], ++seqs)).ToArray();
        await AddAsync(entries);
        var range = new TimelineRange(Start.AddMilliseconds(1), Start.AddHours(40).AddTicks(-1));

        var (items, pages) = await ReadAllAsync(range, most);

        items.ShouldBe(Expected(entries, range));
        items.Count.ShouldBeInRange(300, 800);
        pages.ShouldBe((items.Count / most) + 1);
        _store.MostAsked.ShouldBeLessThanOrEqualTo(TimelineReader.MostHeld);
    }

    [Fact]
    public async Task What_was_there_when_paging_began_comes_once_whatever_is_written_between_the_pages()
    {
        var before = Enumerable.Range(0, 300).Select(static i => SomeTimelines.EntryAt(Start.AddMinutes(i))).ToArray();
        await AddAsync(before);
        var (items, after) = (new List<TimelineItem>(), (TimelinePosition?)null);
        do
        {
            var page = await Reader.ReadAsync(SomeTimelines.Tool, new(Start, Start.AddDays(1)), after, 11, default);
            items.AddRange(page.Items);
            after = page.Next;

            // Everywhere: before the position, after it, in the same millisecond.
            await AddAsync([.. Enumerable.Range(0, 10).Select(_ => SomeTimelines.EntryAt(Start.AddMinutes(RandomNumberGenerator.GetInt32(300))))]);
        }
        while (after is not null);

        items.Distinct().Count().ShouldBe(items.Count);
        items.Select(static item => item.Position).ShouldBe(items.Select(static item => item.Position).Order(TimelinePosition.Order));
        before.Select(TimelineItem.Of).ShouldBeSubsetOf(items);
        items.Count.ShouldBeGreaterThan(300);
        output.WriteLine($"300 that were there, {items.Count - 300} of those that came meanwhile");
    }

    [Fact]
    public async Task Another_timeline_is_not_seen_and_a_span_without_anything_is_an_empty_page()
    {
        await AddAsync(SomeTimelines.EntryAt(Start));
        (await Reader.ReadAsync(SomeTimelines.Of(TimelineKind.App, SomeTimelines.Tool.Id), new(Start, Start.AddDays(1)), null, 5, default)).Items.ShouldBeEmpty();
        (await Reader.ReadAsync(SomeTimelines.Tool, new(Start.AddHours(1), Start.AddDays(1)), null, 5, default)).ShouldBe(new([], null), new PageComparer());
        (await Reader.ReadAsync(SomeTimelines.Tool, new(Start, Start), null, 5, default)).Items.ShouldBeEmpty();
        (await Reader.ReadAsync(SomeTimelines.Tool, new(Start.AddDays(1), Start), null, 5, default)).Items.ShouldBeEmpty();
        (await Reader.ReadAsync(SomeTimelines.Tool, new(Start, Start.AddTicks(1)), null, 5, default)).Items.ShouldHaveSingleItem();
        (await Reader.ReadAsync(SomeTimelines.Tool, new(Start, Start.AddDays(1)), TimelinePosition.Before(Start.AddDays(3)), 5, default)).Items.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1001, 1)]
    [InlineData(10, 3661)]
    public async Task What_has_no_bound_is_not_read(int most, int days) =>
        await Should.ThrowAsync<ArgumentOutOfRangeException>(() => Reader.ReadAsync(SomeTimelines.Tool, new(Start, Start.AddDays(days)), null, most, default));

    [Fact]
    public async Task A_year_costs_by_its_hours_that_have_rows_and_by_their_shards_that_do()
    {
        var year = new TimelineRange(Start, Start.AddDays(365));
        (await CostAsync(year, 1000)).ShouldBe((0, 1, 0));

        // An hour a day, one stream each.
        await AddAsync([.. Enumerable.Range(0, 365).Select(static i => SomeTimelines.EntryAt(Start.AddDays(i)))]);
        var sparse = await CostAsync(year, 1000);
        sparse.ShouldBe((365, 1, 365));

        // One busy hour of all shards.
        await AddAsync([.. Enumerable.Range(0, 8000).Select(static i => SomeTimelines.EntryAt(Start.AddMilliseconds(i)))]);
        var busy = await CostAsync(new(Start, Start.AddHours(1)), 1000);
        output.WriteLine($"a year of an entry a day: {sparse.Queries} queries of rows; 8001 items of one hour in pages of 1000: {busy.Queries} queries of rows");
        busy.Items.ShouldBe(8001);
        busy.Queries.ShouldBeLessThan(16 * 9 * 3);
    }

    /// <summary>Items, looks at the list of hours, and queries of rows, of the whole span.</summary>
    private async Task<(int Items, int Looks, int Queries)> CostAsync(TimelineRange range, int most)
    {
        var (hours, rows) = (_store.Faults.Calls(StoreCall.ReadHours), _store.Faults.Calls(StoreCall.ReadTimelines));
        var (items, pages) = await ReadAllAsync(range, most);
        return (items.Count, (int)(_store.Faults.Calls(StoreCall.ReadHours) - hours) - pages + 1, (int)(_store.Faults.Calls(StoreCall.ReadTimelines) - rows));
    }

    private async Task<(List<TimelineItem> Items, int Pages)> ReadAllAsync(TimelineRange range, int most)
    {
        var (items, pages, after) = (new List<TimelineItem>(), 0, (TimelinePosition?)null);
        do
        {
            // Through its text, as a caller gets it.
            after = TimelinePosition.TryParse(after?.ToString(), out var position) ? position : null;
            var page = await Reader.ReadAsync(SomeTimelines.Tool, range, after, most, default);
            page.Items.Count.ShouldBeLessThanOrEqualTo(most);
            items.AddRange(page.Items);
            (after, pages) = (page.Next, pages + 1);
        }
        while (after is not null);
        return (items, pages);
    }

    private static TimelineItem[] Expected(IEnumerable<Entry> entries, TimelineRange range) =>
        [.. entries.Select(TimelineItem.Of).Where(item => item.Time >= range.From && item.Time < range.To).OrderBy(static item => item.Position, TimelinePosition.Order)];

    private Task AddAsync(params Entry[] entries) => new TimelineIndexing(_store, new(static () => true, TimeSpan.Zero), TimeProvider.System).AddAsync(entries, default);

    private sealed class PageComparer : IEqualityComparer<TimelinePage>
    {
        public bool Equals(TimelinePage? x, TimelinePage? y) => x!.Items.SequenceEqual(y!.Items) && x.Next == y.Next;

        public int GetHashCode(TimelinePage obj) => 0;
    }
}
