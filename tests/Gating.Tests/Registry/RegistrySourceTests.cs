using System.Text.Json.Nodes;
using Gating.Registry;
using Shouldly;
using Xunit;

namespace Gating.Tests.Registry;

public sealed class RegistrySourceTests
{
    private static readonly RegistryRow[] Whole = [.. Seed.Whole().Read().Valid().Rows];

    private readonly ManualTime _time = new();
    private readonly FaultyRegistryStore _store = new();
    private readonly RegistrySource _source;

    public RegistrySourceTests()
    {
        _store.Put(Whole);
        _source = new(_store, _time, RegistryMode.Production);
    }

    [Fact]
    public async Task A_young_snapshot_is_answered_at_once_and_costs_nothing()
    {
        var first = await GetAsync();
        _time.Advance(1);

        var again = _source.GetAsync(CancellationToken.None);

        again.IsCompletedSuccessfully.ShouldBeTrue();
        (await again).ShouldBeSameAs(first);
        first.Apps.Keys.ShouldBe(["studio", "other"], ignoreOrder: true);
        _store.Reads.ShouldBe(1);
    }

    [Fact]
    public async Task Idle_costs_nothing()
    {
        await GetAsync();
        await UntilIdleAsync();
        for (var minute = 0; minute < 60; minute++)
        {
            _time.Advance(60);
        }

        _store.Reads.ShouldBe(1);
        _time.Timers.ShouldBe(0);
    }

    [Fact]
    public async Task After_a_second_the_old_one_is_answered_while_one_read_runs_ahead()
    {
        var first = await GetAsync();
        _time.Advance(1.001);
        _store.Hold = new();

        for (var i = 0; i < 50; i++)
        {
            var again = _source.GetAsync(CancellationToken.None);
            again.IsCompletedSuccessfully.ShouldBeTrue();
            (await again).ShouldBeSameAs(first);
        }

        await UntilAsync(() => _store.VersionReads == 1);
        _store.Hold.SetResult();
        await UntilAsync(async () => (await GetAsync()).ReadAt > first.ReadAt);
        var refreshed = await GetAsync();
        refreshed.Version.ShouldBe(first.Version);
        refreshed.PlanOf("studio", Seed.Tool).ShouldBeSameAs(first.PlanOf("studio", Seed.Tool));
        (_store.VersionReads, _store.FullReads).ShouldBe((1, 1), "a stamp that did not move is enough");
    }

    [Fact]
    public async Task An_age_of_two_seconds_is_still_answered_and_a_moment_more_waits()
    {
        var first = await GetAsync();
        _store.Hold = new();
        _time.Advance(2);
        (await GetAsync()).ShouldBeSameAs(first);
        _store.Hold.SetResult();
        _store.Hold = null;
        await UntilAsync(async () => (await GetAsync()).ReadAt > first.ReadAt);

        _store.Hold = new();
        _time.Advance(2.001);
        var waiting = GetAsync();

        waiting.IsCompleted.ShouldBeFalse();
        _store.Hold.SetResult();
        (await waiting).ReadAt.ShouldBe(_time.GetTimestamp());
    }

    [Fact]
    public async Task The_age_counts_from_the_start_of_the_read()
    {
        _store.Hold = new();
        var began = _time.GetTimestamp();
        var waiting = GetAsync();
        await UntilAsync(() => _store.FullReads == 1);
        _time.Advance(1.9);
        _store.Hold.SetResult();

        (await waiting).ReadAt.ShouldBe(began);
        await UntilIdleAsync();
        _time.Advance(0.2);
        _store.Hold = new();
        var next = GetAsync();
        next.IsCompleted.ShouldBeFalse("it is 2.1 s old");
        _store.Hold.SetResult();
        await next;
    }

    [Fact]
    public async Task A_confirmation_counts_from_the_start_of_the_read_of_the_stamp()
    {
        await GetAsync();
        _time.Advance(3);
        _store.Hold = new();
        var began = _time.GetTimestamp();
        var waiting = GetAsync();
        await UntilAsync(() => _store.VersionReads == 1);
        _time.Advance(1.5);
        _store.Hold.SetResult();

        (await waiting).ReadAt.ShouldBe(began);
    }

    [Fact]
    public async Task A_change_is_seen_two_seconds_later_whatever_the_load()
    {
        await GetAsync();
        for (var round = 0; round < 20; round++)
        {
            var stopped = (JsonObject)JsonNode.Parse(Whole[0].Json)!;
            stopped["app"]!["status"] = round % 2 == 0 ? "stopped" : "active";
            _store.Put(Whole[0] with { Json = stopped.ToJsonString() });
            var written = _time.GetUtcNow();
            while (_time.GetUtcNow() - written < TimeSpan.FromSeconds(3.5))
            {
                _time.Advance(0.35);
                var snapshot = await GetAsync();
                _time.GetElapsedTime(snapshot.ReadAt).ShouldBeLessThanOrEqualTo(RegistrySource.MaxAge);
                if (_time.GetUtcNow() - written > RegistrySource.MaxAge)
                {
                    snapshot.Apps["studio"].Status.ShouldBe(round % 2 == 0 ? RegistryStatus.Stopped : RegistryStatus.Active);
                }
            }
        }
    }

