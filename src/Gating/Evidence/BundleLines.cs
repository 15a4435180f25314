using System.Buffers;
using Gating.Ledger;
using Gating.Log;

namespace Gating.Evidence;

/// <summary>What follows from entries, line by line: those of <c>entries.jsonl</c> leave at once, the others wait until it is done.</summary>
internal sealed class BundleLines(string origin, Func<Stream> temporary) : IAsyncDisposable
{
    private readonly ArrayBufferWriter<byte> _entries = new();
    private readonly Dictionary<StreamId, long> _sealed = [];

    public Spool Labels { get; } = new(temporary());

    public Spool Proofs { get; } = new(temporary());

    public Spool Table { get; } = new(temporary());

    public long Entries { get; private set; }

    public long NotSealed { get; private set; }

    /// <summary>How many entries of a stream that is disclosed whole the checkpoint covers.</summary>
    public long SealedOf(StreamId stream) => _sealed.GetValueOrDefault(stream);

    /// <summary>Throws <see cref="FormatException"/> for an entry that a reader would refuse, and <see cref="LogFrozenException"/> where one is in the log before the one that it follows.</summary>
    public void Add(SealedEntry one, EntryRole role)
    {
        var line = EntryLine.Of(one.Entry, role);
        var place = line.Place;
        var bytes = line.ToBytes(origin);
        if (bytes.Length > BundleFormat.MaxLine || bytes.AsSpan().Contains((byte)'\n') || EntryLine.Parse(bytes, origin) is null)
        {
            throw new FormatException($"Entry {EntryLine.NameOf(place)} has a public part that is no canonical JSON.");
        }

        _entries.Write(bytes);
        _entries.Write("\n"u8);
        Proofs.Add(new ProofLine(place, one.Leaf).ToBytes(), "\n"u8);
        Table.Add(TableLine.Of(line, one.Leaf), []);
        if (LabelLine.Of(one.Entry) is { } label)
        {
            Labels.Add(label.ToBytes(), "\n"u8);
        }

        Entries++;
        NotSealed += one.Leaf is null ? 1 : 0;
        if (role is EntryRole.Stream && one.Leaf is not null)
        {
            _sealed[place.Stream] = SealedOf(place.Stream) == place.Seq - 1 ? place.Seq : throw new LogFrozenException($"it has entry {EntryLine.NameOf(place)} and not the one before it");
        }
    }

    public async Task FlushAsync(BundleFile file, CancellationToken cancellation)
    {
        await file.WriteAsync(_entries.WrittenMemory, cancellation);
        _entries.ResetWrittenCount();
        await Proofs.FlushAsync(cancellation);
        await Table.FlushAsync(cancellation);
        await Labels.FlushAsync(cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await Labels.DisposeAsync();
        await Proofs.DisposeAsync();
        await Table.DisposeAsync();
    }
}
