using System.Globalization;
using Gating.Ledger;

namespace Gating.Fsck;

/// <summary>The short-lived rows of one stream against its head, which lists each with the entry that it names.</summary>
internal sealed class ShortLivedRows(StreamId stream)
{
    private readonly List<KeyRow> _rows = [];
    private readonly HashSet<KeyHash> _unread = [];

    public void Add(KeyRow row) => _rows.Add(row);

    /// <summary>One that cannot be read: it was named, and is not missing.</summary>
    public void Pass(KeyHash key) => _unread.Add(key);

    /// <param name="head">Null where there is none that can be read: then rows are held against the entries alone.</param>
    public IEnumerable<FsckFinding> Judge(Head? head, long last)
    {
        var listed = head?.ShortLived.DistinctBy(static row => row.Key).ToDictionary(static row => row.Key, static row => row.Seq);
        var missing = listed?.Keys.Except(_rows.Select(static row => row.Key)).Except(_unread).ToList() ?? [];
        if (missing.Count > 0 && _rows.Exists(row => !listed!.ContainsKey(row.Key)))
        {
            // Rows without a place and places without a row: the list is wrong, not each of them.
            return [new FsckFinding.Wrong(new StoredThing.Head(stream), FsckFault.Differs, "a list of the short-lived rows that are there", $"{missing[0]} among them")];
        }

        return [.. _rows.SelectMany(row => Judge(row, listed, last)), .. missing.Select(key => Wrong(key, FsckFault.Missing, "a row that the head lists", "nothing"))];
    }

    private IEnumerable<FsckFinding> Judge(KeyRow row, Dictionary<KeyHash, long>? listed, long last)
    {
        if (row.Seq < 1 || row.Seq > last)
        {
            yield return Wrong(row.Key, FsckFault.Differs, $"an entry of 1 to {Text(last)}", Text(row.Seq));
        }
        else if (listed is not null && !listed.ContainsKey(row.Key))
        {
            yield return Wrong(row.Key, FsckFault.Stray, "a row that the head lists", $"one of entry {Text(row.Seq)}");
        }
        else if (listed is not null && listed[row.Key] is var named && named != row.Seq)
        {
            yield return Wrong(row.Key, FsckFault.Differs, $"entry {Text(named)}, as the head says", Text(row.Seq));
        }
    }

    private FsckFinding.Wrong Wrong(KeyHash key, FsckFault fault, string expected, string found) => new(new StoredThing.ShortLived(stream, key), fault, expected, found);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
