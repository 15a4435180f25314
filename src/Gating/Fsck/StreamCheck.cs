using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Gating.Archive;
using Gating.Ledger;
using Gating.Log;
using Gating.Log.Sealing;

namespace Gating.Fsck;

/// <summary>What became of one stream.</summary>
/// <param name="Seen">Places of the log that its entries account for.</param>
/// <param name="Outputs">Outputs whose entries stand, and whether their files were removed.</param>
/// <param name="IsErased">What named its person was erased, as an entry says.</param>
internal sealed record StreamReport(ImmutableArray<FsckFinding> Findings, IReadOnlyCollection<long> Seen, IReadOnlyList<(ArchivedOutput Output, bool IsRemoved)> Outputs, bool IsErased, long Entries);

/// <summary>
/// One stream, from one walk over its rows: the chain, the head, settlements, short-lived rows, leaf rows and their places in the log. An entry's hash has up to two witnesses, the entry that follows
/// it (or the head) and its leaf row; whoever is alone is wrong, and where there are only two, both are named. Memory grows with what a stream settles, not with its entries.
/// </summary>
internal sealed class StreamCheck(StreamId stream, FsckKeys keys, LogLeaves? log, StreamTimelines timelines, DateTimeOffset now)
{
    /// <summary>Older than this, what is recorded has its leaf, its index rows and its file, or never will.</summary>
    internal static readonly TimeSpan Settled = TimeSpan.FromHours(1);

    /// <summary>Rows of one gap that are named each by itself.</summary>
    private const int MaxGap = 100;

    private readonly List<FsckFinding> _findings = [];
    private readonly List<ArchivedOutput> _outputs = [];
    private readonly StreamSettlements _settlements = new(stream);
    private readonly List<SettlementRow> _settled = [];
    private readonly ShortLivedRows _keys = new(stream);
    private StreamLeaves _leaves = null!;
    private (Entry Entry, LeafRow? Leaf)? _open;
    private Entry? _lastEntry;
    private Entry? _sealed;
    private Head? _head;
    private bool _isHeadThere;
    private long _last;
    private bool _hasLastLeaf;
    private bool _isErased;
    private long _count;

    public async Task<StreamReport> RunAsync(IAsyncEnumerable<WalkedRow> ledger, IAsyncEnumerable<WalkedRow> leaves, CancellationToken cancellation)
    {
        _leaves = new(stream, keys.Data is { } data ? LeafKey.Of(data, stream) : null, log, _findings);
        await using var beside = new Peeked<WalkedRow>(leaves, cancellation);
        await foreach (var row in ledger.WithCancellation(cancellation))
        {
            switch (row)
            {
                case WalkedRow.OfEntry entry:
                    await FillAsync(entry.Entry.Seq, beside, cancellation);
                    await AddAsync(entry.Entry, beside, cancellation);
                    break;
                case WalkedRow.Unreadable { Seq: { } seq } unreadable:
                    await FillAsync(seq, beside, cancellation);
                    await CloseAsync(null, cancellation);
                    Wrong(unreadable.Thing, FsckFault.Unreadable, "an entry", unreadable.Why);
                    await PassAsync(seq, beside, cancellation);
                    break;
                case WalkedRow.OfSettlement settlement:
                    _settled.Add(settlement.Row);
                    break;
                case WalkedRow.OfHead head:
                    (_head, _isHeadThere) = (head.Head, true);
                    break;
                case WalkedRow.OfKey key:
                    _keys.Add(key.Row);
                    break;
                case WalkedRow.Unreadable unreadable:
                    Pass(unreadable);
                    break;
                default:
                    throw new System.Diagnostics.UnreachableException();
            }
        }

        await EndAsync(beside, cancellation);
        return new(Distinct([.. _findings, .. _leaves.Findings]), _leaves.Seen, [.. _outputs.Select(output => (output, _settlements.IsRemoved(output.Seq)))], _isErased, _count);
    }

