using System.Security.Cryptography;
using Gating.Ledger;
using Gating.Log;
using Gating.Log.Merkle;
using Gating.Log.Sealing;
using Gating.Log.Tiles;
using Shouldly;
using Xunit;

namespace Gating.Testing.Storage;

/// <summary>What every store of the log's blobs must do. Each test opens an empty one.</summary>
public abstract class LogStoreContract
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(15);

    protected abstract ValueTask<ILogStore> OpenAsync();

    [Fact]
    public async Task There_is_no_state_and_then_there_is_the_one_that_was_written()
    {
        var store = await OpenAsync();
        (await store.ReadStateAsync(default)).ShouldBeNull();
        var state = StateAfter(null, 5);

        (await store.WriteStateAsync(state, null, default)).ShouldBeTrue();

        (await store.ReadStateAsync(default)).ShouldNotBeNull().State.Encode().ShouldBe(state.Encode());
    }

    [Fact]
    public async Task A_state_moves_only_from_the_one_whose_token_is_presented()
    {
        var store = await OpenAsync();
        (await store.WriteStateAsync(StateAfter(null, 5), "\"0x0\"", default)).ShouldBeFalse();
        (await store.WriteStateAsync(StateAfter(null, 5), null, default)).ShouldBeTrue();
        var first = (await store.ReadStateAsync(default)).ShouldNotBeNull();
        var second = StateAfter(first.State, 3);

        (await store.WriteStateAsync(second, null, default)).ShouldBeFalse();
        (await store.WriteStateAsync(second, first.Token, default)).ShouldBeTrue();
        (await store.WriteStateAsync(StateAfter(first.State, 4), first.Token, default)).ShouldBeFalse();

        (await store.ReadStateAsync(default)).ShouldNotBeNull().State.Encode().ShouldBe(second.Encode());
    }

    [Fact]
    public async Task Of_many_who_move_the_state_at_once_one_does()
    {
        var store = await OpenAsync();
        for (var round = 0; round < 3; round++)
        {
            var before = await store.ReadStateAsync(default);
            var states = Enumerable.Range(1, 8).Select(count => StateAfter(before?.State, count)).ToArray();
            var moved = await Task.WhenAll(states.Select(state => Task.Run(() => store.WriteStateAsync(state, before?.Token, default))));
            moved.Count(static won => won).ShouldBe(1);
            (await store.ReadStateAsync(default)).ShouldNotBeNull().State.Encode().ShouldBe(states[Array.IndexOf(moved, true)].Encode());
        }
    }

    [Fact]
    public async Task Staged_leaves_are_kept_under_their_hash_however_often_they_are_put()
    {
        var store = await OpenAsync();
        var bytes = RandomNumberGenerator.GetBytes(300_000);
        (await store.ReadStagingAsync(Staging.NameOf(bytes), default)).ShouldBeNull();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => store.PutStagingAsync(Staging.NameOf(bytes), bytes, default))));
        (await store.ReadStagingAsync(Staging.NameOf(bytes), default)).ShouldNotBeNull().ToArray().ShouldBe(bytes);
    }

    [Fact]
    public async Task A_tile_is_written_once_and_with_other_bytes_it_is_a_contradiction()
    {
        var store = await OpenAsync();
        var tile = new Tile(new(0, 1_234_067, 3), RandomNumberGenerator.GetBytes(96));
        (await store.ReadTileAsync(tile.Id, default)).ShouldBeNull();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => store.PutTileAsync(tile, default))));
        await store.PutTileAsync(tile, default);

        await Should.ThrowAsync<LogFrozenException>(() => store.PutTileAsync(tile with { Bytes = RandomNumberGenerator.GetBytes(96) }, default));
        await Should.ThrowAsync<LogFrozenException>(() => store.PutTileAsync(tile with { Bytes = tile.Bytes[..64] }, default));

        (await store.ReadTileAsync(tile.Id, default)).ShouldNotBeNull().ToArray().ShouldBe(tile.Bytes.ToArray());
        (await store.ReadTileAsync(tile.Id with { Width = 4 }, default)).ShouldBeNull();
        (await store.ReadTileAsync(tile.Id with { Level = TileId.EntriesLevel }, default)).ShouldBeNull();
    }

    [Fact]
    public async Task One_has_the_lease_until_it_is_given_back()
    {
        var store = await OpenAsync();
        var leases = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => store.TryLeaseAsync(Lease, default))));
        var lease = leases.Where(static lease => lease is not null).ShouldHaveSingleItem().ShouldNotBeNull();
        (await store.TryLeaseAsync(Lease, default)).ShouldBeNull();
        await store.ReleaseLeaseAsync(lease, default);
        await store.ReleaseLeaseAsync(lease, default);
        var next = (await store.TryLeaseAsync(Lease, default)).ShouldNotBeNull();
        await store.ReleaseLeaseAsync(lease, default);
        (await store.TryLeaseAsync(Lease, default)).ShouldBeNull();
        await store.ReleaseLeaseAsync(next, default);
    }

    private static LogState StateAfter(LogState? state, int leaves)
    {
        var edge = state?.Edge ?? TreeEdge.Empty;
        TreeHash[] hashes = [.. Enumerable.Range(0, leaves).Select(static _ => TreeHash.FromBytes(RandomNumberGenerator.GetBytes(TreeHash.Size)))];
        return new(edge.Append(hashes), edge.Size, edge.Root, EntryHash.FromBytes(RandomNumberGenerator.GetBytes(EntryHash.Size)), Some.Time);
    }
}

/// <summary>What every place of a checkpoint must do. Each test opens an empty one.</summary>
public abstract class CheckpointStoreContract
{
    protected abstract ValueTask<ICheckpointStore> OpenAsync();

    [Fact]
    public async Task A_checkpoint_is_replaced_only_by_who_presents_its_token()
    {
        var store = await OpenAsync();
        (await store.ReadAsync(default)).ShouldBeNull();
        (await store.WriteAsync("one\n"u8.ToArray(), null, default)).ShouldBeTrue();
        (await store.WriteAsync("other\n"u8.ToArray(), null, default)).ShouldBeFalse();
        var one = (await store.ReadAsync(default)).ShouldNotBeNull();
        one.Note.ToArray().ShouldBe("one\n"u8.ToArray());
        (await store.WriteAsync("two\n"u8.ToArray(), one.Token, default)).ShouldBeTrue();
        (await store.WriteAsync("three\n"u8.ToArray(), one.Token, default)).ShouldBeFalse();
        (await store.ReadAsync(default)).ShouldNotBeNull().Note.ToArray().ShouldBe("two\n"u8.ToArray());
    }

    [Fact]
    public async Task Of_many_who_write_at_once_one_does()
    {
        var store = await OpenAsync();
        var won = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() => store.WriteAsync(new byte[] { (byte)i }, null, default))));
        won.Count(static one => one).ShouldBe(1);
        (await store.ReadAsync(default)).ShouldNotBeNull().Note.ToArray().ShouldBe([(byte)Array.IndexOf(won, true)]);
    }
}
