using System.Text.Json;
using Gating.Ledger;
using Gating.Log.Sealing;

namespace Gating.Fsck;

/// <summary>Entries that other rows lead to. One that its leaf row does not know vouches for nothing: the check of its stream has named it.</summary>
internal static class Vouched
{
    /// <summary>The entry, or that there is none; not judged where what is stored of it contradicts itself, or cannot be read.</summary>
    public static async Task<(bool IsJudged, Entry? Entry)> ReadAsync(LogStores log, StreamId stream, long seq, CancellationToken cancellation)
    {
        try
        {
            var leaf = (await log.Leaves.ReadAsync(stream, seq, seq, cancellation)).Select(static row => (EntryHash?)row.Entry).SingleOrDefault();
            return await log.Ledger.ReadEntryAsync(stream, seq, cancellation) is { } entry
                ? leaf is { } known && known != entry.Hash ? (false, null) : (true, entry)
                : (leaf is null, null);
        }
        catch (Exception unreadable) when (IsUnreadable(unreadable))
        {
            return (false, null);
        }
    }

    /// <summary>What reading a row says that is not as it was written.</summary>
    public static bool IsUnreadable(Exception error) => error is FormatException or JsonException or UnknownVersionException or StreamFrozenException or KeyNotFoundException
        or InvalidOperationException or ArgumentException or OverflowException;
}
