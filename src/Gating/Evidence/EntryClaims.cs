using Gating.Ledger;
using Gating.Log;

namespace Gating.Evidence;

/// <summary>
/// The entries of a bundle with everything that stands on a line beside theirs: proofs, labels, the table. One pass; keeps about 100 bytes for each stream. A line that is missing or too many moves those below it against each other:
/// then the first that is named is where to look.
/// </summary>
/// <param name="checkpoint">Whose tree the proofs must lead to; null: none can.</param>
internal sealed class EntryClaims(string origin, Checkpoint? checkpoint) : IDisposable
{
    /// <summary>Lines that are no entries, before it is enough: what comes after them is not read.</summary>
    private const int MaxUnreadable = 1000;

    private readonly ClaimTally _entries = new("entries");
    private readonly ClaimTally _chain = new("chain");
    private readonly ClaimTally _proofs = new("proofs");
    private readonly ClaimTally _labels = new("labels");
    private readonly ClaimTally _table = new("table");
    private readonly HourClaim _hours = new();
    private readonly Dictionary<StreamId, (long Seq, EntryHash Hash, DateTimeOffset Time)> _last = [];
    private long _neighbours;
    private long _notSealed;
    private long _labelled;

    public StreamClaim Streams { get; } = new();

    /// <summary>Lines of entries that were read.</summary>
    public long Count { get; private set; }

    public async Task ReadAsync(BundleReader bundle, CancellationToken cancellation)
    {
        await using (var streams = await bundle.OpenLinesAsync(BundleFormat.Streams, cancellation))
        {
            await Streams.ReadAsync(streams, cancellation);
        }

        await using var entries = await bundle.OpenLinesAsync(BundleFormat.Entries, cancellation);
        await using var proofs = await bundle.OpenLinesAsync(BundleFormat.Proofs, cancellation);
        await using var labels = await bundle.OpenLinesAsync(BundleFormat.Labels, cancellation);
        await using var table = await bundle.OpenLinesAsync(BundleFormat.Table, cancellation);
        ReadHeader(await table.NextAsync(cancellation));
        for (var unreadable = 0; unreadable < MaxUnreadable && await entries.NextAsync(cancellation) is { } bytes;)
        {
            Count++;
            var (proof, row) = (await ReadProofAsync(proofs, cancellation), await table.NextAsync(cancellation));
            if (EntryLine.Parse(bytes, origin) is not { } line)
            {
                _entries.Fail($"line {Count} of {BundleFormat.Entries} is no entry of this log in its one form, or its hash is not the one that comes out");
                unreadable++;
                continue;
            }

            Chain(line);
            Prove(line, proof);
            if (row is not { } shown || !IsRow(shown, TableLine.Of(line, proof?.Leaf)))
            {
                _table.Fail($"line {Count + 1} of {BundleFormat.Table} is not what entry {EntryLine.NameOf(line.Place)} says");
            }

            await LabelAsync(line, labels, cancellation);
            Streams.Add(line, proof?.Leaf);
            _hours.Add(line);
        }

        End(_entries, BundleFormat.Entries, entries, null);
        End(_proofs, BundleFormat.Proofs, proofs, await proofs.NextAsync(cancellation));
        End(_labels, BundleFormat.Labels, labels, await labels.NextAsync(cancellation));
        End(_table, BundleFormat.Table, table, await table.NextAsync(cancellation));
    }

    public IEnumerable<Claim> ToClaims()
    {
        yield return _entries.ToClaim($"{Count} entries, and each hash is the one that comes out");
        yield return _chain.ToClaim($"{_neighbours} entries stand after the one before them in their stream and name its hash; none is there twice");
        yield return _proofs.ToClaim($"{Count - _notSealed} entries are in the tree of the checkpoint");
        if (_notSealed > 0)
        {
            yield return Claim.NotChecked("not in the log yet", FormattableString.Invariant($"{_notSealed} entries were too new for the checkpoint: nothing but the manifest's signature vouches for them; ask for them again"));
        }

        yield return _labels.ToClaim($"{_labelled} labels, one for each archived output and as its entry says");
        yield return _table.ToClaim($"the table says of {Count} entries what they say");
        foreach (var claim in new[] { Streams.ToClaim(), _hours.ToClaim() }.OfType<Claim>())
        {
            yield return claim;
        }
    }