    [Fact]
    public async Task All_who_wait_share_one_read()
    {
        _store.Hold = new();
        var waiting = Enumerable.Range(0, 200).Select(_ => Task.Run(GetAsync)).ToArray();
        await UntilAsync(() => _store.Reads == 1);
        _store.Hold.SetResult();

        var snapshots = await Task.WhenAll(waiting);

        snapshots.Distinct(ReferenceEqualityComparer.Instance).Count().ShouldBe(1);
        _store.Reads.ShouldBe(1);
    }

    [Fact]
    public async Task One_who_gives_up_takes_nobody_with_him()
    {
        _store.Hold = new();
        using var impatient = new CancellationTokenSource();
        var gone = _source.GetAsync(impatient.Token).AsTask();
        var patient = GetAsync();

        await impatient.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(gone);
        _store.Hold.SetResult();
        (await patient).Version.ShouldBe(1);
    }

    [Fact]
    public async Task Storage_down_closes_the_gate_after_two_seconds_and_storage_back_opens_it()
    {
        var first = await GetAsync();
        _store.Fault = new StorageUnavailableException("down");
        _time.Advance(1.5);
        (await GetAsync()).ShouldBeSameAs(first);
        await UntilIdleAsync();
        (await GetAsync()).ShouldBeSameAs(first, "the read ahead failed, and the old one is still young enough");

        _time.Advance(0.6);
        (await Should.ThrowAsync<StorageUnavailableException>(GetAsync())).InnerException.ShouldBe(_store.Fault);

        _store.Fault = null;
        _time.Advance(RegistrySource.FailurePause.TotalSeconds);
        (await GetAsync()).ReadAt.ShouldBe(_time.GetTimestamp());
    }

    [Fact]
    public async Task A_store_in_trouble_is_not_asked_once_per_request()
    {
        _store.Fault = new StorageUnavailableException("down");
        for (var i = 0; i < 100; i++)
        {
            await Should.ThrowAsync<StorageUnavailableException>(GetAsync());
        }

        _store.Reads.ShouldBe(1);
        _time.Advance(RegistrySource.FailurePause.TotalSeconds);
        await Should.ThrowAsync<StorageUnavailableException>(GetAsync());
        _store.Reads.ShouldBe(2);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_read_that_hangs_is_given_up_after_two_seconds(bool deaf)
    {
        _store.Hold = new();
        _store.Deaf = deaf;
        var waiting = GetAsync();
        await UntilAsync(() => _store.FullReads == 1);

        _time.Advance(2);

        await Should.ThrowAsync<StorageUnavailableException>(waiting);
        _store.Hold = null;
        _time.Advance(RegistrySource.FailurePause.TotalSeconds);
        (await GetAsync()).Version.ShouldBe(1);
    }

    [Fact]
    public async Task A_broken_row_closes_the_gate_whole_and_a_mended_one_opens_it()
    {
        await GetAsync();
        _store.Put(Whole[0] with { Json = "{\"version\":9,\"app\":{}}" });
        _time.Advance(2.001);

        var refused = await Should.ThrowAsync<RegistryUnreadableException>(GetAsync());
        refused.Version.ShouldBe(2);
        refused.Errors.ShouldContain(error => error.At == "/app/studio/version");

        for (var i = 0; i < 5; i++)
        {
            _time.Advance(0.2);
            await Should.ThrowAsync<RegistryUnreadableException>(GetAsync());
        }

        _store.FullReads.ShouldBe(2, "a broken registry is not read whole again until it changes");
        _store.Put(Whole[0]);
        _time.Advance(0.2);
        (await GetAsync()).Version.ShouldBe(3);
    }

    [Fact]
    public async Task A_bug_is_not_passed_off_as_trouble_with_storage()
    {
        _store.Fault = new InvalidCastException("bug");

        await Should.ThrowAsync<InvalidCastException>(GetAsync());
    }

    [Fact]
    public async Task Nothing_written_yet_is_a_registry_that_knows_nobody()
    {
        var snapshot = await new RegistrySource(new FaultyRegistryStore(), _time, RegistryMode.Production).GetAsync(CancellationToken.None);

        (snapshot.Version, snapshot.Apps.Count, snapshot.PersonQuotas.Length).ShouldBe((0, 0, 0));
    }

    private Task<RegistrySnapshot> GetAsync() => _source.GetAsync(CancellationToken.None).AsTask();

    /// <summary>A read holds one timer, its own time limit, and lets it go at its end.</summary>
    private Task UntilIdleAsync() => UntilAsync(() => _time.Timers == 0);

    private static Task UntilAsync(Func<bool> condition) => UntilAsync(() => Task.FromResult(condition()));

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!await condition())
        {
            await Task.Delay(1, limit.Token);
        }
    }
}
