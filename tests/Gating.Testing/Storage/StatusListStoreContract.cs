using System.Security.Cryptography;
using Gating.StatusLists;
using Gating.Timelines;
using Shouldly;
using Xunit;

namespace Gating.Testing.Storage;

/// <summary>What every store of status lists must do.</summary>
public abstract class StatusListStoreContract
{
    private static readonly StatusLane Lane = new("app", "https://tool.test/", "https://issuer.test");

    protected abstract ValueTask<IStatusListStore> OpenAsync();

    [Fact]
    public async Task A_list_is_none_until_it_is_added_and_then_what_was_added()
    {
        var store = await OpenAsync();
        var list = New();
        (await store.ReadAsync(list.Id, default)).ShouldBeNull();

        (await store.AddAsync(list, default)).ShouldBeTrue();
        (await store.AddAsync(list with { Leased = 9 }, default)).ShouldBeFalse();

        ShouldBe((await store.ReadAsync(list.Id, default))!.List, list);
    }

    [Fact]
    public async Task What_was_changed_since_it_was_read_is_not_replaced()
    {
        var store = await OpenAsync();
        var list = New();
        await store.AddAsync(list, default);
        var read = (await store.ReadAsync(list.Id, default))!;
        var marked = read.List with { Leased = 2, Compressed = StatusBits.Invalidate(read.List.Compressed, [7, 65_535]) };

        (await store.ReplaceAsync(marked, read.Token, default)).ShouldBeTrue();
        (await store.ReplaceAsync(read.List with { Leased = 3 }, read.Token, default)).ShouldBeFalse();

        ShouldBe((await store.ReadAsync(list.Id, default))!.List, marked);
    }

    [Fact]
    public async Task Of_many_who_change_it_at_once_each_one_that_was_told_yes_is_in_it()
    {
        var store = await OpenAsync();
        var list = New();
        await store.AddAsync(list, default);

        var told = await Task.WhenAll(Enumerable.Range(0, 16).Select(place => Task.Run(async () =>
        {
            var read = (await store.ReadAsync(list.Id, default))!;
            return await store.ReplaceAsync(read.List with { Compressed = StatusBits.Invalidate(read.List.Compressed, [place]) }, read.Token, default);
        })));

        var bits = (await store.ReadAsync(list.Id, default))!.List.Compressed;
        told.ShouldContain(true);
        Enumerable.Range(0, 16).Select(place => !StatusBits.IsValid(bits, place)).ShouldBe(told);
    }

    [Fact]
    public async Task An_hour_names_its_lists_and_no_others_until_they_are_taken_away()
    {
        var store = await OpenAsync();
        var hour = new UtcHour(17_000_000 + RandomNumberGenerator.GetInt32(500_000));
        StatusList[] lists = [New() with { Hour = hour }, New() with { Hour = hour }, New() with { Hour = hour.Next }];
        foreach (var list in lists)
        {
            await store.AddAsync(list, default);
        }

        (await NamesAsync(store, hour)).ShouldBe([lists[0].Id, lists[1].Id], ignoreOrder: true);
        await store.RemoveAsync(hour, lists[0].Id, default);
        await store.RemoveAsync(hour, lists[0].Id, default);

        (await NamesAsync(store, hour)).ShouldBe([lists[1].Id]);
        (await store.ReadAsync(lists[0].Id, default)).ShouldBeNull();
        (await store.ReadAsync(lists[1].Id, default)).ShouldNotBeNull();
        (await store.ReplaceAsync(lists[0], "W/\"1\"", default)).ShouldBeFalse();
        (await NamesAsync(store, hour.Next)).ShouldBe([lists[2].Id]);
    }

    private static StatusList New() => new(StatusListId.FromBytes(RandomNumberGenerator.GetBytes(16)), Lane, new(17_700_000), 1, StatusBits.AllValid);

    private static void ShouldBe(StatusList list, StatusList expected)
    {
        (list with { Compressed = default }).ShouldBe(expected with { Compressed = default });
        list.Compressed.ToArray().ShouldBe(expected.Compressed.ToArray());
    }

    private static async Task<List<StatusListId>> NamesAsync(IStatusListStore store, UtcHour hour)
    {
        var names = new List<StatusListId>();
        await foreach (var id in store.ListAsync(hour, default))
        {
            names.Add(id);
        }

        return names;
    }
}
