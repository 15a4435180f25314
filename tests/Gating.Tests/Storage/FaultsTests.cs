using Gating.Ledger;
using Gating.Testing.Storage;
using Shouldly;
using Xunit;

namespace Gating.Tests.Storage;

public sealed class FaultsTests
{
    private readonly Faults _faults = new();
    private readonly StreamId _stream = StreamId.Create();

    [Fact]
    public async Task A_commit_that_fails_before_leaves_nothing_and_one_that_fails_after_leaves_everything()
    {
        var store = new InMemoryLedgerStore(_faults);
        var batch = Some.Batch(_stream, null, Some.EntryAfter(_stream, Head.New(Some.Salt)));

        _faults.On(StoreCall.Commit, Fault.Before);
        await Should.ThrowAsync<StorageUnavailableException>(() => store.CommitAsync(batch, default));
        (await store.ReadHeadAsync(_stream, default)).ShouldBeNull();

        _faults.On(StoreCall.Commit, Fault.After);
        await Should.ThrowAsync<StorageUnavailableException>(() => store.CommitAsync(batch, default));
        (await store.ReadEntryAsync(_stream, 1, default))!.Operation.ShouldBe(batch.Entries[0].Operation);
        _faults.Calls(StoreCall.Commit).ShouldBe(2);
    }

    [Fact]
    public async Task A_fault_meets_the_call_it_is_meant_for()
    {
        var names = new InMemoryNameStore(_faults);
        _faults.On(StoreCall.FindName, Fault.Before, nth: 2);

        await names.FindAsync(Some.Name(), default);
        await Should.ThrowAsync<StorageUnavailableException>(() => names.FindAsync(Some.Name(), default));
        await names.FindAsync(Some.Name(), default);
    }

    [Fact]
    public async Task An_outage_lasts_until_it_ends()
    {
        var queue = new InMemoryTraceQueue(_faults);
        using (_faults.Outage(Fault.Before))
        {
            await Should.ThrowAsync<StorageUnavailableException>(() => queue.PutAsync([new(_stream, 1, 1)], default));
            await Should.ThrowAsync<StorageUnavailableException>(() => queue.PutAsync([new(_stream, 1, 1)], default));
        }

        await queue.PutAsync([new(_stream, 1, 1)], default);
        queue.Messages.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_held_call_has_no_effect_until_it_is_released()
    {
        var queue = new InMemoryTraceQueue(_faults);
        var hold = _faults.HoldNext(StoreCall.PutTrace);

        var put = queue.PutAsync([new(_stream, 1, 1)], default);
        await hold.Reached;
        (put.IsCompleted, queue.Messages.Count).ShouldBe((false, 0));
        hold.Release();
        await put;

        queue.Messages.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_duplicate_happens_twice()
    {
        var queue = new InMemoryTraceQueue(_faults);
        _faults.On(StoreCall.PutTrace, Fault.Duplicate);

        await queue.PutAsync([new(_stream, 1, 1)], default);

        queue.Messages.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_duplicated_commit_is_made_once()
    {
        var store = new InMemoryLedgerStore(_faults);
        _faults.On(StoreCall.Commit, Fault.Duplicate);

        var outcome = await store.CommitAsync(Some.Batch(_stream, null, Some.EntryAfter(_stream, Head.New(Some.Salt))), default);

        outcome.ShouldBeOfType<CommitOutcome.Committed>();
        (await StreamVerifier.VerifyAsync(store, _stream, default)).Entries.ShouldBe(1);
    }

    [Fact]
    public async Task An_entry_that_does_not_follow_its_predecessor_is_a_violation()
    {
        var store = new InMemoryLedgerStore(_faults);
        var gap = Some.EntryAfter(_stream, 1, EntryHash.Genesis, "{}", []);

        await Should.ThrowAsync<InvalidOperationException>(() => store.CommitAsync(Some.Batch(_stream, null, gap), default));

        _faults.Violations.ShouldHaveSingleItem();
    }
}
