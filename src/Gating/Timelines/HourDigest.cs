using System.Globalization;
using System.Security.Cryptography;
using Gating.Ledger;

namespace Gating.Timelines;

/// <summary>
/// What an hour of a timeline came to: how many entries, and SHA-256 over their hashes, 32 bytes each, one after the other in the timeline's order (time, stream, seq). Pure: whoever has the entries
/// comes to the same, and none can be left out, put in or moved.
/// </summary>
public readonly record struct HourDigest(long Count, EntryHash Sha256)
{
    /// <param name="entries">In the timeline's order.</param>
    public static HourDigest Of(IEnumerable<EntryHash> entries)
    {
        using var running = new Running();
        foreach (var entry in entries)
        {
            running.Add(entry);
        }

        return running.End();
    }

    /// <summary>The same, of what is read meanwhile: nothing is kept.</summary>
    public static async Task<HourDigest> OfAsync(IAsyncEnumerable<TimelineItem> items, CancellationToken cancellation)
    {
        using var running = new Running();
        await foreach (var item in items.WithCancellation(cancellation))
        {
            running.Add(item.Entry);
        }

        return running.End();
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Count} entries of SHA-256 {Sha256}");

    /// <summary>Of entries that come one by one, in the timeline's order. Not safe for concurrent use.</summary>
    internal sealed class Running : IDisposable
    {
        private readonly IncrementalHash _sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        private long _count;

        public void Add(EntryHash entry)
        {
            Span<byte> bytes = stackalloc byte[EntryHash.Size];
            entry.Write(bytes);
            _sha256.AppendData(bytes);
            _count++;
        }

        public HourDigest End()
        {
            Span<byte> digest = stackalloc byte[EntryHash.Size];
            _sha256.GetHashAndReset(digest);
            return new(_count, EntryHash.FromBytes(digest));
        }

        public void Dispose() => _sha256.Dispose();
    }
}
