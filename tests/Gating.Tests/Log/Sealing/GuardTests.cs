using System.Security.Cryptography;
using Gating.Ledger;
using Gating.Log;
using Gating.Log.Merkle;
using Gating.Log.Notes;
using Gating.Log.Sealing;
using Gating.Log.Tiles;
using Gating.Testing.Storage;
using Shouldly;
using Xunit;

namespace Gating.Tests.Log.Sealing;

/// <summary>A log that was restored, rewritten or damaged is neither sealed nor signed, at start-up and in every run, until it is whole again.</summary>
public sealed class GuardTests
{
    private readonly LogWorld _world = new();

    [Fact]
    public async Task A_log_that_continues_what_is_known_is_accepted()
    {
        await _world.Sealer.CheckAsync(default);
        await _world.LogAsync(3);
        await _world.Sealer.CheckAsync(default);
        await _world.LogAsync(3);
        await _world.Sealer.CheckAsync(default);
    }

    [Fact]
    public async Task A_state_that_was_restored_to_a_shorter_one_is_refused()
    {
        await _world.LogAsync(3);
        var earlier = _world.Log.State;
        await _world.LogAsync(3);
        _world.Log.Restore(earlier);
        await ShouldBeFrozenAsync("it has 3 leaves, and the last known checkpoint has 6");
    }

    [Fact]
    public async Task An_account_that_was_restored_whole_is_refused_because_of_what_is_known_elsewhere()
    {
        await _world.LogAsync(3);
        var (state, note) = (_world.Log.State, (await _world.Published.ReadAsync(default))!.Note.ToArray());
        await _world.LogAsync(3);
        _world.Log.Restore(state);
        _world.Published.Tamper(note);
        await ShouldBeFrozenAsync("it has 3 leaves, and the last known checkpoint has 6");
    }

    [Fact]
    public async Task A_state_that_is_gone_is_refused()
    {
        await _world.LogAsync(3);
        _world.Log.Restore(null);
        await ShouldBeFrozenAsync("it has 0 leaves, and the last known checkpoint has 3");
    }

    [Fact]
    public async Task Another_tree_of_the_same_size_is_refused()
    {
        await _world.LogAsync(3);
        await _world.LogAsync(3);
        var other = new LogWorld();
        await other.LogAsync(3);
        await other.LogAsync(3);
        _world.Log.Restore(other.Log.State);
        await ShouldBeFrozenAsync("it is another than the last known checkpoint of 6 leaves says");
    }

    [Fact]
    public async Task A_longer_tree_that_does_not_begin_with_what_is_known_is_refused()
    {
        await _world.LogAsync(3);
        var other = new LogWorld();
        await other.LogAsync(4);
        await other.LogAsync(3);
        _world.Log.Restore(other.Log.State);
        await ShouldBeFrozenAsync("tile/0/000.p/4 is missing");
        var tile = new TileId(0, 0, 4);
        _world.Log.Tamper(tile, (await other.Log.ReadTileAsync(tile, default))!.Value.ToArray());
        await ShouldBeFrozenAsync("do not prove that it begins with 3");
    }

    [Fact]
    public async Task A_last_known_checkpoint_that_is_gone_or_not_ours_is_refused()
    {
        await _world.LogAsync(3);
        await _world.LogAsync(3);
        var note = (await _world.LastKnown.ReadAsync(default))!.Note.ToArray();
        _world.LastKnown.Tamper(null);
        await ShouldBeFrozenAsync("the last known checkpoint is missing");
        note[^3] ^= 1;
        _world.LastKnown.Tamper(note);
        await ShouldBeFrozenAsync("the last known checkpoint is not one that this log signed");
    }

    [Fact]
    public async Task A_published_checkpoint_that_is_longer_than_the_log_or_another_is_refused()
    {
        await _world.LogAsync(3);
        _world.Published.Tamper(await SignAsync(9, TreeHash.Empty));
        await ShouldBeFrozenAsync("it has 3 leaves, and the published checkpoint has 9");
        _world.Published.Tamper(await SignAsync(3, TreeHash.Empty));
        await ShouldBeFrozenAsync("it is another than the published checkpoint of 3 leaves says");
    }

