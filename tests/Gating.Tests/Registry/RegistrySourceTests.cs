using System.Text.Json.Nodes;
using Gating.Registry;
using Gating.Testing;
using Gating.Testing.Storage;
using Shouldly;
using Xunit;

namespace Gating.Tests.Registry;

public sealed class RegistrySourceTests : IAsyncLifetime
{
    private static readonly RegistryRow[] Whole = [.. Seed.Whole().Read().Valid().Rows];

    private readonly ManualTime _time = ManualTime.Stepped();
    private readonly InMemoryRegistryStore _store = new();
    private readonly RegistrySource _source;
    private long _version;

    public RegistrySourceTests() => _source = new(_store, _time, RegistryMode.Production);

    private Faults Faults => _store.Faults;

    private long VersionReads => Faults.Calls(StoreCall.ReadRegistryVersion);

    private long FullReads => Faults.Calls(StoreCall.ReadRegistry);

    public Task InitializeAsync() => PutAsync(Whole);

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task A_young_snapshot_is_answered_at_once_and_costs_nothing()
    {
        var first = await GetAsync();
        Pass(1);

        var again = _source.GetAsync(CancellationToken.None);

        again.IsCompletedSuccessfully.ShouldBeTrue();
        (await again).ShouldBeSameAs(first);
        first.Apps.Keys.ShouldBe(["studio", "other"], ignoreOrder: true);
        (VersionReads + FullReads).ShouldBe(1);
    }

    [Fact]
    public async Task Idle_costs_nothing()
    {
        await GetAsync();
        for (var minute = 0; minute < 60; minute++)
        {
            Pass(60);
        }

        (VersionReads + FullReads).ShouldBe(1);
        _time.Waiting.ShouldBe(0);
    }

    [Fact]
    public async Task After_a_second_the_old_one_is_answered_while_one_read_runs_ahead()
    {
        var first = await GetAsync();
        Pass(1.001);
        var hold = Faults.HoldNext(StoreCall.ReadRegistryVersion);

        for (var i = 0; i < 50; i++)
        {
            var again = _source.GetAsync(CancellationToken.None);
            again.IsCompletedSuccessfully.ShouldBeTrue();
            (await again).ShouldBeSameAs(first);
        }

        await hold.Reached;
        hold.Release();
        await UntilRefreshedAsync(first);
        var refreshed = await GetAsync();
        refreshed.Version.ShouldBe(first.Version);
        refreshed.PlanOf("studio", Seed.Tool).ShouldBeSameAs(first.PlanOf("studio", Seed.Tool));
        (VersionReads, FullReads).ShouldBe((1, 1), "a stamp that did not move is enough");
    }

    [Fact]
    public async Task An_age_of_two_seconds_is_still_answered_and_a_moment_more_waits()
    {
        var first = await GetAsync();
        Pass(2);
        (await GetAsync()).ShouldBeSameAs(first);
        await UntilRefreshedAsync(first);

        var hold = Faults.HoldNext(StoreCall.ReadRegistryVersion);
        Pass(2.001);
        var waiting = GetAsync();

        await hold.Reached;
        waiting.IsCompleted.ShouldBeFalse();
        hold.Release();
        (await waiting).ReadAt.ShouldBe(_time.GetTimestamp());
    }

    [Fact]
    public async Task The_age_counts_from_the_start_of_the_read()
    {
        var hold = Faults.HoldNext(StoreCall.ReadRegistry);
        var began = _time.GetTimestamp();
        var waiting = GetAsync();
        await hold.Reached;
        Pass(1.9);
        hold.Release();
        (await waiting).ReadAt.ShouldBe(began);

        hold = Faults.HoldNext(StoreCall.ReadRegistryVersion);
        Pass(0.2);
        var next = GetAsync();
        await hold.Reached;
        next.IsCompleted.ShouldBeFalse("it is 2.1 s old");
        hold.Release();
        await next;
    }

