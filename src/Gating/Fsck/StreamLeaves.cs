using System.Globalization;
using Gating.Ledger;
using Gating.Log;
using Gating.Log.Sealing;

namespace Gating.Fsck;

/// <summary>
/// The leaf rows of a stream beside its entries, and the leaves of the log that they lead to. A leaf made anew from the data key must stand at its row's index; one whose row does not say is looked for
/// in the whole log.
/// </summary>
/// <param name="log">Null where no tree was found good: then indexes are not judged.</param>
internal sealed class StreamLeaves(StreamId stream, LeafKey? key, LogLeaves? log, IReadOnlyCollection<FsckFinding> named)
{
    /// <summary>Leaves of one stream that are looked for at once.</summary>
    private const int MaxLost = 4096;

    private readonly List<FsckFinding> _findings = [];
    private readonly List<FsckFinding> _unlessLast = [];
    private readonly List<long> _seen = [];
    private readonly Dictionary<LogLeaf, FsckFinding.Wrong> _lost = [];

    public IReadOnlyCollection<long> Seen => _seen;

    public IReadOnlyList<FsckFinding> Findings => _findings;

    /// <summary>Before the log takes it, a leaf may have no row and no index; a later one that has them says that these are lost.</summary>
    /// <param name="entry">The hash that is believed of this entry.</param>
    /// <param name="isOld">Long enough that it must be in the log.</param>
    public async Task AddAsync(long seq, EntryHash entry, LeafRow? row, bool isOld, CancellationToken cancellation)
    {
        var thing = new StoredThing.Leaf(stream, seq);
        var leaf = key?.LeafOf(seq, entry);
        if (row is { Index: { } index })
        {
            _findings.AddRange(_unlessLast);
            _unlessLast.Clear();
            await JudgeAsync(thing, leaf, index, cancellation);
            return;
        }

        var wrong = new FsckFinding.Wrong(thing, row is null ? FsckFault.Missing : FsckFault.Differs, "a row with its index in the log", row is null ? "nothing" : "no index");
        if (_unlessLast.Count < MaxLost)
        {
            _unlessLast.Add(wrong);
        }

        if (isOld && leaf is { } made && _lost.Count < MaxLost)
        {
            _lost.Add(made, wrong);
        }
    }

    /// <summary>A row whose leaf the log has: without the data key, or a tree, every index is taken for one.</summary>
    public async Task<bool> IsProvenAsync(LeafRow row, CancellationToken cancellation) =>
        row.Index is { } index && (key is null || log is null || (index >= 0 && index < log.Size && await log.AtAsync(index, cancellation) is var there && (there is null || there == key.LeafOf(row.Seq, row.Entry))));

    /// <summary>Looks for what has no place.</summary>
    public async Task EndAsync(CancellationToken cancellation)
    {
        if (_lost.Count == 0 || log is null)
        {
            return;
        }

        if (await log.FindAsync(_lost.Keys.ToHashSet(), cancellation) is not { } found)
        {
            _findings.Add(new FsckFinding.Unjudged(new StoredThing.Leaf(stream, 0), "too many leaves have no place: whether the log has these was not looked for"));
            return;
        }

        foreach (var (leaf, index) in found)
        {
            _seen.Add(index);
            _findings.Add(_lost[leaf] with { Expected = string.Create(CultureInfo.InvariantCulture, $"index {index}") });
        }
    }

    private async Task JudgeAsync(StoredThing.Leaf thing, LogLeaf? leaf, long index, CancellationToken cancellation)
    {
        if (log is null)
        {
            return;
        }

        var found = string.Create(CultureInfo.InvariantCulture, $"index {index}");
        if (index < 0)
        {
            Lose(thing, leaf, found);
        }
        else if (index >= log.Size)
        {
            // Sealed since the tree was read, or a number that no leaf has: then the log has the leaf somewhere else.
            if (leaf is { } made)
            {
                _lost.TryAdd(made, new(thing, FsckFault.Differs, string.Empty, found));
            }
        }
        else if (await log.AtAsync(index, cancellation) is not { } there || leaf is null || there == leaf)
        {
            _seen.Add(index);
        }
        else
        {
            Lose(thing, leaf, found);
        }
    }

    private void Lose(StoredThing.Leaf thing, LogLeaf? leaf, string found)
    {
        if (named.OfType<FsckFinding.Wrong>().All(wrong => wrong.Thing != thing))
        {
            _findings.Add(new FsckFinding.Wrong(thing, FsckFault.Differs, "the index of its leaf", found));
        }

        if (leaf is { } made)
        {
            _lost.TryAdd(made, new(thing, FsckFault.Differs, string.Empty, found));
        }
    }
}
