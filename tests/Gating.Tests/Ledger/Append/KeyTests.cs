using Gating.Ledger;
using Gating.Testing;
using Gating.Testing.Storage;
using Shouldly;
using Xunit;

namespace Gating.Tests.Ledger.Append;

/// <summary>What may be used once: idempotency keys, proofs and settlements.</summary>
public sealed class KeyTests
{
    private readonly LedgerWorld _world = new();

    [Fact]
    public async Task A_used_key_names_the_entry_it_served()
    {
        await _world.AppendAsync();
        await _world.AppendAsync(keys: [_world.KeyOf("a")]);
        var taken = (await _world.AppendAsync(keys: [_world.KeyOf("a")])).ShouldBeOfType<AppendOutcome<bool>.KeyTaken>();
        taken.Row.ShouldBe(new(_world.KeyOf("a").Key, 2));
        (await _world.UsedAsync()).ShouldBe(2);
    }

    [Fact]
    public async Task A_used_key_is_found_by_another_instance_and_after_a_restart()
    {
        await _world.AppendAsync(keys: [_world.KeyOf("a")]);
        (await _world.AppendAsync(keys: [_world.KeyOf("a")], by: _world.NewInstance())).ShouldBeOfType<AppendOutcome<bool>.KeyTaken>();
    }

    [Fact]
    public async Task A_used_key_is_found_by_an_instance_with_an_old_head()
    {
        await _world.AppendAsync();
        await _world.AppendAsync(keys: [_world.KeyOf("a")], by: _world.NewInstance());
        (await _world.AppendAsync(keys: [_world.KeyOf("a")])).ShouldBeOfType<AppendOutcome<bool>.KeyTaken>();
    }

    [Fact]
    public async Task Of_several_used_keys_the_first_is_reported()
    {
        await _world.AppendAsync(keys: [_world.KeyOf("idempotency"), _world.KeyOf("proof")]);
        var taken = (await _world.AppendAsync(keys: [_world.KeyOf("idempotency"), _world.KeyOf("proof")])).ShouldBeOfType<AppendOutcome<bool>.KeyTaken>();
        taken.Row.Key.ShouldBe(_world.KeyOf("idempotency").Key);
    }