    /// <summary>The first word on a thing stands.</summary>
    private static ImmutableArray<FsckFinding> Distinct(IEnumerable<FsckFinding> findings)
    {
        var things = new HashSet<StoredThing>();
        return [.. findings.Where(finding => finding is not FsckFinding.Wrong wrong || things.Add(wrong.Thing))];
    }

    private void Wrong(StoredThing thing, FsckFault fault, string expected, string found) => _findings.Add(new FsckFinding.Wrong(thing, fault, expected, found));

    private void Pass(WalkedRow.Unreadable row)
    {
        Wrong(row.Thing, FsckFault.Unreadable, "a row of a ledger", row.Why);
        switch (row.Thing)
        {
            case StoredThing.Head:
                _isHeadThere = true;
                break;
            case StoredThing.Settlement settlement:
                _settlements.Pass(settlement.Id);
                break;
            case StoredThing.ShortLived key:
                _keys.Pass(key.Key);
                break;
            default:
                break;
        }
    }

    /// <summary>Entries before <paramref name="seq"/> that are not there.</summary>
    private async Task FillAsync(long seq, Peeked<WalkedRow> beside, CancellationToken cancellation)
    {
        if (seq > _last + 1)
        {
            await CloseAsync(null, cancellation);
        }

        for (var (first, missing) = (_last + 1, _last + 1); missing < seq; missing++)
        {
            if (missing >= first + MaxGap)
            {
                Wrong(new StoredThing.Entry(stream, missing), FsckFault.Missing, $"all entries up to {Text(seq - 1)}", "nothing");
                break;
            }

            Wrong(new StoredThing.Entry(stream, missing), FsckFault.Missing, "an entry", "nothing");
            await PassAsync(missing, beside, cancellation);
        }
    }

    /// <summary>An entry that cannot be asked: its leaf row speaks for it.</summary>
    private async Task PassAsync(long seq, Peeked<WalkedRow> beside, CancellationToken cancellation)
    {
        _settlements.Doubt(seq);
        if (await LeafAsync(seq, beside, cancellation) is { } leaf)
        {
            await _leaves.AddAsync(seq, leaf.Entry, leaf, isOld: false, cancellation);
        }

        (_last, _lastEntry) = (seq, null);
    }

    private async Task AddAsync(Entry entry, Peeked<WalkedRow> beside, CancellationToken cancellation)
    {
        var thing = new StoredThing.Entry(stream, entry.Seq);
        if (_open is { } before && entry.Time < before.Entry.Time)
        {
            Wrong(thing, FsckFault.Differs, "a time not before that of the entry before it", "an earlier one");
        }

        if (entry.Seq == 1 && entry.Previous != EntryHash.Genesis)
        {
            Wrong(thing, FsckFault.Differs, "no entry before it", entry.Previous.ToString());
        }

        if (!entry.Sealed.IsEmpty && !IsSealedWhole(entry))
        {
            Wrong(thing, FsckFault.Differs, $"a sealed part of digest {entry.SealedDigest}", "another");
        }

        await CloseAsync((entry.Previous, thing), cancellation);
        var leaf = await LeafAsync(entry.Seq, beside, cancellation);
        (_open, _hasLastLeaf) = ((entry, leaf), leaf is not null);
        (_last, _lastEntry, _count, _isErased) = (entry.Seq, entry, _count + 1, _isErased || entry.Kind is EntryKind.Erased);
    }

