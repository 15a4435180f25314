using Gating.Ledger;

namespace Gating.Log.Sealing;

/// <summary>The entries that a message refers to, as they are read: their leaves, and whole those that are not indexed yet, few enough to be held. Safe for concurrent use.</summary>
internal sealed class EntriesRead
{
    /// <summary>Entries that are indexed together, at most.</summary>
    private const int MostHeld = 1000;

    /// <summary>Of their public and sealed parts.</summary>
    private const int MostBytes = 1024 * 1024;

    private readonly Lock _lock = new();
    private readonly Dictionary<LeafPlace, NewLeaf> _leaves = [];
    private List<Entry> _unindexed = [];
    private long _bytes;

    public NewLeaf[] Leaves
    {
        get
        {
            lock (_lock)
            {
                return [.. _leaves.Values];
            }
        }
    }

    /// <summary>True where as many are held as may be: then the caller takes them.</summary>
    public bool Add(Entry entry)
    {
        lock (_lock)
        {
            _leaves[new(entry.Stream, entry.Seq)] = NewLeaf.Of(entry);
            _unindexed.Add(entry);
            _bytes += entry.Public.Length + entry.Sealed.Length;
            return _unindexed.Count >= MostHeld || _bytes >= MostBytes;
        }
    }

    public IReadOnlyList<Entry> TakeUnindexed()
    {
        lock (_lock)
        {
            var taken = _unindexed;
            (_unindexed, _bytes) = ([], 0);
            return taken;
        }
    }
}
