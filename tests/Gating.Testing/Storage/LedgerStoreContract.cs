using System.Collections.Immutable;
using Gating.Ledger;
using Shouldly;
using Xunit;

namespace Gating.Testing.Storage;

/// <summary>What every ledger store must do; run against memory and against real Table storage.</summary>
public abstract class LedgerStoreContract
{
    protected StreamId Stream { get; } = StreamId.Create();

    [Fact]
    public async Task A_stream_that_was_never_written_has_no_rows()
    {
        var store = await OpenAsync();

        (await store.ReadHeadAsync(Stream, default)).ShouldBeNull();
        (await store.ReadEntryAsync(Stream, 1, default)).ShouldBeNull();
        (await store.ReadKeyAsync(Stream, Some.Key(), default)).ShouldBeNull();
        (await store.ReadSettlementAsync(Stream, 1, default)).ShouldBeNull();
        (await ReadAllAsync(store, 1, long.MaxValue)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_committed_batch_is_read_back_as_it_was()
    {
        var store = await OpenAsync();
        var (key, entry) = (Some.Key(), Some.EntryAfter(Stream, Head.New(Some.Salt)));
        var batch = Some.Batch(Stream, null, entry) with { Keys = [new(key, 1)], Settlements = [new(1, 1)] };
        batch = batch with { Head = FullHead(batch.Head) };

        var outcome = await store.CommitAsync(batch, default);

        var head = (await store.ReadHeadAsync(Stream, default)).ShouldNotBeNull();
        head.Token.ShouldBe(outcome.ShouldBeOfType<CommitOutcome.Committed>().HeadToken);
        HeadEncoding.Encode(head.Head).ShouldBe(HeadEncoding.Encode(batch.Head));
        ShouldEqual((await store.ReadEntryAsync(Stream, 1, default)).ShouldNotBeNull(), entry);
        (await store.ReadKeyAsync(Stream, key, default)).ShouldBe(new KeyRow(key, 1));
        (await store.ReadSettlementAsync(Stream, 1, default)).ShouldBe(new SettlementRow(1, 1));
    }

    [Fact]
    public async Task A_new_stream_is_started_by_one_writer_only()
    {
        var store = await OpenAsync();
        var loser = Some.EntryAfter(Stream, Head.New(Some.Salt));
        await CommitAsync(store, Some.Batch(Stream, null, Some.EntryAfter(Stream, Head.New(Some.Salt))));

        (await store.CommitAsync(Some.Batch(Stream, null, loser), default)).ShouldBe(new CommitOutcome.HeadMoved());

        (await store.ReadEntryAsync(Stream, 1, default))!.Operation.ShouldNotBe(loser.Operation);
    }

    [Fact]
    public async Task A_head_that_moved_refuses_the_whole_batch_and_leaves_nothing()
    {
        var store = await OpenAsync();
        var stale = await StartAsync(store);
        await CommitAsync(store, Some.Batch(Stream, stale, Some.EntryAfter(Stream, stale.Head)));
        var (key, late) = (Some.Key(), Some.EntryAfter(Stream, stale.Head));

        // Its entry is taken as well: "head moved" is what the writer must hear.
        var outcome = await store.CommitAsync(Some.Batch(Stream, stale, late) with { Keys = [new(key, 2)] }, default);

        outcome.ShouldBe(new CommitOutcome.HeadMoved());
        (await store.ReadKeyAsync(Stream, key, default)).ShouldBeNull();
        (await store.ReadEntryAsync(Stream, 2, default))!.Operation.ShouldNotBe(late.Operation);
    }

    [Fact]
    public async Task A_head_that_is_not_there_has_moved()
    {
        var store = await OpenAsync();
        var elsewhere = await StartAsync(store, StreamId.Create());

        var outcome = await store.CommitAsync(Some.Batch(Stream, elsewhere, Some.EntryAfter(Stream, elsewhere.Head)), default);

        outcome.ShouldBe(new CommitOutcome.HeadMoved());
        (await store.ReadEntryAsync(Stream, 2, default)).ShouldBeNull();
    }

    [Fact]
    public async Task A_key_that_was_used_is_named_and_nothing_of_the_batch_happens()
    {
        var store = await OpenAsync();
        var (used, fresh) = (Some.Key(), Some.Key());
        var head = await StartAsync(store, Stream, used);
        var batch = Some.Batch(Stream, head, Some.EntryAfter(Stream, head.Head)) with { Keys = [new(fresh, 2), new(used, 2)] };

        var outcome = await store.CommitAsync(batch, default);

        outcome.ShouldBe(new CommitOutcome.RowExists(LedgerRow.OfKey(used)));
        (await store.ReadHeadAsync(Stream, default))!.Token.ShouldBe(head.Token);
        (await store.ReadEntryAsync(Stream, 2, default)).ShouldBeNull();
        (await store.ReadKeyAsync(Stream, fresh, default)).ShouldBeNull();
        (await store.ReadKeyAsync(Stream, used, default)).ShouldBe(new KeyRow(used, 1));
    }

    [Fact]
    public async Task A_grant_is_settled_once()
    {
        var store = await OpenAsync();
        var head = await StartAsync(store);
        var first = await CommitAsync(store, Some.Batch(Stream, head, Some.EntryAfter(Stream, head.Head)) with { Settlements = [new(1, 2)] });
        var after = (await store.ReadHeadAsync(Stream, default))!;
        after.Token.ShouldBe(first);

        var outcome = await store.CommitAsync(Some.Batch(Stream, after, Some.EntryAfter(Stream, after.Head)) with { Settlements = [new(1, 3)] }, default);

        outcome.ShouldBe(new CommitOutcome.RowExists(LedgerRow.OfSettlement(1)));
        (await store.ReadSettlementAsync(Stream, 1, default)).ShouldBe(new SettlementRow(1, 2));
    }

    [Fact]
    public async Task Parts_of_an_entry_are_settled_each_once_and_apart_from_the_whole()
    {
        var store = await OpenAsync();
        var head = await StartAsync(store);
        await CommitAsync(store, Some.Batch(Stream, head, Some.EntryAfter(Stream, head.Head)) with { Settlements = [new(new(1, 1), 2), new(new(1, SettlementId.MaxParts), 2)] });
        var after = (await store.ReadHeadAsync(Stream, default))!;

        (await store.ReadSettlementAsync(Stream, 1, default)).ShouldBeNull();
        (await store.ReadSettlementAsync(Stream, new(1, 1), default)).ShouldBe(new SettlementRow(new(1, 1), 2));
        (await store.CommitAsync(Some.Batch(Stream, after, Some.EntryAfter(Stream, after.Head)) with { Settlements = [new(new(1, 1), 3)] }, default))
            .ShouldBe(new CommitOutcome.RowExists(LedgerRow.OfSettlement(new(1, 1))));
        await CommitAsync(store, Some.Batch(Stream, after, Some.EntryAfter(Stream, after.Head)) with { Settlements = [new(1, 3)] });
    }

    [Fact]
    public async Task An_entry_beyond_the_head_is_never_overwritten()
    {
        var store = await OpenAsync();
        var head = await StartAsync(store);
        await PlantEntryAsync(store, Some.EntryAfter(Stream, head.Head));

        var outcome = await store.CommitAsync(Some.Batch(Stream, head, Some.EntryAfter(Stream, head.Head)), default);

        outcome.ShouldBe(new CommitOutcome.RowExists(LedgerRow.OfEntry(2)));
        (await store.ReadHeadAsync(Stream, default))!.Token.ShouldBe(head.Token);
    }

    [Fact]
    public async Task Short_lived_rows_are_deleted_with_the_batch()
    {
        var store = await OpenAsync();
        var (gone, stays) = (Some.Key(), Some.Key());
        var head = await StartAsync(store, Stream, gone, stays);

        await CommitAsync(store, Some.Batch(Stream, head, Some.EntryAfter(Stream, head.Head)) with { Deletions = [gone] });

        (await store.ReadKeyAsync(Stream, gone, default)).ShouldBeNull();
        (await store.ReadKeyAsync(Stream, stays, default)).ShouldNotBeNull();
    }

    [Fact]
    public async Task A_row_to_delete_that_is_missing_is_named_and_nothing_happens()
    {
        var store = await OpenAsync();
        var (there, missing) = (Some.Key(), Some.Key());
        var head = await StartAsync(store, Stream, there);
        var batch = Some.Batch(Stream, head, Some.EntryAfter(Stream, head.Head)) with { Keys = [new(Some.Key(), 2)], Deletions = [there, missing] };

        (await store.CommitAsync(batch, default)).ShouldBe(new CommitOutcome.RowMissing(LedgerRow.OfKey(missing)));

        (await store.ReadKeyAsync(Stream, there, default)).ShouldNotBeNull();
        (await store.ReadEntryAsync(Stream, 2, default)).ShouldBeNull();
    }

    [Fact]
    public async Task A_head_can_move_without_an_entry()
    {
        var store = await OpenAsync();
        var head = await StartAsync(store);

        var token = await CommitAsync(store, Some.Batch(Stream, head) with { Head = head.Head with { Announced = 1 } });

        var after = (await store.ReadHeadAsync(Stream, default))!;
        (after.Token, after.Head.Announced).ShouldBe((token, 1));
        token.ShouldNotBe(head.Token);
    }

    [Fact]
    public async Task A_hundred_operations_are_one_batch_and_one_more_is_refused()
    {
        var store = await OpenAsync();
        var entries = Some.Chain(Stream, Head.New(Some.Salt), 100);
        await Should.ThrowAsync<ArgumentException>(() => store.CommitAsync(Some.Batch(Stream, null, entries), default));
        (await store.ReadHeadAsync(Stream, default)).ShouldBeNull();

        await CommitAsync(store, Some.Batch(Stream, null, entries[..99]));

        (await ReadAllAsync(store, 1, long.MaxValue)).Select(e => e.Hash).ShouldBe(entries[..99].Select(e => e.Hash));
    }

    [Fact]
    public async Task A_row_that_is_twice_in_a_batch_is_refused()
    {
        var store = await OpenAsync();
        var key = Some.Key();
        var batch = Some.Batch(Stream, null, Some.EntryAfter(Stream, Head.New(Some.Salt))) with { Keys = [new(key, 1), new(key, 1)] };

        await Should.ThrowAsync<ArgumentException>(() => store.CommitAsync(batch, default));

        (await store.ReadHeadAsync(Stream, default)).ShouldBeNull();
    }

    [Fact]
    public async Task Entries_are_read_in_order_within_the_bounds_and_nothing_else_is()
    {
        var store = await OpenAsync();
        var entries = Some.Chain(Stream, Head.New(Some.Salt), 12);
        await CommitAsync(store, Some.Batch(Stream, null, entries) with { Keys = [new(Some.Key(), 1)], Settlements = [new(3, 4)] });
        await StartAsync(store, StreamId.Create());

        (await ReadAllAsync(store, 9, 11)).Select(e => e.Seq).ShouldBe([9, 10, 11]);
        (await ReadAllAsync(store, 1, long.MaxValue)).Select(e => e.Seq).ShouldBe(Enumerable.Range(1, 12).Select(i => (long)i));
        (await ReadAllAsync(store, 13, 20)).ShouldBeEmpty();
        (await ReadAllAsync(store, 5, 4)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(32 * 1024)]
    [InlineData((32 * 1024) + 1)]
    [InlineData(300_000)]
    public async Task Entries_of_any_size_come_back_whole(int sealedSize)
    {
        var store = await OpenAsync();
        var sealedBytes = new byte[sealedSize];
        Random.Shared.NextBytes(sealedBytes);
        var first = Some.EntryAfter(Stream, Head.New(Some.Salt), """{"v":1}""", sealedBytes);
        var second = Some.EntryAfter(Stream, 1, first.Hash, """{"v":1}""", [7]);

        await CommitAsync(store, Some.Batch(Stream, null, first, second));

        ShouldEqual((await store.ReadEntryAsync(Stream, 1, default))!, first);
        var both = await ReadAllAsync(store, 1, 2);
        ShouldEqual(both[0], first);
        ShouldEqual(both[1], second);
    }

    [Fact]
    public async Task A_full_batch_of_large_entries_fits()
    {
        var store = await OpenAsync();
        var entries = Some.Chain(Stream, Head.New(Some.Salt), 90, i => [.. Enumerable.Repeat((byte)i, 32_000)]);

        await CommitAsync(store, Some.Batch(Stream, null, entries));

        (await ReadAllAsync(store, 1, 90)).Select(e => e.Hash).ShouldBe(entries.Select(e => e.Hash));
    }

    [Fact]
    public async Task The_fullest_head_fits()
    {
        var store = await OpenAsync();
        var batch = Some.Batch(Stream, null, Some.EntryAfter(Stream, Head.New(Some.Salt)));
        batch = batch with { Head = FullHead(batch.Head) };

        await CommitAsync(store, batch);

        var read = (await store.ReadHeadAsync(Stream, default))!.Head;
        (read.ShortLived.Length, read.State.Windows.Length).ShouldBe((Head.MaxShortLived, Head.MaxWindows));
    }

    [Fact]
    public async Task Of_many_writers_at_once_one_wins_each_round()
    {
        var store = await OpenAsync();
        await StartAsync(store);
        for (var round = 0; round < 5; round++)
        {
            var head = (await store.ReadHeadAsync(Stream, default))!;
            var outcomes = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ =>
                Task.Run(() => store.CommitAsync(Some.Batch(Stream, head, Some.EntryAfter(Stream, head.Head)), default))));

            outcomes.OfType<CommitOutcome.Committed>().Count().ShouldBe(1);
            outcomes.OfType<CommitOutcome.HeadMoved>().Count().ShouldBe(15);
        }

        var report = await StreamVerifier.VerifyAsync(store, Stream, default);
        report.Entries.ShouldBe(6);
    }

    protected abstract ValueTask<ILedgerStore> OpenAsync();

    /// <summary>Puts an entry's row into the stream past the store's rules.</summary>
    protected abstract Task PlantEntryAsync(ILedgerStore store, Entry entry);

    protected static async Task<string> CommitAsync(ILedgerStore store, LedgerBatch batch) =>
        (await store.CommitAsync(batch, default)).ShouldBeOfType<CommitOutcome.Committed>().HeadToken;

    protected Task<StoredHead> StartAsync(ILedgerStore store) => StartAsync(store, Stream);

    /// <summary>A stream with one entry and the given short-lived rows.</summary>
    protected static async Task<StoredHead> StartAsync(ILedgerStore store, StreamId stream, params KeyHash[] keys)
    {
        var batch = Some.Batch(stream, null, Some.EntryAfter(stream, Head.New(Some.Salt))) with { Keys = [.. keys.Select(key => new KeyRow(key, 1))] };
        await CommitAsync(store, batch);
        return (await store.ReadHeadAsync(stream, default))!;
    }

    protected async Task<List<Entry>> ReadAllAsync(ILedgerStore store, long from, long to)
    {
        var entries = new List<Entry>();
        await foreach (var entry in store.ReadEntriesAsync(Stream, from, to, default))
        {
            entries.Add(entry);
        }

        return entries;
    }

    protected static void ShouldEqual(Entry read, Entry written)
    {
        EntryEncoding.Encode(read).ShouldBe(EntryEncoding.Encode(written));
        read.Hash.ShouldBe(written.Hash);
        read.Sealed.Span.SequenceEqual(written.Sealed.Span).ShouldBeTrue();
        read.SealedDigest.ShouldBe(written.SealedDigest);
    }

    private static Head FullHead(Head head) => head with
    {
        ShortLived = [.. Enumerable.Range(0, Head.MaxShortLived).Select(i => new ShortLivedRow(Some.Key(), Some.Time.AddSeconds(i)))],
        State = new(
            StreamStatus.Suspended,
            3,
            [.. Enumerable.Range(0, Head.MaxWindows).Select(i => new UsageWindow(ulong.MaxValue - (ulong)i, Some.Time, Some.Time.AddHours(1), i))],
            new(Some.Time, 10)),
    };
}