    [Fact]
    public async Task A_confirmation_counts_from_the_start_of_the_read_of_the_stamp()
    {
        await GetAsync();
        Pass(3);
        var hold = Faults.HoldNext(StoreCall.ReadRegistryVersion);
        var began = _time.GetTimestamp();
        var waiting = GetAsync();
        await hold.Reached;
        Pass(1.5);
        hold.Release();

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
            await PutAsync(Whole[0] with { Json = stopped.ToJsonString() });
            var written = _time.GetUtcNow();
            while (_time.GetUtcNow() - written < TimeSpan.FromSeconds(3.5))
            {
                Pass(0.35);
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
        var hold = Faults.HoldNext(StoreCall.ReadRegistry);
        var waiting = Enumerable.Range(0, 200).Select(_ => GetAsync()).Concat(Enumerable.Range(0, 50).Select(_ => Task.Run(GetAsync))).ToArray();
        await hold.Reached;
        hold.Release();

        var snapshots = await Task.WhenAll(waiting);

        snapshots.Distinct(ReferenceEqualityComparer.Instance).Count().ShouldBe(1);
        (VersionReads + FullReads).ShouldBe(1);
    }

    [Fact]
    public async Task One_who_gives_up_takes_nobody_with_him()
    {
        var hold = Faults.HoldNext(StoreCall.ReadRegistry);
        using var impatient = new CancellationTokenSource();
        var gone = _source.GetAsync(impatient.Token).AsTask();
        var patient = GetAsync();

        await impatient.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(gone);
        hold.Release();
        (await patient).Version.ShouldBe(1);
    }

    [Fact]
    public async Task Storage_down_closes_the_gate_after_two_seconds_and_storage_back_opens_it()
    {
        var first = await GetAsync();
        using (Faults.Outage(Fault.Before))
        {
            Pass(1.5);
            (await GetAsync()).ShouldBeSameAs(first);
            await Eventually.TrueAsync(() => VersionReads == 1);
            (await GetAsync()).ShouldBeSameAs(first, "the read ahead failed, and the old one is still young enough");

            Pass(0.6);
            (await Should.ThrowAsync<StorageUnavailableException>(GetAsync())).InnerException.ShouldBeOfType<StorageUnavailableException>();
        }

        Pass(RegistrySource.FailurePause.TotalSeconds);
        (await GetAsync()).ReadAt.ShouldBe(_time.GetTimestamp());
    }

    [Fact]
    public async Task A_store_in_trouble_is_not_asked_once_per_request()
    {
        using var outage = Faults.Outage(Fault.Before);
        for (var i = 0; i < 100; i++)
        {
            await Should.ThrowAsync<StorageUnavailableException>(GetAsync());
        }

        FullReads.ShouldBe(1);
        Pass(RegistrySource.FailurePause.TotalSeconds);
        await Should.ThrowAsync<StorageUnavailableException>(GetAsync());
        FullReads.ShouldBe(2);
    }

    [Fact]
    public async Task A_read_that_hangs_and_does_not_listen_is_given_up_after_two_seconds()
    {
        var hold = Faults.HoldNext(StoreCall.ReadRegistry);
        var waiting = GetAsync();
        await hold.Reached;

        // The store holds the call; the source must have got as far as waiting for it with its limit.
        Pass(2);

        await Should.ThrowAsync<StorageUnavailableException>(waiting);
        Pass(RegistrySource.FailurePause.TotalSeconds);
        (await GetAsync()).Version.ShouldBe(1);
        hold.Release();
    }

    [Fact]
    public async Task A_broken_row_closes_the_gate_whole_and_a_mended_one_opens_it()
    {
        await GetAsync();
        await PutAsync(Whole[0] with { Json = "{\"version\":9,\"app\":{}}" });
        Pass(2.001);

        var refused = await Should.ThrowAsync<RegistryUnreadableException>(GetAsync());
        refused.Version.ShouldBe(2);
        refused.Errors.ShouldContain(error => error.At == "/app/studio/version");

        for (var i = 0; i < 5; i++)
        {
            Pass(0.2);
            await Should.ThrowAsync<RegistryUnreadableException>(GetAsync());
        }

        FullReads.ShouldBe(2, "a broken registry is not read whole again until it changes");
        await PutAsync(Whole[0]);
        Pass(0.2);
        (await GetAsync()).Version.ShouldBe(3);
    }

    [Fact]
    public async Task An_older_registry_that_is_put_back_closes_the_gate_until_there_is_a_later_one()
    {
        var (before, rows) = await _store.ReadAsync(CancellationToken.None);
        await PutAsync(Whole[0] with { Json = Whole[0].Json.Replace("\"active\"", "\"stopped\"", StringComparison.Ordinal) });
        (await GetAsync()).Version.ShouldBe(2);
        _store.PutBack(before, rows);
        Pass(3);
        (await Should.ThrowAsync<RegistryUnreadableException>(GetAsync)).Errors[0].Seen.ShouldBe("version 1, after 2");

        // Another instance, that starts now, knows no later one.
        (await new RegistrySource(_store, _time, RegistryMode.Production).GetAsync(CancellationToken.None)).Version.ShouldBe(1);
        _version = 1;
        await PutAsync(Whole);
        await PutAsync(Whole);
        Pass(1);
        (await GetAsync()).Version.ShouldBe(3);
    }

    [Fact]
    public async Task A_bug_is_not_passed_off_as_trouble_with_storage()
    {
        var source = new RegistrySource(new BuggyStore(), _time, RegistryMode.Production);

        await Should.ThrowAsync<InvalidCastException>(async () => await source.GetAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Nothing_written_yet_is_a_registry_that_knows_nobody()
    {
        var snapshot = await new RegistrySource(new InMemoryRegistryStore(), _time, RegistryMode.Production).GetAsync(CancellationToken.None);

        (snapshot.Version, snapshot.Apps.Count, snapshot.PersonQuotas.Length).ShouldBe((0, 0, 0));
    }

    private void Pass(double seconds) => _time.Pass(TimeSpan.FromSeconds(seconds));

    private Task<RegistrySnapshot> GetAsync() => _source.GetAsync(CancellationToken.None).AsTask();

    private async Task PutAsync(params RegistryRow[] rows) =>
        _version = (await _store.WriteAsync(_version, rows, [], CancellationToken.None)).ShouldNotBeNull();

    /// <summary>Until a demand is answered with what the read ahead brought.</summary>
    private Task UntilRefreshedAsync(RegistrySnapshot old) => Eventually.TrueAsync(async () => (await GetAsync()).ReadAt != old.ReadAt);

    private sealed class BuggyStore : IRegistryStore
    {
        public Task<long> ReadVersionAsync(CancellationToken cancellation) => throw new InvalidCastException();

        public Task<(long Version, IReadOnlyList<RegistryRow> Rows)> ReadAsync(CancellationToken cancellation) => throw new InvalidCastException();

        public Task<long?> WriteAsync(
            long expectedVersion, IReadOnlyList<RegistryRow> upserts, IReadOnlyList<RegistryRow> deletions, CancellationToken cancellation) =>
            throw new InvalidCastException();
    }
}
