using Gating.Ledger;
using Gating.Testing;
using Gating.Testing.Storage;
using Shouldly;
using Xunit;

namespace Gating.Tests.Ledger.Append;

/// <summary>No acknowledged entry without its reference in the queue.</summary>
public sealed class AnnouncedTests
{
    private readonly LedgerWorld _world = new();

    [Fact]
    public async Task Every_acknowledged_entry_was_announced()
    {
        await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => Task.Run(() => _world.AppendAsync())));
        _world.AnnouncedSeqs().Distinct().Order().ShouldBe(Enumerable.Range(1, 200).Select(seq => (long)seq));
    }

    [Fact]
    public async Task An_entry_whose_reference_was_not_queued_is_not_acknowledged()
    {
        await _world.LoseReferenceAsync();
        (await _world.HeadAsync()).Seq.ShouldBe(1);
        _world.Queue.References.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_next_append_announces_what_was_left()
    {
        await _world.LoseReferenceAsync();
        await _world.AppendAsync();
        _world.AnnouncedSeqs().ShouldBe([1, 2]);
    }

    [Fact]
    public async Task Another_instance_announces_what_this_one_left()
    {
        await _world.LoseReferenceAsync();
        await _world.AppendAsync(by: _world.NewInstance());
        _world.AnnouncedSeqs().ShouldBe([1, 2]);
    }

    [Fact]
    public async Task An_instance_that_starts_announces_nothing_twice()
    {
        await _world.AppendAsync();
        await _world.AppendAsync();
        await _world.AppendAsync(by: _world.NewInstance());
        _world.Queue.References[^1].ShouldBe(new(LedgerWorld.Stream, 2, 3));
        (await _world.HeadAsync()).Announced.ShouldBe(1);
    }

    [Fact]
    public async Task Once_a_put_succeeds_commits_wait_for_none()
    {
        await _world.LoseReferenceAsync();
        await _world.AppendAsync();
        var put = _world.Faults.HoldNext(StoreCall.PutTrace);
        var commits = _world.Faults.Calls(StoreCall.Commit);
        var append = _world.AppendAsync();
        await put.Reached;
        await Eventually.TrueAsync(() => _world.Faults.Calls(StoreCall.Commit) == commits + 1);
        put.Release();
        await append;
    }

    [Fact]
    public async Task After_a_failed_put_nothing_is_committed_until_a_put_succeeds()
    {
        await _world.LoseReferenceAsync();
        using (_world.Faults.Outage(Fault.Before, StoreCall.PutTrace))
        {
            var commits = _world.Faults.Calls(StoreCall.Commit);
            await Should.ThrowAsync<StorageUnavailableException>(_world.AppendAsync());
            await Should.ThrowAsync<StorageUnavailableException>(_world.AppendAsync(stream: new(new(0, 8))));
            _world.Faults.Calls(StoreCall.Commit).ShouldBe(commits);
        }

        (await _world.AppendAsync()).ShouldBeOfType<AppendOutcome<bool>.Done>();
        (await _world.HeadAsync()).Seq.ShouldBe(2);
    }

    [Fact]
    public async Task The_head_remembers_what_is_announced()
    {
        await _world.AppendAsync();
        await _world.AppendAsync();
        (await _world.HeadAsync()).Announced.ShouldBe(1);
        await _world.AppendAsync();
        (await _world.HeadAsync()).Announced.ShouldBe(2);
        _world.Queue.References[^1].ShouldBe(new(LedgerWorld.Stream, 3, 3));
    }

    [Fact]
    public async Task A_repeated_request_is_answered_only_after_its_entry_is_announced()
    {
        await _world.LoseReferenceAsync();
        (await _world.Appender.ReadAnnouncedAsync(LedgerWorld.Stream, 1, default)).ShouldNotBeNull();
        _world.AnnouncedSeqs().ShouldBe([1]);

        using var outage = _world.Faults.Outage(Fault.Before, StoreCall.PutTrace);
        await Should.ThrowAsync<StorageUnavailableException>(_world.Appender.ReadAnnouncedAsync(LedgerWorld.Stream, 1, default));
    }

    [Fact]
    public async Task A_decision_older_than_five_seconds_is_taken_again_before_it_is_sent()
    {
        await _world.LoseReferenceAsync();

        // Put first, commit second: and the put takes six seconds.
        var put = _world.Faults.HoldNext(StoreCall.PutTrace);
        var decisions = _world.Decisions;
        var append = _world.AppendAsync();
        await put.Reached;
        var before = _world.Time.GetUtcNow();
        _world.Time.Pass(TimeSpan.FromSeconds(6));
        put.Release();
        var done = (await append).ShouldBeOfType<AppendOutcome<bool>.Done>();
        done.Entries[0].Time.ShouldBeGreaterThan(before.AddSeconds(5));
        (_world.Decisions - decisions).ShouldBe(2);
    }
}
