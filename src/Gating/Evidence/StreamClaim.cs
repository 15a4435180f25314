using Gating.Ledger;
using Gating.Log;

namespace Gating.Evidence;

/// <summary>
/// Streams that are disclosed whole: entries 1 to n are there, in order, the first chained to nothing, and the leaves of those that are sealed are the ones that the stream's log key gives. That nothing comes after them in the log is
/// for <see cref="LogClaim"/>.
/// </summary>
internal sealed class StreamClaim
{
    private readonly ClaimTally _tally = new("whole streams");
    private readonly Dictionary<StreamId, Standing> _streams = [];

    private sealed class Standing(StreamLine line)
    {
        public StreamLine Line { get; } = line;

        public LeafKey Key { get; } = new(line.Key.Span);

        public long Entries { get; set; }

        public long Sealed { get; set; }
    }

    public bool Holds => _tally.Holds;

    public IEnumerable<StreamLine> Lines => _streams.Values.Select(static standing => standing.Line);

    /// <summary>Reads what is claimed; before any entry.</summary>
    public async Task ReadAsync(LineReader lines, CancellationToken cancellation)
    {
        while (lines.Lines <= BundleFormat.MaxWhole && await lines.NextAsync(cancellation) is { } bytes)
        {
            if (StreamLine.Parse(bytes) is not { } line)
            {
                _tally.Fail($"line {lines.Lines} of {BundleFormat.Streams} is no stream");
            }
            else if (!_streams.TryAdd(line.Stream, new(line)))
            {
                _tally.Fail($"stream {line.Stream} is named twice");
            }
        }

        if (lines.Problem is not null || lines.Lines > BundleFormat.MaxWhole)
        {
            _tally.Fail($"{BundleFormat.Streams}: {lines.Problem ?? "more streams than a bundle has"}");
        }
    }

    public void Add(EntryLine line, SealedLeaf? leaf)
    {
        var (entry, name) = (line.Entry, EntryLine.NameOf(line.Place));
        if (!_streams.TryGetValue(entry.Stream, out var standing) || line.Role is not EntryRole.Stream)
        {
            if (standing is not null || line.Role is EntryRole.Stream)
            {
                _tally.Fail($"entry {name} says that its stream is {(standing is null ? "disclosed whole, and it is not" : "not disclosed whole, and it is")}");
            }

            return;
        }

        if (entry.Seq != standing.Entries + 1)
        {
            _tally.Fail($"entry {name} comes where entry {standing.Entries + 1} should be");
        }

        standing.Entries = entry.Seq;
        if (leaf is null)
        {
            return;
        }

        if (leaf.Tag != standing.Key.Tag(entry.Seq) || leaf.Opening != standing.Key.Opening(entry.Seq))
        {
            _tally.Fail($"the leaf of entry {name} is not the one that the stream's log key gives");
        }

        if (entry.Seq != standing.Sealed + 1)
        {
            _tally.Fail($"entry {name} has a proof, and entry {standing.Sealed + 1} has none");
        }

        standing.Sealed = entry.Seq;
    }

    /// <summary>Null where no stream is claimed.</summary>
    public Claim? ToClaim()
    {
        foreach (var standing in _streams.Values.Where(static standing => standing.Entries != standing.Line.Entries || standing.Sealed != standing.Line.Sealed))
        {
            _tally.Fail($"stream {standing.Line.Stream} is said to have {standing.Line.Entries} entries, {standing.Line.Sealed} of them in the log; here are {standing.Entries} and {standing.Sealed}");
        }

        return _streams.Count == 0 && _tally.Holds
            ? null
            : _tally.ToClaim($"{_streams.Count} streams have every entry from the first to the last that is claimed: {_streams.Values.Sum(static standing => standing.Entries)} in all");
    }
}