    [Fact]
    public async Task A_last_known_checkpoint_that_lags_is_proved_from_the_tiles_and_catches_up()
    {
        await _world.LogAsync(300);
        var note = (await _world.LastKnown.ReadAsync(default))!.Note.ToArray();
        await _world.LogAsync(5);
        await _world.LogAsync(5);
        _world.LastKnown.Tamper(note);
        await _world.Sealer.CheckAsync(default);
        await _world.LogAsync(5);
        (await _world.LastKnown.ReadAsync(default))!.Note.ToArray().ShouldBe((await _world.Published.ReadAsync(default))!.Note.ToArray());

        _world.LastKnown.Tamper(await SignAsync(200, TreeHash.Empty));
        await ShouldBeFrozenAsync("do not prove that it begins with 200");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(TileId.EntriesLevel)]
    public async Task A_partial_tile_that_was_changed_or_is_gone_is_not_built_upon(int level)
    {
        await _world.LogAsync(300);
        var id = TileId.Partial(level, 300)!.Value;
        var bytes = (await _world.Log.ReadTileAsync(id, default))!.Value.ToArray();
        var size = _world.Log.State!.Size;
        byte[] changed = [.. bytes];
        changed[^1] ^= 1;
        _world.Log.Tamper(id, changed);

        await ShouldNotCompleteASealAsync("its tiles are not those of the 300 leaves");
        _world.Log.Tamper(id, null);
        await ShouldBeFrozenAsync("is missing", isFoundAtStart: false);

        _world.Log.Tamper(id, bytes);
        _world.Time.Pass(LogSealer.Pace);
        await _world.Sealer.RunAsync(default);
        await _world.ShouldBeSoundAsync();
        _world.Log.State.Size.ShouldBeGreaterThan(size);
    }

    [Fact]
    public async Task A_tile_that_somebody_wrote_before_us_is_an_alarm_and_stays()
    {
        await _world.LogAsync(3);
        var planted = new TileId(0, 0, 5);
        _world.Log.Tamper(planted, RandomNumberGenerator.GetBytes(5 * TreeHash.Size));
        await ShouldNotCompleteASealAsync("tile/0/000.p/5 is there with other bytes");
        (await _world.CheckpointAsync()).Size.ShouldBe(3);
        _world.Log.Tamper(planted, null);
        await _world.Sealer.RunAsync(default);
        await _world.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task A_leaf_row_that_is_gone_when_its_leaf_gets_its_place_is_an_alarm()
    {
        var stream = await _world.AppendAsync(2);
        var held = _world.Faults.HoldNext(StoreCall.WriteLogState);
        var handling = Task.Run(() => _world.Handler.HandleAsync(LogWorld.Message(new TraceReference(stream, 1, 2)), default));
        await held.Reached;
        _world.Leaves.Lose(stream, 2);
        held.Release();
        await handling;
        await ShouldBeFrozenAsync("is in the log and its row is gone", isFoundAtStart: false);
    }

    private async Task ShouldNotCompleteASealAsync(string why)
    {
        // The message is done all the same: its leaves are safe, and the alarm is the log's.
        await _world.LogAsync(2);
        await ShouldBeFrozenAsync(why, isFoundAtStart: false);
    }

    private async Task ShouldBeFrozenAsync(string why, bool isFoundAtStart = true)
    {
        var published = _world.Published.History.Count;
        if (isFoundAtStart)
        {
            (await Should.ThrowAsync<LogFrozenException>(() => _world.Sealer.CheckAsync(default))).Message.ShouldContain(why);
        }

        for (var i = 0; i < 2; i++)
        {
            _world.Restart();
            _world.Time.Pass(TimeSpan.FromMinutes(1));
            (await Should.ThrowAsync<LogFrozenException>(() => _world.Sealer.RunAsync(default))).Message.ShouldContain(why);
        }

        _world.Published.History.Count.ShouldBe(published);
        _world.Faults.Violations.ShouldBeEmpty();
    }

    private async Task<byte[]> SignAsync(long size, TreeHash root) => await SignedNote.SignAsync(new Checkpoint(LogWorld.Origin, size, root).ToText(), _world.Keys.Signers, default);
}
