using Gating.Ledger;
using Gating.Log;
using Gating.Log.Merkle;
using Gating.Log.Tiles;

namespace Gating.Evidence;

/// <summary>
/// That nothing of a stream was left out: of its tags 1 to n are in the tree of the checkpoint and n+1 is not. Whoever wants to know that a tag is not there must see all leaves: they are public, and hashed here to the root that was
/// signed. Reads each bundle of leaves once; keeps about 60 bytes for each tag.
/// </summary>
/// <param name="read">A tile of the public log, or null where there is none; throws <see cref="LogUnreadableException"/>.</param>
internal sealed class LogClaim(Func<TileId, CancellationToken, Task<ReadOnlyMemory<byte>?>> read)
{
    private const string Name = "nothing left out";

    private readonly ClaimTally _tally = new(Name);
    private readonly List<(StreamId Stream, long Seq, bool IsSealed)> _tags = [];
    private readonly Dictionary<EntryHash, int> _places = [];

    /// <param name="streams">Whose entries have been counted: no more than a bundle holds.</param>
    public async Task<Claim> CheckAsync(IEnumerable<StreamLine> streams, Checkpoint checkpoint, CancellationToken cancellation)
    {
        foreach (var stream in streams)
        {
            AddTags(stream);
        }

        var (edge, seen) = (TreeEdge.Empty, new bool[_tags.Count]);
        for (var index = 0L; edge.Size < checkpoint.Size; index++)
        {
            if (await ReadAsync(index, (int)Math.Min(TileId.FullWidth, checkpoint.Size - edge.Size), cancellation) is not { } leaves)
            {
                return Claim.NotChecked(Name, FormattableString.Invariant($"the log that was given has no leaves from {edge.Size} on, and the checkpoint has {checkpoint.Size}"));
            }

            edge = edge.Append([.. leaves.Select(static leaf => TreeHash.OfLeaf(leaf.Span))]);
            foreach (var leaf in leaves.Where(static leaf => leaf.Length == LogLeaf.Size))
            {
                See(LogLeaf.FromBytes(leaf.Span).Tag, seen);
            }
        }

        if (edge.Root != checkpoint.Root)
        {
            return Claim.Fails(Name, "the leaves of the log that was given do not give the root that was signed: it is another log, or one of the two was changed");
        }

        for (var i = 0; i < seen.Length; i++)
        {
            if (_tags[i].IsSealed && !seen[i])
            {
                _tally.Fail($"entry {EntryLine.NameOf(new(_tags[i].Stream, _tags[i].Seq))} is not in the log");
            }
        }

        return _tally.ToClaim($"of {checkpoint.Size} leaves of the log {seen.Count(static one => one)} are these streams' own, each once, and the one that would come next is not there");
    }

    private void AddTags(StreamLine stream)
    {
        var key = new LeafKey(stream.Key.Span);
        for (var seq = 1L; seq <= stream.Sealed + 1; seq++)
        {
            _places.TryAdd(key.Tag(seq), _tags.Count);
            _tags.Add((stream.Stream, seq, seq <= stream.Sealed));
        }
    }

    private void See(EntryHash tag, bool[] seen)
    {
        if (!_places.TryGetValue(tag, out var place))
        {
            return;
        }

        var (stream, seq, isSealed) = _tags[place];
        if (!isSealed)
        {
            _tally.Fail($"entry {EntryLine.NameOf(new(stream, seq))} is in the log, and the bundle does not have it");
        }
        else if (seen[place])
        {
            _tally.Fail($"entry {EntryLine.NameOf(new(stream, seq))} is in the log twice");
        }

        seen[place] = true;
    }

    /// <summary>A log that has grown may have given its narrow tiles up: the wide one begins with the same leaves.</summary>
    private async Task<IReadOnlyList<ReadOnlyMemory<byte>>?> ReadAsync(long index, int width, CancellationToken cancellation)
    {
        var id = new TileId(TileId.EntriesLevel, index, width);
        if (await read(id, cancellation) is { } narrow)
        {
            return EntryBundle.Read(narrow, width);
        }

        return !id.IsFull && await read(id with { Width = TileId.FullWidth }, cancellation) is { } wide && EntryBundle.Read(wide, TileId.FullWidth) is { } leaves ? [.. leaves.Take(width)] : null;
    }
}

/// <summary>The public log that was named does not answer as one.</summary>
public sealed class LogUnreadableException(string message, Exception? inner = null) : Exception(message, inner);
