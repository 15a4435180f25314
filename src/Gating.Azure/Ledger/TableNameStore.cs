using Gating.Azure.Tables;
using Gating.Ledger;

namespace Gating.Azure.Ledger;

/// <summary>Naming rows, each in a partition of its own, never changed, each with its MAC.</summary>
public sealed class TableNameStore : INameStore
{
    private const string Stream = "Stream";
    private const string Mac = "Mac";

    private readonly TableClient _table;
    private readonly StoredMac _mac;
    private readonly Setup _setup;

    internal TableNameStore(TableClient table, StoredMac mac) => (_table, _mac, _setup) = (table, mac, new(table.CreateIfNotExistsAsync));

    public Task EnsureCreatedAsync(CancellationToken cancellation) => _setup.EnsureAsync(cancellation).AsTask();

    public async Task<StreamId?> FindAsync(NameHash name, CancellationToken cancellation)
    {
        await _setup.EnsureAsync(cancellation);
        return await _table.GetAsync(TableKeys.Partition(name), TableKeys.Name, cancellation) is { } row ? Read(name, row, _mac) : null;
    }

    public async Task<StreamId> ClaimAsync(NameHash name, StreamId stream, CancellationToken cancellation)
    {
        await _setup.EnsureAsync(cancellation);

        // The stream's id is random and claimed once: it is the operation id, too, so a claim whose answer was lost is recognised as ours.
        var row = StoredRow.New(TableKeys.Partition(name), TableKeys.Name)
            .With(Stream, TableValue.Of(stream.ToString()))
            .With(Mac, TableValue.Of(_mac.Of(RowMacKind.Name, name.Value.ToBytes(), stream.ToBytes())))
            .With(TableClient.OperationProperty, TableValue.Of(stream.ToString()));
        return await _table.InsertAsync(row, cancellation) is TableOutcome.Done
            ? stream
            : await FindAsync(name, cancellation) ?? throw new StorageUnavailableException("A name that was taken is gone.");
    }

    public async Task ReleaseAsync(NameHash name, StreamId stream, CancellationToken cancellation)
    {
        await _setup.EnsureAsync(cancellation);
        if (await _table.GetAsync(TableKeys.Partition(name), TableKeys.Name, cancellation) is { } row && Read(name, row, _mac) == stream)
        {
            // Changed meanwhile it is gone, and perhaps somebody else's.
            await _table.DeleteAsync(row.PartitionKey, row.RowKey, row.ETag, cancellation);
        }
    }

    /// <summary>Throws <see cref="StreamFrozenException"/> where it is not what a gate wrote under that name.</summary>
    internal static StreamId Read(NameHash name, TableEntity row, StoredMac mac) =>
        !StreamId.TryParse(StoredRow.Known(row, "name").Get(Stream).AsString(), out var stream) ? throw new FormatException("A naming row holds no stream id.")
        : !mac.Holds(RowMacKind.Name, name.Value.ToBytes(), stream.ToBytes(), row.Get(Mac).AsBinary().Span) ? throw new StreamFrozenException(
            stream, "it is named by a row that no gate wrote: the MAC is of another stream, another name or another data key")
        : !string.Equals(row.Get(TableClient.OperationProperty).AsString(), stream.ToString(), StringComparison.Ordinal) ? throw new FormatException("A naming row was claimed for another stream.")
        : stream;
}
