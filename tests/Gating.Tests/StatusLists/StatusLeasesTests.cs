using Gating.Ledger;
using Gating.StatusLists;
using Gating.Testing;
using Gating.Testing.Storage;
using Gating.Timelines;
using Shouldly;
using Xunit;

namespace Gating.Tests.StatusLists;

public sealed class StatusLeasesTests
{
    private static readonly StatusLane Lane = new("app", "https://tool.test/", "https://issuer.test");

    private readonly InMemoryStatusListStore _store = new();
    private readonly ManualTime _time = ManualTime.Running();

    [Fact]
    public async Task No_two_grants_get_the_same_place_on_any_instance()
    {
        StatusLeases[] instances = [New(), New(), New(), New()];

        var places = await Task.WhenAll(Enumerable.Range(0, 8000).Select(i => Task.Run(async () => await instances[i % 4].TakeAsync(Lane, default))));

        places.Distinct().Count().ShouldBe(8000);
        places.Select(static place => place.List).Distinct().ShouldHaveSingleItem();
        places.ShouldAllBe(static place => place.Index >= 0 && place.Index < StatusList.Size);
    }

    [Fact]
    public async Task In_the_steady_state_no_storage_is_asked()
    {
        var leases = New();
        await leases.TakeAsync(Lane, default);
        var before = _store.Faults.AllCalls;
        before.ShouldBe(2);
        for (var i = 0; i < 150; i++)
        {
            await leases.TakeAsync(Lane, default);
        }

        _store.Faults.AllCalls.ShouldBe(before);
    }

    [Fact]
    public async Task Who_takes_the_last_places_of_a_block_does_not_wait_for_the_next_one()
    {
        var leases = New();
        await leases.TakeAsync(Lane, default);
        var hold = _store.Faults.HoldNext(StoreCall.ReadStatusList);
        for (var i = 1; i < StatusList.BlockSize; i++)
        {
            leases.TakeAsync(Lane, default).AsTask().IsCompletedSuccessfully.ShouldBeTrue();
        }

        var next = leases.TakeAsync(Lane, default).AsTask();
        next.IsCompleted.ShouldBeFalse();
        hold.Release();

        (await next).Index.ShouldBeInRange(StatusList.BlockSize, (2 * StatusList.BlockSize) - 1);
    }

    [Fact]
    public async Task A_place_does_not_tell_how_many_were_before()
    {
        var leases = New();
        var places = new List<int>();
        for (var i = 0; i < 100; i++)
        {
            places.Add((await leases.TakeAsync(Lane, default)).Index);
        }

        // Up or down by chance once in 100!.
        places.SequenceEqual(places.Order()).ShouldBeFalse();
        places.SequenceEqual(places.OrderDescending()).ShouldBeFalse();
        places.ShouldAllBe(static place => place < StatusList.BlockSize);
    }

    [Fact]
    public async Task Each_hour_and_each_lane_has_lists_of_its_own_and_a_restart_never_goes_back()
    {
        var (first, other) = (await New().TakeAsync(Lane, default), await New().TakeAsync(Lane with { Issuer = "https://other.test" }, default));
        var leases = New();
        var again = await leases.TakeAsync(Lane, default);
        _time.Pass(TimeSpan.FromHours(1));
        var later = await leases.TakeAsync(Lane, default);

        other.List.ShouldNotBe(first.List);
        again.List.ShouldBe(first.List);
        again.Index.ShouldBeInRange(StatusList.BlockSize, (2 * StatusList.BlockSize) - 1);
        later.List.ShouldNotBe(first.List);
        later.Index.ShouldBeLessThan(StatusList.BlockSize);
    }

    [Fact]
    public async Task A_lane_whose_list_is_full_has_another_one()
    {
        await New().TakeAsync(Lane, default);
        var names = new StatusListNames(new(new byte[OperatorKey.Size]));
        var full = (await _store.ReadAsync(names.NameOf(Lane, UtcHour.Of(_time.GetUtcNow()), 0), default))!;
        await _store.ReplaceAsync(full.List with { Leased = StatusList.Blocks }, full.Token, default);

        (await New().TakeAsync(Lane, default)).ShouldSatisfyAllConditions(
            place => place.List.ShouldBe(names.NameOf(Lane, UtcHour.Of(_time.GetUtcNow()), 1)),
            static place => place.Index.ShouldBeLessThan(StatusList.BlockSize));
    }

    [Theory]
    [InlineData(Fault.Before)]
    [InlineData(Fault.After)]
    [InlineData(Fault.Duplicate)]
    public async Task Whatever_storage_does_there_is_no_place_twice_and_none_without_its_block(Fault fault)
    {
        for (var nth = 1L; ; nth++)
        {
            var store = new InMemoryStatusListStore();
            var taken = new List<StatusPlace>();
            store.Faults.OnAny(fault, nth);
            for (var round = 0; round < 6; round++)
            {
                var leases = new StatusLeases(store, new(new(new byte[OperatorKey.Size])), _time);
                try
                {
                    taken.Add(await leases.TakeAsync(Lane, default));
                }
                catch (StorageUnavailableException)
                {
                    taken.Add(await leases.TakeAsync(Lane, default));
                }
            }

            var met = store.Faults.Revive();
            taken.Distinct().Count().ShouldBe(6);
            var leased = (await store.ReadAsync(taken[0].List, default))!.List.Leased;
            taken.ShouldAllBe(place => place.Index < leased * StatusList.BlockSize);
            if (!met)
            {
                nth.ShouldBeGreaterThan(10);
                return;
            }
        }
    }

    private StatusLeases New() => new(_store, new(new(new byte[OperatorKey.Size])), _time);
}