    /// <summary>Judges the entry that waits for its witness: what the row after it says its hash is; null where none says anything.</summary>
    private async Task CloseAsync((EntryHash Hash, StoredThing Thing)? after, CancellationToken cancellation)
    {
        if (_open is not var (entry, leaf))
        {
            return;
        }

        _open = null;
        var thing = new StoredThing.Entry(stream, entry.Seq);
        var (isOfLeaf, isOfNext) = (leaf is { } row ? row.Entry == entry.Hash : (bool?)null, after is { } next ? next.Hash == entry.Hash : (bool?)null);
        var isBad = isOfLeaf is false && isOfNext is not true;
        if (isBad)
        {
            Wrong(thing, FsckFault.Differs, $"an entry of hash {leaf!.Value.Entry}", entry.Hash.ToString());
        }
        else if (isOfLeaf is false || (isOfLeaf is true && leaf!.Value.Previous != entry.Previous))
        {
            Wrong(new StoredThing.Leaf(stream, entry.Seq), FsckFault.Differs, $"entry {entry.Hash} after {entry.Previous}", $"entry {leaf!.Value.Entry} after {leaf.Value.Previous}");
        }
        else if (isOfNext is false)
        {
            if (isOfLeaf is null)
            {
                Wrong(thing, FsckFault.Differs, $"an entry of hash {after!.Value.Hash}, or another after it", entry.Hash.ToString());
            }

            Wrong(after!.Value.Thing, FsckFault.Differs, $"what follows entry {entry.Hash}", $"what follows {after.Value.Hash}");
        }

        if (isBad)
        {
            _settlements.Doubt(entry.Seq);
            _lastEntry = _lastEntry == entry ? null : _lastEntry;
        }
        else
        {
            Believe(entry);
            await timelines.AddAsync(entry, leaf, cancellation);
            _sealed ??= entry.Sealed.IsEmpty || (isOfLeaf ?? isOfNext) is not true || !IsSealedWhole(entry) ? null : entry;
        }

        await _leaves.AddAsync(entry.Seq, isBad ? leaf!.Value.Entry : entry.Hash, leaf, entry.Time + StreamCheck.Settled <= now, cancellation);
    }

    private void Believe(Entry entry)
    {
        _settlements.Add(entry);
        if (entry.Kind is EntryKind.Archived && entry.Time + Settled <= now)
        {
            try
            {
                _outputs.Add(ArchiveEntries.Read(entry)!);
            }
            catch (Exception unknown) when (unknown is JsonException or FormatException or KeyNotFoundException or InvalidOperationException or UnknownVersionException)
            {
                _findings.Add(new FsckFinding.Unjudged(new StoredThing.Entry(stream, entry.Seq), $"an output that this build cannot read: {unknown.Message}"));
            }
        }
    }

    private async Task<LeafRow?> LeafAsync(long seq, Peeked<WalkedRow> beside, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        while (await beside.PeekAsync() is { } row)
        {
            switch (row)
            {
                case WalkedRow.OfLeaf leaf when leaf.Row.Seq <= seq:
                    beside.Take();
                    if (leaf.Row.Seq == seq)
                    {
                        return leaf.Row;
                    }

                    break;
                case WalkedRow.Unreadable unreadable when (unreadable.Seq ?? 0) <= seq:
                    beside.Take();
                    Wrong(unreadable.Thing, FsckFault.Unreadable, "a leaf row", unreadable.Why);
                    break;
                default:
                    return null;
            }
        }

        return null;
    }

    private async Task EndAsync(Peeked<WalkedRow> beside, CancellationToken cancellation)
    {
        if (_head is { } head)
        {
            // Where the head names an older entry, that one's hash tells whether the head is old or its number is wrong; what is beyond it is judged there.
            await CloseAsync(head.Seq == _last ? (head.Hash, new StoredThing.Head(stream)) : null, cancellation);
            await JudgeHeadAsync(head, beside, cancellation);
        }
        else
        {
            await CloseAsync(null, cancellation);
            if (!_isHeadThere)
            {
                Wrong(new StoredThing.Head(stream), FsckFault.Missing, $"a head of at least {Text(_last)} entries", "nothing");
            }
        }

        await DrainAsync(beside, cancellation);
        await _leaves.EndAsync(cancellation);
        _findings.AddRange(_settled.SelectMany(row => _settlements.Judge(row, _last)));
        _findings.AddRange(_settlements.Missing());
        _findings.AddRange(_keys.Judge(_head, _last));
    }

