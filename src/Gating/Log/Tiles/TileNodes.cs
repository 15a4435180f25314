using Gating.Log.Merkle;

namespace Gating.Log.Tiles;

/// <summary>
/// The hashes of a tile and of every perfect subtree over them, at most 511. One proof needs nearly as many hashings inside a tile as all of its nodes do, so that nothing is lost where it is used once. Immutable.
/// </summary>
internal sealed class TileNodes
{
    private readonly TreeHash[][] _levels = new TreeHash[TileId.Height][];

    /// <param name="tile">Whole hashes, 1 to 256.</param>
    public TileNodes(ReadOnlySpan<byte> tile)
    {
        var row = new TreeHash[tile.Length / TreeHash.Size];
        for (var i = 0; i < row.Length; i++)
        {
            row[i] = TreeHash.FromBytes(tile.Slice(i * TreeHash.Size, TreeHash.Size));
        }

        _levels[0] = row;
        for (var level = 1; level < _levels.Length; level++)
        {
            var below = _levels[level - 1];
            _levels[level] = new TreeHash[below.Length / 2];
            for (var i = 0; i < _levels[level].Length; i++)
            {
                _levels[level][i] = TreeHash.OfNode(below[2 * i], below[(2 * i) + 1]);
            }
        }
    }

    /// <param name="node">Of this tile: its place in it follows from the node alone.</param>
    public TreeHash HashOf(TreeNode node)
    {
        var level = node.Level % TileId.Height;
        return _levels[level][node.Index % (TileId.FullWidth >> level)];
    }
}
