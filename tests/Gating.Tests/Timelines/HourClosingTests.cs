using System.Text;
using Gating.Ledger;
using Gating.Testing.Storage;
using Gating.Tests.Generations;
using Gating.Timelines;
using Shouldly;
using Xunit;

namespace Gating.Tests.Timelines;

/// <summary>When hours are closed, what their entries say, and what is not recorded.</summary>
public sealed class HourClosingTests
{
    private readonly HourWorld _world = new();

    [Fact]
    public void An_hours_digest_is_over_the_hashes_in_their_order_and_nothing_else()
    {
        var (one, two) = (Hash(1), Hash(2));
        HourDigest.Of([one, two]).ToString().ShouldBe($"2 entries of SHA-256 {Vector}");
        HourDigest.Of([two, one]).ShouldNotBe(HourDigest.Of([one, two]));
        HourDigest.Of([]).ToString().ShouldBe("0 entries of SHA-256 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }

    [Theory]
    [InlineData(null, "")]
    [InlineData(41L, ",\"supersedes\":41")]
    public void The_entry_is_written_as_it_always_was_and_read_back(long? supersedes, string rest)
    {
        var closed = new ClosedHour(SomeTimelines.Tool, SomeTimelines.Hour, HourDigest.Of([Hash(1), Hash(2)]), supersedes);
        Encoding.ASCII.GetString(closed.ToEntry()).ShouldBe($$"""{"v":1,"timeline":"tool","id":"https://tools.test/face","hour":1777896000000,"count":2,"sha256":"{{Vector}}"{{rest}}}""");
        ClosedHour.Read(GenerationEntriesTests.EntryOf(EntryKind.HourClosed, closed.ToEntry())).ShouldBe(closed);
        ClosedHour.Read(GenerationEntriesTests.EntryOf(EntryKind.Granted, closed.ToEntry())).ShouldBeNull();
    }

    [Theory]
    [InlineData("""{"v":1,"timeline":"tool","id":"t","hour":1777896000001,"count":0,"sha256":"00"}""")]
    [InlineData("""{"v":1,"timeline":"nobody","id":"t","hour":1777896000000,"count":0,"sha256":"00"}""")]
    [InlineData("""{"v":1,"timeline":"app","id":"","hour":1777896000000,"count":0,"sha256":"00"}""")]
    public void An_entry_that_names_no_hour_of_a_timeline_is_refused(string json) =>
        Should.Throw<FormatException>(() => ClosedHour.Read(GenerationEntriesTests.EntryOf(EntryKind.HourClosed, Encoding.ASCII.GetBytes(json))));

    [Fact]
    public void An_entry_of_another_version_is_refused_by_its_number() =>
        Should.Throw<UnknownVersionException>(static () => ClosedHour.Read(GenerationEntriesTests.EntryOf(EntryKind.HourClosed, "{\"v\":2}"u8.ToArray()))).Version.ShouldBe(2);

    [Fact]
    public async Task An_hour_is_closed_a_quarter_after_the_hour_in_which_it_was_indexed_and_not_again()
    {
        await _world.IndexAsync(HourWorld.Noon, 5);
        await _world.IndexAsync(SomeTimelines.Hour, 3);
        _world.Time.Pass(TimeSpan.FromMinutes(75) - TimeSpan.FromTicks(1));
        (await _world.RunAsync()).ShouldBe(new(0, 0, 0));
        _world.Time.Pass(TimeSpan.FromTicks(1));

        (await _world.RunAsync()).ShouldBe(new(4, 0, 0));

        (await _world.ClosedAsync()).Select(static one => (one.Closed.Timeline.Kind, one.Closed.Hour, one.Closed.Digest.Count, one.Closed.Supersedes)).ShouldBe(
            [
                (TimelineKind.App, HourWorld.Noon, 5, null), (TimelineKind.Tool, HourWorld.Noon, 5, null), (TimelineKind.App, SomeTimelines.Hour, 3, null), (TimelineKind.Tool, SomeTimelines.Hour, 3, null),
            ],
            ignoreOrder: true);
        await _world.ShouldBeRightAsync();
        var reads = _world.Faults.Calls(StoreCall.ReadTimelines);
        (await _world.RunAsync()).ShouldBe(new(0, 0, 0));
        _world.Faults.Calls(StoreCall.ReadTimelines).ShouldBe(reads);
    }

    [Fact]
    public async Task What_is_indexed_again_in_a_later_hour_changes_nothing()
    {
        var entries = new[] { SomeTimelines.EntryAt(Some.Time) };
        for (var i = 0; i < 3; i++)
        {
            await new TimelineIndexing(_world.Store, new(static () => true, TimeSpan.Zero), _world.Time).AddAsync(entries, default);
            _world.PassHour();
            (await _world.RunAsync()).ShouldBe(i == 0 ? new(2, 0, 0) : new(0, 2, 0));
        }

        (await _world.ClosedAsync()).Count.ShouldBe(2);
        await _world.ShouldBeRightAsync();
    }

    [Fact]
    public async Task Entries_that_were_announced_late_close_their_hour_anew_and_the_entry_says_what_it_supersedes()
    {
        await _world.IndexAsync(SomeTimelines.Hour, 2);
        _world.PassHour();
        await _world.RunAsync();
        await _world.IndexAsync(SomeTimelines.Hour, 1);
        _world.PassHour();
        (await _world.RunAsync()).ShouldBe(new(2, 0, 0));
        (await _world.ClosedAsync()).Where(static one => one.Closed.Timeline == SomeTimelines.Tool).Select(static one => (one.Closed.Digest.Count, one.Closed.Supersedes is null)).ShouldBe([(2, true), (3, false)]);
        foreach (var (seq, closed) in await _world.ClosedAsync())
        {
            (closed.Supersedes ?? 0).ShouldBeLessThan(seq);
        }

        await _world.ShouldBeRightAsync();
    }

    [Fact]
    public async Task Many_hours_are_closed_in_the_order_of_their_lists_and_a_run_that_is_cut_off_is_gone_on_from()
    {
        for (var i = 0; i < 40; i++)
        {
            await _world.IndexAsync(new(SomeTimelines.Hour.Number + i), 1);
            _world.Time.Pass(TimeSpan.FromMinutes(30));
        }

        _world.PassHour();
        _world.Faults.On(StoreCall.SetClosed, Fault.Before, 50);
        (await _world.TryAsync()).ShouldBeNull();
        var kept = HourWork.TryParse(await _world.Cursors.ReadAsync("hours", default), out var done) ? done : default;
        kept.Indexed.Number.ShouldBeInRange(HourWorld.Noon.Number + 10, HourWorld.Noon.Number + 14);
        var rest = await _world.RunAsync();
        (rest.Closed + rest.Same).ShouldBe(80 - 48);
        await _world.ShouldBeRightAsync();
    }

    [Fact]
    public async Task An_hour_that_has_less_than_was_recorded_is_an_alarm_and_the_record_stays()
    {
        await _world.IndexAsync(SomeTimelines.Hour, 3);
        await _world.IndexAsync(HourWorld.Noon, 1);
        _world.PassHour();
        await _world.RunAsync();
        _world.Store.Lose(_world.Store.Rows.First(static row => row.Timeline == SomeTimelines.Tool && row.Shard.Hour == SomeTimelines.Hour));
        _world.Time.Pass(TimeSpan.FromHours(1));
        await _world.Store.AnnounceAsync([new(UtcHour.Of(_world.Time.GetUtcNow()), SomeTimelines.Tool, SomeTimelines.Hour), new(UtcHour.Of(_world.Time.GetUtcNow()), SomeTimelines.Tool, HourWorld.Noon)], default);
        _world.PassHour();

        (await _world.RunAsync()).ShouldBe(new(0, 1, 1));
        (await _world.ClosedAsync()).Count.ShouldBe(4);

        // As many, but others: no less.
        await _world.IndexAsync(SomeTimelines.Hour, 1);
        _world.PassHour();
        (await _world.RunAsync()).ShouldBe(new(1, 0, 1));
    }

    [Fact]
    public async Task A_row_that_names_no_entry_which_closed_the_hour_is_an_alarm_and_the_others_go_on()
    {
        await _world.IndexAsync(SomeTimelines.Hour, 3);
        await _world.Store.SetClosedAsync(SomeTimelines.App, SomeTimelines.Hour, new(new StreamId(new(0, 7)), 1), default);
        _world.PassHour();
        (await _world.RunAsync()).ShouldBe(new(1, 0, 1));
        (await _world.ClosedAsync()).ShouldHaveSingleItem().Closed.Timeline.ShouldBe(SomeTimelines.Tool);
    }

    [Fact]
    public async Task By_a_clock_that_is_off_nothing_is_closed()
    {
        await _world.IndexAsync(SomeTimelines.Hour, 3);
        _world.PassHour();
        _world.IsClockRight = false;
        (await _world.RunAsync()).ShouldBe(new(0, 0, 0));
        _world.Ledger.Streams.ShouldBeEmpty();
        _world.IsClockRight = true;
        (await _world.RunAsync()).Closed.ShouldBe(2);
    }

    [Fact]
    public async Task A_run_that_is_cancelled_ends()
    {
        await _world.IndexAsync(SomeTimelines.Hour, 3);
        _world.PassHour();
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => _world.NewInstance().RunAsync(cancelled.Token));
        _world.Ledger.Streams.ShouldBeEmpty();
    }

    /// <summary>SHA-256 of 32 bytes 1 and 32 bytes 2, by another program.</summary>
    private const string Vector = "f818afd37a6dc3bc92fb44731011277006db4efa6e9023cd7468c02335d22a4d";

    private static EntryHash Hash(byte value) => EntryHash.FromBytes(Enumerable.Repeat(value, EntryHash.Size).ToArray());
}