    private async Task JudgeHeadAsync(Head head, Peeked<WalkedRow> beside, CancellationToken cancellation)
    {
        var thing = new StoredThing.Head(stream);
        if (_lastEntry is { } beyond && head.Seq < _last && head.Hash != beyond.Hash && !_hasLastLeaf)
        {
            // Neither the head nor the log knows of it: it was put in.
            Wrong(new StoredThing.Entry(stream, _last), FsckFault.Stray, $"at most {Text(head.Seq)} entries", $"an entry of hash {beyond.Hash}");
        }
        else if (head.Seq != _last && _lastEntry is { } last && (head.Hash == last.Hash || head.Seq < _last))
        {
            Wrong(thing, FsckFault.Differs, $"entry {Text(_last)} of hash {last.Hash}", $"entry {Text(head.Seq)} of hash {head.Hash}");
        }
        else
        {
            await FillAsync(head.Seq + 1, beside, cancellation);
        }

        if (head.Announced < 0 || head.Announced > head.Seq)
        {
            Wrong(thing, FsckFault.Differs, $"at most {Text(head.Seq)} entries announced", Text(head.Announced));
        }

        if (_lastEntry is { } dated && dated.Seq == head.Seq && head.Time != dated.Time)
        {
            Wrong(thing, FsckFault.Differs, "the time of its last entry", "another");
        }

        if (_isErased && !head.Salt.IsEmpty)
        {
            Wrong(thing, FsckFault.Differs, "no salt: the stream was erased", "a salt");
        }
        else if (keys.Data is { } data && _sealed is { } entry && !head.Salt.IsEmpty && !Opens(data, head, entry))
        {
            Wrong(thing, FsckFault.Differs, $"the salt under which entry {Text(entry.Seq)} is sealed", "another");
        }
    }

    private static bool IsSealedWhole(Entry entry) => EntryHash.FromBytes(SHA256.HashData(entry.Sealed.Span)) == entry.SealedDigest;

    private static bool Opens(OperatorKey data, Head head, Entry entry)
    {
        try
        {
            using var cipher = SealedPart.Cipher(data.SealingKey(head.Salt.Span));
            CryptographicOperations.ZeroMemory(SealedPart.Open(cipher, entry.Stream, entry.Seq, entry.Kind, entry.Sealed.Span));
            return true;
        }
        catch (Exception closed) when (closed is CryptographicException or UnknownVersionException)
        {
            return false;
        }
    }

    /// <summary>Leaf rows beyond the last entry: what the log has cannot be taken back.</summary>
    private async Task DrainAsync(Peeked<WalkedRow> beside, CancellationToken cancellation)
    {
        for (; await beside.PeekAsync() is { } row; beside.Take())
        {
            cancellation.ThrowIfCancellationRequested();
            switch (row)
            {
                case WalkedRow.OfLeaf { Row: var leaf } when await _leaves.IsProvenAsync(leaf, cancellation):
                    await _leaves.AddAsync(leaf.Seq, leaf.Entry, leaf, isOld: false, cancellation);
                    Wrong(new StoredThing.Entry(stream, leaf.Seq), FsckFault.Missing, $"an entry of hash {leaf.Entry}", "nothing");
                    if (_head is { } head && head.Seq < leaf.Seq)
                    {
                        Wrong(new StoredThing.Head(stream), FsckFault.Differs, $"at least {Text(leaf.Seq)} entries", Text(head.Seq));
                    }

                    break;
                case WalkedRow.OfLeaf { Row: var leaf }:
                    Wrong(new StoredThing.Leaf(stream, leaf.Seq), FsckFault.Stray, $"at most {Text(_last)} leaves", $"a leaf of {leaf.Entry}");
                    break;
                case WalkedRow.OfFrozen frozen:
                    Wrong(new StoredThing.Frozen(stream), FsckFault.Frozen, "a stream that does not contradict itself", frozen.Why);
                    break;
                case WalkedRow.Unreadable unreadable:
                    Wrong(unreadable.Thing, FsckFault.Unreadable, "a leaf row", unreadable.Why);
                    break;
                default:
                    throw new System.Diagnostics.UnreachableException();
            }
        }
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
