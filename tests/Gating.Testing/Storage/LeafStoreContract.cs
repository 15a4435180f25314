using System.Security.Cryptography;
using Gating.Ledger;
using Gating.Log;
using Gating.Log.Sealing;
using Shouldly;
using Xunit;

namespace Gating.Testing.Storage;

/// <summary>What every store of leaf rows and pending pointers must do. Each test opens an empty one.</summary>
public abstract class LeafStoreContract
{
    private readonly StreamId _stream = StreamId.Create();

    protected abstract ValueTask<ILeafStore> OpenAsync();

    [Fact]
    public async Task Rows_are_added_once_and_read_in_order()
    {
        var store = await OpenAsync();
        var leaves = Leaves(1, 100);

        (await store.AddAsync(leaves, default)).ShouldBe(leaves.Select(Row));
        (await store.AddAsync(leaves, default)).ShouldBe(leaves.Select(Row));

        (await store.ReadAsync(_stream, 0, long.MaxValue, default)).ShouldBe(leaves.Select(Row));
        (await store.ReadAsync(_stream, 9, 11, default)).ShouldBe(leaves[8..11].Select(Row));
        (await store.ReadAsync(_stream, 101, 500, default)).ShouldBeEmpty();
        (await store.ReadAsync(_stream, 5, 4, default)).ShouldBeEmpty();
        (await store.ReadAsync(StreamId.Create(), 1, 500, default)).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_first_to_add_a_row_stays_and_everybody_is_shown_it()
    {
        var store = await OpenAsync();
        var (first, second) = (Leaves(3, 2), Leaves(1, 6));
        await store.AddAsync(first, default);
        await store.SetIndexesAsync([new(_stream, 3, 77)], default);

        var rows = await store.AddAsync(second, default);

        LeafRow[] expected = [Row(second[0]), Row(second[1]), Row(first[0]) with { Index = 77 }, Row(first[1]), Row(second[4]), Row(second[5])];
        rows.ShouldBe(expected);
        (await store.ReadAsync(_stream, 1, 9, default)).ShouldBe(expected);
    }

    [Fact]
    public async Task Rows_of_many_streams_are_added_at_once_and_each_stream_reads_its_own()
    {
        var store = await OpenAsync();
        NewLeaf[] leaves = [.. Enumerable.Range(0, 150).Select(_ => StreamId.Create()).SelectMany(stream => Leaves(1, 2).Select(leaf => leaf with { Stream = stream }))];
        await store.AddAsync(leaves[40..41], default);
        LeafRow[] expected = [.. leaves.Select(static leaf => new LeafRow(leaf.Stream, leaf.Seq, leaf.Entry, leaf.Previous, null))];

        (await store.AddAsync(leaves, default)).ShouldBe(expected);
        (await store.AddAsync([.. leaves.Reverse()], default)).ShouldBe(expected.Reverse());
        await store.SetIndexesAsync([.. leaves.Select(static (leaf, i) => new LeafIndex(leaf.Stream, leaf.Seq, i))], default);

        for (var i = 0; i < leaves.Length; i += 50)
        {
            (await store.ReadAsync(leaves[i].Stream, 1, 9, default)).ShouldBe([expected[i] with { Index = i }, expected[i + 1] with { Index = i + 1 }]);
        }
    }

    [Fact]
    public async Task Many_who_add_the_same_seqs_at_once_see_one_winner_for_each()
    {
        var store = await OpenAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => store.AddAsync(Leaves(1, 3), default))));
        var stored = await store.ReadAsync(_stream, 1, 3, default);
        answers.ShouldAllBe(answer => answer.SequenceEqual(stored));
    }

    [Fact]
    public async Task Indexes_are_set_as_often_as_one_likes()
    {
        var store = await OpenAsync();
        var leaves = Leaves(1, 3);
        await store.AddAsync(leaves, default);
        for (var i = 0; i < 2; i++)
        {
            await store.SetIndexesAsync([new(_stream, 1, 0), new(_stream, 3, 5_000_000_000)], default);
        }

        (await store.ReadAsync(_stream, 1, 3, default)).ShouldBe([Row(leaves[0]) with { Index = 0 }, Row(leaves[1]), Row(leaves[2]) with { Index = 5_000_000_000 }]);
    }

    [Fact]
    public async Task An_index_for_a_leaf_without_a_row_is_a_contradiction()
    {
        var store = await OpenAsync();
        await store.AddAsync(Leaves(1, 1), default);
        await Should.ThrowAsync<LogFrozenException>(() => store.SetIndexesAsync([new(_stream, 1, 0), new(_stream, 2, 1)], default));
    }

    [Fact]
    public async Task Pointers_are_added_read_and_deleted_however_often()
    {
        var store = await OpenAsync();
        (await store.ReadPendingAsync(10, default)).ShouldBeEmpty();
        var places = await AddPendingAsync(store, streams: 20, each: 13);
        await store.AddPendingAsync(places, default);

        (await store.ReadPendingAsync(1000, default)).ShouldBe(places, ignoreOrder: true);
        var some = await store.ReadPendingAsync(7, default);
        some.Count.ShouldBe(7);
        some.ShouldBeSubsetOf(places);
        (await store.ReadPendingAsync(1, default)).Count.ShouldBe(1);

        await store.DeletePendingAsync(some, default);
        await store.DeletePendingAsync(places[..200], default);
        await store.DeletePendingAsync(places[..200], default);
        (await store.ReadPendingAsync(1000, default)).ShouldBe(places[200..].Except(some), ignoreOrder: true);
        await store.DeletePendingAsync(places, default);
        (await store.ReadPendingAsync(1000, default)).ShouldBeEmpty();
    }

    [Fact]
    public async Task More_pointers_of_one_stream_than_one_transaction_or_page_holds_are_all_there()
    {
        var store = await OpenAsync();
        var places = await AddPendingAsync(store, streams: 1, each: 1100);
        (await store.ReadPendingAsync(4096, default)).ShouldBe(places, ignoreOrder: true);
        (await store.ReadPendingAsync(1050, default)).Count.ShouldBe(1050);
        await store.DeletePendingAsync(places, default);
        (await store.ReadPendingAsync(4096, default)).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_first_reason_for_which_a_stream_is_frozen_stays_and_is_no_leaf()
    {
        var store = await OpenAsync();
        (await store.ReadFrozenAsync(_stream, default)).ShouldBeNull();
        await store.AddAsync(Leaves(1, 1), default);
        await store.FreezeAsync(_stream, "the first", default);
        await store.FreezeAsync(_stream, "the second", default);
        (await store.ReadFrozenAsync(_stream, default)).ShouldBe("the first");
        (await store.ReadFrozenAsync(StreamId.Create(), default)).ShouldBeNull();
        (await store.ReadAsync(_stream, 0, long.MaxValue, default)).Count.ShouldBe(1);
    }

    private async Task<LeafPlace[]> AddPendingAsync(ILeafStore store, int streams, int each)
    {
        var places = new List<LeafPlace>();
        foreach (var stream in Enumerable.Range(0, streams).Select(_ => StreamId.Create()))
        {
            await store.AddAsync([.. Leaves(1, each).Select(leaf => leaf with { Stream = stream })], default);
            places.AddRange(Enumerable.Range(1, each).Select(seq => new LeafPlace(stream, seq)));
        }

        await store.AddPendingAsync(places, default);
        return [.. places];
    }

    private LeafRow Row(NewLeaf leaf) => new(_stream, leaf.Seq, leaf.Entry, leaf.Previous, null);

    private NewLeaf[] Leaves(int from, int count) => [.. Enumerable.Range(from, count).Select(seq => new NewLeaf(_stream, seq, AnyHash(), AnyHash()))];

    private static EntryHash AnyHash() => EntryHash.FromBytes(RandomNumberGenerator.GetBytes(EntryHash.Size));
}