    [Fact]
    public async Task Equal_keys_never_share_a_batch()
    {
        var hold = _world.Faults.HoldNext(StoreCall.Commit);
        var first = _world.AppendAsync();
        await hold.Reached;
        var twins = Enumerable.Range(0, 10).Select(_ => _world.AppendAsync(keys: [_world.KeyOf("a")])).ToArray();
        hold.Release();
        var outcomes = await Task.WhenAll(twins);
        outcomes.Count(outcome => outcome is AppendOutcome<bool>.Done).ShouldBe(1);
        outcomes.Count(outcome => outcome is AppendOutcome<bool>.KeyTaken).ShouldBe(9);
        await first;
        (await _world.UsedAsync()).ShouldBe(2);
        await _world.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task A_used_key_is_answered_even_when_the_quota_has_run_out_since()
    {
        await _world.AppendAsync(limit: 1, keys: [_world.KeyOf("a")]);
        (await _world.AppendAsync(limit: 1, keys: [_world.KeyOf("a")])).ShouldBeOfType<AppendOutcome<bool>.KeyTaken>();
    }

    [Fact]
    public async Task A_row_that_the_head_does_not_list_is_still_found_and_the_others_are_committed()
    {
        await _world.AppendAsync();
        _world.Store.Tamper(LedgerWorld.Stream, rows => rows.Keys.Add(_world.KeyOf("a").Key, new(_world.KeyOf("a").Key, 1)));
        var hold = _world.Faults.HoldNext(StoreCall.Commit);
        var first = _world.AppendAsync();
        await hold.Reached;
        var (used, free) = (_world.AppendAsync(keys: [_world.KeyOf("a")]), _world.AppendAsync(keys: [_world.KeyOf("b")]));
        hold.Release();
        (await used).ShouldBeOfType<AppendOutcome<bool>.KeyTaken>().Row.Seq.ShouldBe(1);
        (await free).ShouldBeOfType<AppendOutcome<bool>.Done>();
        await first;
        await _world.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task A_name_whose_row_is_gone_is_dropped_and_the_key_is_free()
    {
        await _world.AppendAsync(keys: [_world.KeyOf("a")]);
        _world.Store.Tamper(LedgerWorld.Stream, rows => rows.Keys.Clear());
        (await _world.AppendAsync(keys: [_world.KeyOf("a")])).ShouldBeOfType<AppendOutcome<bool>.Done>();
        (await _world.HeadAsync()).ShortLived.Length.ShouldBe(1);
    }

    [Fact]
    public async Task An_append_deletes_three_rows_that_are_past_their_time()
    {
        for (var i = 0; i < 5; i++)
        {
            await _world.AppendAsync(keys: [_world.KeyOf($"k{i}", TimeSpan.FromSeconds(30))]);
        }

        _world.Time.Pass(TimeSpan.FromMinutes(1));
        await _world.AppendAsync();
        (await _world.HeadAsync()).ShortLived.Length.ShouldBe(2);
        await _world.AppendAsync();
        (await _world.HeadAsync()).ShortLived.ShouldBeEmpty();
        _world.Store.Tamper(LedgerWorld.Stream, rows => rows.Keys.ShouldBeEmpty());
    }

    [Fact]
    public async Task A_long_lived_row_does_not_keep_later_ones_from_being_deleted()
    {
        await _world.AppendAsync(keys: [_world.KeyOf("day", TimeSpan.FromDays(1)), _world.KeyOf("minute", TimeSpan.FromMinutes(1))]);
        _world.Time.Pass(TimeSpan.FromMinutes(2));
        await _world.AppendAsync();
        (await _world.HeadAsync()).ShortLived.ShouldHaveSingleItem().Key.ShouldBe(_world.KeyOf("day").Key);
    }

    [Fact]
    public async Task A_row_past_its_time_is_not_deleted_by_the_batch_that_writes_it()
    {
        var hold = _world.Faults.HoldNext(StoreCall.Commit);
        var first = _world.AppendAsync();
        await hold.Reached;
        var (late, next) = (_world.AppendAsync(keys: [_world.KeyOf("late", TimeSpan.FromSeconds(-1))]), _world.AppendAsync());
        hold.Release();
        (await Task.WhenAll(first, late, next)).ShouldAllBe(outcome => outcome is AppendOutcome<bool>.Done);
        (await _world.HeadAsync()).ShortLived.ShouldHaveSingleItem();
        await _world.AppendAsync();
        (await _world.HeadAsync()).ShortLived.ShouldBeEmpty();
        await _world.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task A_deletion_of_a_row_that_is_gone_drops_the_name_and_goes_on()
    {
        await _world.AppendAsync(keys: [_world.KeyOf("a", TimeSpan.FromSeconds(30))]);
        _world.Store.Tamper(LedgerWorld.Stream, rows => rows.Keys.Clear());
        _world.Time.Pass(TimeSpan.FromMinutes(1));
        (await _world.AppendAsync()).ShouldBeOfType<AppendOutcome<bool>.Done>();
        (await _world.HeadAsync()).ShortLived.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_head_lists_at_most_256_rows()
    {
        for (var i = 0; i < Head.MaxShortLived; i++)
        {
            (await _world.AppendAsync(keys: [_world.KeyOf($"k{i}")])).ShouldBeOfType<AppendOutcome<bool>.Done>();
        }

        (await _world.AppendAsync(keys: [_world.KeyOf("more")])).ShouldBe(new AppendOutcome<bool>.Shed(ShedReason.TooManyKeys));
        (await _world.AppendAsync()).ShouldBeOfType<AppendOutcome<bool>.Done>();
        _world.Time.Pass(TimeSpan.FromHours(2));
        (await _world.AppendAsync(keys: [_world.KeyOf("more")])).ShouldBeOfType<AppendOutcome<bool>.Done>();
    }

    [Fact]
    public void Other_parts_are_another_key_even_when_they_join_to_the_same_text()
    {
        KeyHash.Of("kind", "ab", "c").ShouldNotBe(KeyHash.Of("kind", "a", "bc"));
        KeyHash.Of("kinda", "b").ShouldNotBe(KeyHash.Of("kind", "ab"));
    }

    [Fact]
    public async Task Two_settlements_of_one_grant_never_share_a_batch()
    {
        await _world.AppendAsync();
        var hold = _world.Faults.HoldNext(StoreCall.Commit);
        var first = _world.AppendAsync();
        await hold.Reached;
        var twins = Enumerable.Range(0, 5).Select(_ => _world.SettleAsync(1)).ToArray();
        hold.Release();
        var outcomes = await Task.WhenAll(twins);
        outcomes[0].ShouldBeOfType<AppendOutcome<bool>.Done>();
        outcomes[1..].ShouldAllBe(outcome => outcome == new AppendOutcome<bool>.AlreadySettled(new(1, 3)));
        await first;
        await _world.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task A_grant_is_settled_once_however_many_race()
    {
        await _world.AppendAsync();
        var instances = Enumerable.Range(0, 4).Select(_ => _world.NewInstance()).ToArray();
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => Task.Run(() => _world.SettleAsync(1, instances[i % 4]))));
        outcomes.Count(outcome => outcome is AppendOutcome<bool>.Done).ShouldBe(1);
        outcomes.Count(outcome => outcome is AppendOutcome<bool>.AlreadySettled { Row: { Seq: 1, By: 2 } }).ShouldBe(99);
        await _world.ShouldBeSoundAsync();
    }
}
