using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Gating.Log;
using Gating.Log.Merkle;
using Gating.Log.Tiles;
using Gating.Testing;
using Gating.Tests.Log.Merkle;
using Shouldly;
using Xunit;

namespace Gating.Tests.Log.Tiles;

public sealed class TileTests
{
    private const string Paths = "tlog/vectors/tile_paths.json";
    private const int Largest = 1400;

    private static readonly byte[][] Leaves = ReferenceTree.Leaves(Largest);
    private static readonly TreeHash[] Roots = RootsOf();

    [CorpusFact(Paths)]
    public void Paths_of_C2SP_are_read_as_the_corpus_says_and_written_back()
    {
        using var json = JsonDocument.Parse(Corpora.Read(Paths));
        var read = 0;
        foreach (var vector in json.RootElement.GetProperty("c2spTiles").EnumerateArray())
        {
            var path = vector.GetProperty("path").GetString()!;
            var tile = vector.GetProperty("tile");
            TileId.TryParse(path, out var id).ShouldBe(tile.ValueKind != JsonValueKind.Null, path);
            if (tile.ValueKind != JsonValueKind.Null)
            {
                var level = tile[0].ValueKind == JsonValueKind.String ? TileId.EntriesLevel : tile[0].GetInt32();
                id.ShouldBe(new TileId(level, tile[1].GetInt64(), tile[2].GetInt32()));
                id.Path.ShouldBe(path);
                read++;
            }
        }

        read.ShouldBe(7);
    }

    [CorpusFact(Paths)]
    public void Paths_of_sumdb_which_name_a_height_are_none_of_ours_or_name_another_tile()
    {
        using var json = JsonDocument.Parse(Corpora.Read(Paths));
        foreach (var path in json.RootElement.GetProperty("sumdbTiles").EnumerateArray().Select(static vector => vector.GetProperty("path").GetString()!))
        {
            TileId.TryParse(path, out _).ShouldBeFalse(path);
        }
    }

