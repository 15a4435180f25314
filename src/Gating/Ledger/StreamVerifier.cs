using System.Collections.Immutable;
using System.Security.Cryptography;

namespace Gating.Ledger;

/// <summary>What is wrong with a row of a stream.</summary>
public enum LedgerFault
{
    /// <summary>There are entries but no head, or a head without any.</summary>
    HeadMissing = 1,

    /// <summary>The entry is not there.</summary>
    EntryMissing = 2,

    /// <summary>It does not name the hash of the entry before it: one of the two was changed, or one was put in or taken out.</summary>
    ChainBroken = 3,

    /// <summary>The sealed bytes are not those that the entry's hash covers.</summary>
    SealedChanged = 4,

    /// <summary>Its time is before that of the entry before it.</summary>
    TimeReversed = 5,

    /// <summary>The head names another last entry than there is.</summary>
    HeadDiffers = 6,

    /// <summary>An entry stands beyond the head.</summary>
    BeyondHead = 7,
}

/// <param name="Seq">The entry concerned; 0 for the head.</param>
public readonly record struct LedgerFinding(long Seq, LedgerFault Fault);

/// <param name="Erased">Entries whose sealed part is gone: lawful after erasure, and for the caller to judge.</param>
public sealed record LedgerReport(StreamId Stream, long Entries, long Erased, ImmutableArray<LedgerFinding> Findings)
{
    public bool IsSound => Findings.IsEmpty;
}

/// <summary>Re-derives a whole stream from its entries and holds the result against what is stored.</summary>
public static class StreamVerifier
{
    /// <summary>Reads every entry once, in order, with flat memory. Throws <see cref="StorageUnavailableException"/> rather than report on a part.</summary>
    public static async Task<LedgerReport> VerifyAsync(ILedgerStore store, StreamId stream, CancellationToken cancellation)
    {
        var findings = ImmutableArray.CreateBuilder<LedgerFinding>();
        var head = (await store.ReadHeadAsync(stream, cancellation))?.Head;
        var last = head?.Seq ?? 0;
        var (expected, count, erased) = (1L, 0L, 0L);
        var previous = (Hash: EntryHash.Genesis, Time: DateTimeOffset.MinValue, Known: true);
        await foreach (var entry in store.ReadEntriesAsync(stream, 1, long.MaxValue, cancellation))
        {
            if (entry.Seq > last)
            {
                // Written since the head was read, or out of its order: a second look at the head tells.
                last = (await store.ReadHeadAsync(stream, cancellation))?.Head.Seq ?? 0;
            }

            for (; expected < entry.Seq; expected++)
            {
                findings.Add(new(expected, LedgerFault.EntryMissing));
                previous.Known = false;
            }

            findings.AddRange(Check(entry, previous, last));
            erased += entry.Sealed.IsEmpty && entry.SealedDigest != Digest([]) ? 1 : 0;
            previous = (entry.Hash, entry.Time, true);
            expected = entry.Seq + 1;
            count++;
            if (entry.Seq == head?.Seq && entry.Hash != head.Hash)
            {
                findings.Add(new(0, LedgerFault.HeadDiffers));
            }
        }

        for (; expected <= (head?.Seq ?? 0); expected++)
        {
            findings.Add(new(expected, LedgerFault.EntryMissing));
        }

        if (head is null && count > 0)
        {
            findings.Add(new(0, LedgerFault.HeadMissing));
        }

        return new(stream, count, erased, findings.ToImmutable());
    }

    private static IEnumerable<LedgerFinding> Check(Entry entry, (EntryHash Hash, DateTimeOffset Time, bool Known) previous, long last)
    {
        if (previous.Known && entry.Previous != previous.Hash)
        {
            yield return new(entry.Seq, LedgerFault.ChainBroken);
        }

        if (entry.Time < previous.Time)
        {
            yield return new(entry.Seq, LedgerFault.TimeReversed);
        }

        if (!entry.Sealed.IsEmpty && Digest(entry.Sealed.Span) != entry.SealedDigest)
        {
            yield return new(entry.Seq, LedgerFault.SealedChanged);
        }

        if (entry.Seq > last)
        {
            yield return new(entry.Seq, LedgerFault.BeyondHead);
        }
    }

    private static EntryHash Digest(ReadOnlySpan<byte> bytes)
    {
        Span<byte> digest = stackalloc byte[EntryHash.Size];
        SHA256.HashData(bytes, digest);
        return EntryHash.FromBytes(digest);
    }
}
