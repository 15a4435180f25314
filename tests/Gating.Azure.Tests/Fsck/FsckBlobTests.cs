using Gating.Azure.Tables;
using Gating.Fsck;
using Gating.Ledger;
using Gating.Log.Tiles;
using Gating.Testing.Storage;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace Gating.Azure.Tests.Fsck;

/// <summary>Every blob there is: flipped, cut, lengthened, gone, taken for another.</summary>
public sealed class FsckBlobTests(ITestOutputHelper output) : IAsyncLifetime
{
    private FsckWorld _world = null!;
    private Intruder _intruder = null!;

    public async Task InitializeAsync()
    {
        _world = await FsckWorld.CreateAsync();
        _intruder = new(_world.Options);
    }

    public Task DisposeAsync()
    {
        _world.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task A_changed_blob_of_the_log_is_named()
    {
        var (named, failures) = (0, new List<string>());
        foreach (var (container, name) in await BlobsAsync())
        {
            var (bytes, properties) = await _intruder.ReadBlobAsync(container, name);
            var changes = Intruder.Places(bytes.Length).Select(at => ($"[{at}]", Intruder.Flip(bytes, at))).Append(("cut", bytes[..^1])).Append(("longer", [.. bytes, 0]));
            foreach (var (what, changed) in changes)
            {
                await _intruder.PutBlobAsync(container, name, changed, properties);
                await JudgeAsync($"{name} {what}", container, name);
            }

            if (!IsFormer(container, name))
            {
                await _intruder.DeleteBlobAsync(container, name);
                await JudgeAsync($"{name} gone", container, name);
            }

            await _intruder.PutBlobAsync(container, name, bytes, properties);
        }

        output.WriteLine($"{named} changes of blobs named");
        failures.ShouldBeEmpty();
        (await _world.CheckAsync()).ShouldBeEmpty();

        async Task JudgeAsync(string what, string container, string name)
        {
            var wrong = await _world.WrongAsync(FsckPhase.Log);
            named += wrong is [_] ? 1 : 0;
            if (wrong is not [var one] || one != ThingOf(container, name))
            {
                failures.Add($"{what}: {string.Join(", ", wrong)}");
            }
        }
    }

    [Fact]
    public async Task Bytes_all_over_a_checkpoint_and_the_state_are_vouched_for()
    {
        foreach (var (container, name) in new[] { (_intruder.Keys.LogContainer, TableKeys.Checkpoint), (_intruder.Keys.LastKnownContainer, TableKeys.Checkpoint), (_intruder.Keys.LogContainer, TableKeys.LogState) })
        {
            var (bytes, properties) = await _intruder.ReadBlobAsync(container, name);
            for (var at = 0; at < bytes.Length; at += name == TableKeys.LogState ? 1 : 5)
            {
                await _intruder.PutBlobAsync(container, name, Intruder.Flip(bytes, at), properties);
                (await _world.WrongAsync(FsckPhase.Log)).ShouldBe([ThingOf(container, name)], $"{name}, byte {at}");
            }

            await _intruder.PutBlobAsync(container, name, bytes, properties);
        }
    }

    [Fact]
    public async Task Two_tiles_that_changed_places_and_a_blob_that_was_put_in_are_named()
    {
        var former = new TileId(TileId.EntriesLevel, 0, 7).Path;
        var (left, right) = (new TileId(TileId.EntriesLevel, 0, 256), new TileId(0, 0, 256));
        var container = _intruder.Keys.LogContainer;
        var (one, properties) = await _intruder.ReadBlobAsync(container, left.Path);
        var (other, _) = await _intruder.ReadBlobAsync(container, right.Path);
        await _intruder.PutBlobAsync(container, left.Path, other, properties);
        await _intruder.PutBlobAsync(container, right.Path, one, properties);
        (await _world.WrongAsync(FsckPhase.Log)).ShouldBe([new StoredThing.Tile(left), new StoredThing.Tile(right)], ignoreOrder: true);
        await _intruder.PutBlobAsync(container, left.Path, one, properties);
        await _intruder.PutBlobAsync(container, right.Path, other, properties);

        await _intruder.PutBlobAsync(container, "stranger", [1], properties);
        (await _world.WrongAsync(FsckPhase.Log)).ShouldBe([new StoredThing.LogBlob("stranger")]);
        await _intruder.DeleteBlobAsync(container, "stranger");
        (await _intruder.ReadBlobAsync(container, former)).Bytes.Length.ShouldBe(7 * 66);
        (await _world.CheckAsync()).ShouldBeEmpty();
    }

    /// <summary>A bundle of leaves of one place and a tile of another: neither side alone makes the root that was signed.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Several_tiles_that_are_wrong_at_once_are_named_and_not_what_stands_beside_them(bool isLastByItsTile)
    {
        var (first, last) = (new TileId(isLastByItsTile ? TileId.EntriesLevel : 0, 0, 256), new TileId(isLastByItsTile ? 0 : TileId.EntriesLevel, 1, 36));
        await FlipAsync(first);
        await FlipAsync(last);
        (await _world.WrongAsync(FsckPhase.Log)).ShouldBe([new StoredThing.Tile(first), new StoredThing.Tile(last)], ignoreOrder: true);
        await FlipAsync(last);

        // And where the level above does not help either.
        var above = new TileId(1, 0, 1);
        await FlipAsync(above);
        (await _world.WrongAsync(FsckPhase.Log)).ShouldBe([new StoredThing.Tile(first), new StoredThing.Tile(above)], ignoreOrder: true);
    }

    private async Task FlipAsync(TileId tile)
    {
        var (bytes, properties) = await _intruder.ReadBlobAsync(_intruder.Keys.LogContainer, tile.Path);
        await _intruder.DeleteBlobAsync(_intruder.Keys.LogContainer, tile.Path);
        await _intruder.PutBlobAsync(_intruder.Keys.LogContainer, tile.Path, Intruder.Flip(bytes, bytes.Length / 2), properties);
    }

    [Fact]
    public async Task A_changed_or_missing_file_is_named()
    {
        var (container, name) = (_intruder.Keys.ArchiveContainer, _world.Kept.Text);
        var (bytes, properties) = await _intruder.ReadBlobAsync(container, name);
        var thing = new StoredThing.File(name);
        foreach (var changed in Intruder.Places(bytes.Length).Select(at => Intruder.Flip(bytes, at)).Append(bytes[..^1]).Append([.. bytes, 0]))
        {
            await _intruder.PutBlobAsync(container, name, changed, properties);
            (await _world.WrongAsync()).ShouldBe([thing]);
        }

        foreach (var (key, value) in properties.Metadata)
        {
            await _intruder.PutBlobAsync(container, name, bytes, properties, key, $"{value[..^1]}{(char)(value[^1] ^ 1)}");
            (await _world.WrongAsync()).ShouldBe([thing], key);
        }

        await _intruder.DeleteBlobAsync(container, name);
        (await _world.WrongAsync()).ShouldBe([thing]);
        await _intruder.PutBlobAsync(container, name, bytes, properties);

        var stranger = Generations.ContentId.Create(DateTimeOffset.UtcNow).Text;
        await _intruder.PutBlobAsync(container, stranger, bytes, properties);
        (await _world.WrongAsync()).ShouldBe([new StoredThing.File(stranger)]);
        await _intruder.DeleteBlobAsync(container, stranger);
        (await _world.CheckAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_changed_or_missing_blob_of_an_entry_is_named()
    {
        var entry = (await _world.Storage.Ledger.ReadEntryAsync(_world.Person, 6, default))!;
        var (container, name) = (_intruder.Keys.EntriesContainer, TableKeys.Blob(entry.Hash));
        var (bytes, properties) = await _intruder.ReadBlobAsync(container, name);
        foreach (var changed in Intruder.Places(bytes.Length).Select(at => Intruder.Flip(bytes, at)).Append(bytes[..^1]).Append([.. bytes, 0]))
        {
            await _intruder.PutBlobAsync(container, name, changed, properties);
            (await _world.WrongAsync()).ShouldBe([new StoredThing.EntryBlob(name)]);
        }

        await _intruder.DeleteBlobAsync(container, name);
        (await _world.WrongAsync()).ShouldBe([new StoredThing.EntryBlob(name)]);
    }

    /// <summary>What a later one replaced may be taken away.</summary>
    private bool IsFormer(string container, string name) => container == _intruder.Keys.LogContainer && name != _last && (name.StartsWith("staging/", StringComparison.Ordinal) || (TileId.TryParse(name, out var tile) && tile is { Index: 0, IsFull: false, Level: < 1 }));

    private string? _last;

    private StoredThing ThingOf(string container, string name) =>
        container == _intruder.Keys.LastKnownContainer ? new StoredThing.LastKnown()
        : name == TableKeys.LogState ? new StoredThing.LogState()
        : name == TableKeys.Checkpoint ? new StoredThing.Published()
        : TableKeys.TryReadStaging(name, out var staging) ? new StoredThing.Staging(staging)
        : TileId.TryParse(name, out var tile) ? new StoredThing.Tile(tile)
        : throw new InvalidOperationException(name);

    private async Task<List<(string Container, string Name)>> BlobsAsync()
    {
        _last = TableKeys.Staging((await _world.Storage.Log.ReadStateAsync(default))!.State.Staging);
        var blobs = new List<(string, string)>();
        foreach (var container in (string[])[_intruder.Keys.LogContainer, _intruder.Keys.LastKnownContainer])
        {
            await foreach (var blob in _intruder.Container(container).GetBlobsAsync())
            {
                if (blob.Name != TableKeys.LogLease)
                {
                    blobs.Add((container, blob.Name));
                }
            }
        }

        return blobs;
    }
}