    public void Dispose() => _hours.Dispose();

    private static void End(ClaimTally tally, string name, LineReader lines, ReadOnlyMemory<byte>? more)
    {
        if (more is not null || lines.Problem is not null)
        {
            tally.Fail($"{name}: {lines.Problem ?? $"line {lines.Lines} belongs to no entry"}");
        }
    }

    private static bool IsRow(ReadOnlyMemory<byte> shown, ReadOnlySpan<byte> expected) => expected.Length == shown.Length + 1 && expected[..^1].SequenceEqual(shown.Span);

    private void ReadHeader(ReadOnlyMemory<byte>? header)
    {
        if (header is not { } shown || !IsRow(shown, TableLine.Header()))
        {
            _table.Fail($"{BundleFormat.Table} does not begin with its columns");
        }
    }

    private async ValueTask<ProofLine?> ReadProofAsync(LineReader proofs, CancellationToken cancellation)
    {
        if (await proofs.NextAsync(cancellation) is not { } bytes)
        {
            _proofs.Fail($"line {Count} of {BundleFormat.Proofs} is missing");
            return null;
        }

        var proof = ProofLine.Parse(bytes);
        if (proof is null)
        {
            _proofs.Fail($"line {Count} of {BundleFormat.Proofs} is no proof");
        }

        return proof;
    }

    private void Chain(EntryLine line)
    {
        var (entry, name) = (line.Entry, EntryLine.NameOf(line.Place));
        var isKnown = _last.TryGetValue(entry.Stream, out var last);
        if (isKnown && entry.Seq <= last.Seq)
        {
            _chain.Fail($"entry {name} is there twice, or after a later one of its stream");
        }

        if (entry.Seq == 1 || (isKnown && entry.Seq == last.Seq + 1))
        {
            _neighbours++;
            if (entry.Previous != (entry.Seq == 1 ? EntryHash.Genesis : last.Hash))
            {
                _chain.Fail($"entry {name} does not name the hash of the entry before it");
            }
        }

        if (isKnown && entry.Seq > last.Seq && entry.Time < last.Time)
        {
            _chain.Fail($"entry {name} is older than entry {last.Seq} of its stream");
        }

        _last[entry.Stream] = (entry.Seq, entry.Hash, entry.Time);
    }

    private void Prove(EntryLine line, ProofLine? proof)
    {
        if (proof is null)
        {
            return;
        }

        if (proof.Place != line.Place)
        {
            _proofs.Fail($"line {Count} of {BundleFormat.Proofs} is about entry {EntryLine.NameOf(proof.Place)}, and the entry there is {EntryLine.NameOf(line.Place)}");
        }
        else if (proof.Leaf is not { } leaf)
        {
            _notSealed++;
        }
        else if (checkpoint is null || !leaf.Proves(line.Entry.Hash, checkpoint))
        {
            _proofs.Fail($"the proof of entry {EntryLine.NameOf(line.Place)} does not lead to the checkpoint");
        }
    }

    private async ValueTask LabelAsync(EntryLine line, LineReader labels, CancellationToken cancellation)
    {
        try
        {
            if (LabelLine.Of(line.Entry) is not { } label)
            {
                return;
            }

            _labelled++;
            if (await labels.NextAsync(cancellation) is not { } shown || !shown.Span.SequenceEqual(label.ToBytes()))
            {
                _labels.Fail($"line {_labelled} of {BundleFormat.Labels} is not the label of entry {EntryLine.NameOf(line.Place)}");
            }
        }
        catch (FormatException)
        {
            _labels.Fail($"entry {EntryLine.NameOf(line.Place)} is no output's entry as this version knows them");
        }
    }
}