    [Fact]
    public void Every_tile_has_one_path() => Prop.ForAll(Arb.From(AnyTile), static tile =>
    {
        TileId.TryParse(tile.Path, out var again).ShouldBeTrue(tile.Path);
        again.ShouldBe(tile);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Theory]
    [InlineData("")]
    [InlineData("tile/")]
    [InlineData("tile//000")]
    [InlineData("/tile/0/000")]
    [InlineData("tile/0/000.p/1/")]
    [InlineData("tile/0/000.p/+1")]
    [InlineData("tile/0/000.p/1.p/2")]
    [InlineData("tile/0/00٣")]
    [InlineData("tile/0/x1/000")]
    [InlineData("tile/0/X001/000")]
    [InlineData("tile/0/x001//000")]
    [InlineData("tile/0/x001/x000/x000/x000/x000/x000/000")]
    [InlineData("tile/entries")]
    [InlineData("tile/Entries/000")]
    [InlineData("tile/0/000\n")]
    public void What_is_no_path_is_refused(string path) => TileId.TryParse(path, out _).ShouldBeFalse();

    [Fact]
    public void A_tree_of_70000_has_the_tiles_that_the_specification_lists() => TileGrowth.Partials(70_000).ShouldBe(
        [new(0, 273, 112), new(1, 1, 17), new(2, 0, 1), new(TileId.EntriesLevel, 273, 112)]);

    [Fact]
    public async Task However_a_tree_grew_its_tiles_are_the_same_and_prove_all_that_it_is()
    {
        var whole = Grow([Largest]);
        await Task.WhenAll(Gen.Sample(Steps, 40).Select(steps => Task.Run(async () =>
        {
            var tiles = Grow(steps);
            var size = steps.Sum();
            foreach (var (id, bytes) in tiles)
            {
                ShouldBeMade(id, bytes);
                (!whole.TryGetValue(id, out var same) || same.Span.SequenceEqual(bytes.Span)).ShouldBeTrue(id.Path);
            }

            TileGrowth.RootOf(size, tiles).ShouldBe(Roots[size]);
            await ShouldProveAsync(tiles, steps);
        })));
    }

    [Fact]
    public async Task Tiles_that_were_changed_prove_nothing_and_no_proof_is_given()
    {
        var tiles = Grow([600]);
        var bytes = tiles[new(0, 1, 256)].ToArray();
        bytes[17] ^= 1;
        tiles[new(0, 1, 256)] = bytes;
        var proofs = ProofsOf(tiles);
        await Should.ThrowAsync<LogFrozenException>(() => proofs.InclusionAsync(TreeHash.OfLeaf(Leaves[257]), 257, 600, Roots[600], default));
        await Should.ThrowAsync<LogFrozenException>(() => proofs.ConsistencyAsync(300, Roots[300], 600, Roots[600], default));
        tiles.Remove(new(0, 1, 256));
        await Should.ThrowAsync<LogFrozenException>(() => proofs.InclusionAsync(TreeHash.OfLeaf(Leaves[257]), 257, 600, Roots[600], default));
    }

    [Fact]
    public void A_root_is_not_computed_from_partial_tiles_that_are_missing_or_short()
    {
        var tiles = Grow([600]);
        TileGrowth.RootOf(600, tiles).ShouldBe(Roots[600]);
        tiles[new(0, 2, 88)] = tiles[new(0, 2, 88)][..^1];
        TileGrowth.RootOf(600, tiles).ShouldBeNull();
        tiles.Remove(new(0, 2, 88));
        TileGrowth.RootOf(600, tiles).ShouldBeNull();
    }

    [Fact]
    public void A_bundle_that_is_cut_or_has_a_leaf_more_or_other_leaves_than_its_tile_is_refused()
    {
        var tiles = Grow([5]);
        var (bundle, tile) = (tiles[new(TileId.EntriesLevel, 0, 5)], tiles[new(0, 0, 5)]);
        EntryBundle.Matches(bundle, tile.Span).ShouldBeTrue();
        for (var length = 0; length < bundle.Length; length++)
        {
            EntryBundle.Read(bundle[..length], 5).ShouldBeNull();
        }

        EntryBundle.Read(bundle, 4).ShouldBeNull();
        var other = bundle.ToArray();
        other[^1] ^= 1;
        EntryBundle.Matches(other, tile.Span).ShouldBeFalse();
    }

    private static Gen<TileId> AnyTile =>
        from level in Gen.Choose(TileId.EntriesLevel, TileId.MaxLevel)
        from thousands in Gen.Choose(0, 5)
        from digits in Gen.Choose(0, int.MaxValue)
        from width in Gen.Choose(1, TileId.FullWidth)
        select new TileId(level, digits % (long)Math.Pow(1000, Math.Min(thousands + 1, 3)) * (thousands > 3 ? 1_000_000L : 1), width);

    [Fact]
    public async Task Kept_tiles_are_read_once_and_again_after_a_proof_that_fails()
    {
        const int Size = 700;
        var (tiles, read) = (Grow([Size]), new List<TileId>());
        var shared = new TileId(1, 0, Size / TileId.FullWidth);
        var whole = tiles[shared];
        var proofs = new TileProofs((id, _) => Task.FromResult<ReadOnlyMemory<byte>?>(Reading(id)), kept: 8);
        Task ProveAsync(int index) => proofs.InclusionAsync(TreeHash.OfLeaf(Leaves[index]), index, Size, Roots[Size], default);
        ReadOnlyMemory<byte> Reading(TileId id)
        {
            read.Add(id);
            return tiles[id];
        }

        tiles[shared] = new byte[whole.Length];
        (await Should.ThrowAsync<LogFrozenException>(() => ProveAsync(1))).Message.ShouldBe("The log is frozen: the tiles of a tree of 700 leaves do not prove leaf 1.");
        tiles[shared] = whole;
        await ProveAsync(1);
        await ProveAsync(2);

        // Its own tile, the one above both full ones and the last, of which the other 188 leaves are; the first time for nothing.
        read.ShouldBe([.. read.Take(3), .. read.Take(3)]);
        read.ShouldContain(shared);
        await ProveAsync(300);
        read.Count.ShouldBe(7);
    }

    private static Gen<int[]> Steps =>
        from steps in Gen.NonEmptyListOf(Gen.OneOf(Gen.Choose(1, 5), Gen.Choose(200, 300), Gen.Constant(256), Gen.Choose(1, 700)))
        select steps.Aggregate(new List<int>(), static (kept, step) => kept.Sum() + step <= Largest ? [.. kept, step] : kept) is { Count: > 0 } list ? list.ToArray() : new[] { 1 };

    private static Dictionary<TileId, ReadOnlyMemory<byte>> Grow(IEnumerable<int> steps)
    {
        var (tiles, size) = (new Dictionary<TileId, ReadOnlyMemory<byte>>(), 0);
        foreach (var step in steps)
        {
            foreach (var tile in TileGrowth.Grow(size, tiles, [.. Leaves.Skip(size).Take(step).Select(static leaf => new ReadOnlyMemory<byte>(leaf))]))
            {
                tiles.ShouldNotContainKey(tile.Id);
                tiles.Add(tile.Id, tile.Bytes);
            }

            size += step;
        }

        return tiles;
    }

    /// <summary>By the formula of the specification: hash i of tile n at level l is MTH(D[(n·256+i)·256^l : (n·256+i+1)·256^l]).</summary>
    private static void ShouldBeMade(TileId id, ReadOnlyMemory<byte> bytes)
    {
        if (id.Level == TileId.EntriesLevel)
        {
            var leaves = EntryBundle.Read(bytes, id.Width).ShouldNotBeNull();
            leaves.Select(static leaf => leaf.ToArray()).ShouldBe(Leaves.Skip((int)id.Index * 256).Take(id.Width));
            return;
        }

        var span = (int)Math.Pow(256, id.Level);
        for (var i = 0; i < id.Width; i++)
        {
            var start = (int)((id.Index * 256) + i) * span;
            TreeHash.FromBytes(bytes.Span.Slice(i * TreeHash.Size, TreeHash.Size)).ShouldBe(ReferenceTree.Root(Leaves.AsSpan(start, span)));
        }
    }

    private static async Task ShouldProveAsync(Dictionary<TileId, ReadOnlyMemory<byte>> tiles, int[] steps)
    {
        var (proofs, size) = (ProofsOf(tiles), steps.Sum());
        for (var (i, earlier) = (0, 0); i < steps.Length; i++)
        {
            earlier += steps[i];
            (await proofs.ConsistencyAsync(earlier, Roots[earlier], size, Roots[size], default)).Length.ShouldBeLessThan(24);
        }

        for (var index = 0; index < size; index += 7)
        {
            (await proofs.InclusionAsync(TreeHash.OfLeaf(Leaves[index]), index, size, Roots[size], default)).Length.ShouldBeLessThan(12);
        }
    }

    private static TileProofs ProofsOf(Dictionary<TileId, ReadOnlyMemory<byte>> tiles) =>
        new((id, _) => Task.FromResult(tiles.TryGetValue(id, out var bytes) ? bytes : (ReadOnlyMemory<byte>?)null));

    private static TreeHash[] RootsOf()
    {
        var (roots, edge) = (new List<TreeHash> { TreeHash.Empty }, TreeEdge.Empty);
        foreach (var leaf in Leaves)
        {
            edge = edge.Append([TreeHash.OfLeaf(leaf)]);
            roots.Add(edge.Root);
        }

        return [.. roots];
    }
}
