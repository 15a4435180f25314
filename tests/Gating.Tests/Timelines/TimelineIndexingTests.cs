using Gating.Ledger;
using Gating.Testing;
using Gating.Testing.Storage;
using Gating.Timelines;
using Shouldly;
using Xunit;

namespace Gating.Tests.Timelines;

/// <summary>What indexing writes, in which order, and onto which list. That no call that fails leaves anything out is SealerFaultsTests' to show, whose entries are on three timelines each.</summary>
public sealed class TimelineIndexingTests
{
    private readonly ManualTime _time = ManualTime.AtNoon();
    private readonly InMemoryTimelineStore _store = new();
    private bool _isClockRight = true;

    private UtcHour Running => UtcHour.Of(_time.GetUtcNow());

    [Fact]
    public async Task An_entry_is_on_its_timelines_and_the_hours_of_its_app_and_tool_are_on_the_running_hours_list()
    {
        var entry = SomeTimelines.EntryAt(Some.Time);
        await NewIndexing().AddAsync([entry, entry], default);
        Timeline[] timelines = [SomeTimelines.App, SomeTimelines.Tool, SomeTimelines.Issuer];
        _store.Rows.ShouldBe(timelines.Select(timeline => new TimelineRow(timeline, TimelineItem.Of(entry))), ignoreOrder: true);
        _store.Work.ShouldBe([new(Running, SomeTimelines.App, SomeTimelines.Hour), new(Running, SomeTimelines.Tool, SomeTimelines.Hour)], ignoreOrder: true);
    }

    [Fact]
    public async Task What_an_instance_knows_to_be_listed_it_does_not_write_again_and_another_does()
    {
        var indexing = NewIndexing();
        for (var i = 0; i < 5; i++)
        {
            await indexing.AddAsync([SomeTimelines.EntryAt(Some.Time.AddMinutes(i), new StreamId(new(0, 7)), i + 1)], default);
        }

        Calls().ShouldBe((1, 1, 5));
        await NewIndexing().AddAsync([SomeTimelines.EntryAt(Some.Time, new StreamId(new(0, 7)), 9)], default);
        Calls().ShouldBe((2, 2, 6));

        // The list of the next hour is another one.
        _time.Pass(TimeSpan.FromHours(1));
        await indexing.AddAsync([SomeTimelines.EntryAt(Some.Time, new StreamId(new(0, 7)), 10)], default);
        Calls().ShouldBe((2, 3, 7));
        _store.Work.Count.ShouldBe(4);
    }

    [Fact]
    public async Task What_could_not_be_listed_is_not_taken_for_listed()
    {
        var indexing = NewIndexing();
        foreach (var call in new[] { StoreCall.ListHours, StoreCall.AnnounceHours })
        {
            _store.Faults.On(call, Fault.Before);
            await Should.ThrowAsync<StorageUnavailableException>(() => indexing.AddAsync([SomeTimelines.EntryAt(Some.Time)], default));
            _store.Rows.ShouldBeEmpty();
        }

        await indexing.AddAsync([SomeTimelines.EntryAt(Some.Time)], default);
        _store.Rows.Count.ShouldBe(3);
        _store.Faults.Violations.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(61, 1)]
    [InlineData(63, 2)]
    [InlineData(180, 2)]
    public async Task Rows_that_are_written_long_after_the_hour_of_their_list_are_on_a_later_one_as_well(int minutes, int lists)
    {
        var first = Running;
        var hold = _store.Faults.HoldNext(StoreCall.AddTimelines);
        var adding = NewIndexing().AddAsync([SomeTimelines.EntryAt(Some.Time)], default);
        await hold.Reached;
        _time.Pass(TimeSpan.FromMinutes(minutes));
        hold.Release();
        await adding;

        UtcHour[] expected = lists == 1 ? [first] : [first, Running];
        _store.Work.Select(static work => work.Indexed).Distinct().ShouldBe(expected);
        _store.Work.Count.ShouldBe(2 * lists);
    }

    [Fact]
    public async Task By_a_clock_that_is_off_nothing_is_said_to_be_indexed()
    {
        _isClockRight = false;
        await Should.ThrowAsync<StorageUnavailableException>(() => NewIndexing().AddAsync([SomeTimelines.EntryAt(Some.Time)], default));
        await NewIndexing().AddAsync([], default);
    }

    private TimelineIndexing NewIndexing() => new(_store, new(() => _isClockRight, TimeSpan.Zero), _time);

    private (long Lists, long Announcements, long Adds) Calls() => (_store.Faults.Calls(StoreCall.ListHours), _store.Faults.Calls(StoreCall.AnnounceHours), _store.Faults.Calls(StoreCall.AddTimelines));
}
