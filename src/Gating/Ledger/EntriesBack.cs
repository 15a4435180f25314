using System.Runtime.CompilerServices;

namespace Gating.Ledger;

/// <summary>Entries of a stream from the youngest to the oldest: range queries in its own partition, each of a bounded size.</summary>
internal static class EntriesBack
{
    private const int Stride = 250;

    /// <param name="last">Where to begin.</param>
    /// <param name="most">Entries that are read at most.</param>
    public static async IAsyncEnumerable<Entry> ReadAsync(ILedgerStore ledger, StreamId stream, long last, int most, [EnumeratorCancellation] CancellationToken cancellation)
    {
        for (var first = Math.Max(1, last - most + 1); last >= first; last -= Stride)
        {
            var entries = new List<Entry>(Stride);
            await foreach (var entry in ledger.ReadEntriesAsync(stream, Math.Max(first, last - Stride + 1), last, cancellation))
            {
                entries.Add(entry);
            }

            for (var i = entries.Count - 1; i >= 0; i--)
            {
                yield return entries[i];
            }
        }
    }

    /// <summary>Where a page that ended with that entry goes on; null where nothing is before it.</summary>
    public static long? Before(long seq) => seq > 1 ? seq : null;
}
