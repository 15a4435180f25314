using Gating.Azure.Tables;
using Gating.Ledger;

namespace Gating.Azure.Ledger;

/// <summary>Naming rows, each in a partition of its own, never changed.</summary>
public sealed class TableNameStore : INameStore
{
    private const string Stream = "Stream";

    private readonly TableClient _table;
    private readonly Setup _setup;

    internal TableNameStore(TableClient table) => (_table, _setup) = (table, new(table.CreateIfNotExistsAsync));

    public Task EnsureCreatedAsync(CancellationToken cancellation) => _setup.EnsureAsync(cancellation).AsTask();

    public async Task<StreamId?> FindAsync(NameHash name, CancellationToken cancellation)
    {
        await _setup.EnsureAsync(cancellation);
        return await _table.GetAsync(TableKeys.Partition(name), TableKeys.Name, cancellation) is { } row ? Read(row) : null;
    }

    public async Task<StreamId> ClaimAsync(NameHash name, StreamId stream, CancellationToken cancellation)
    {
        await _setup.EnsureAsync(cancellation);

        // The stream's id is random and claimed once: it is the operation id, too, so a claim whose answer was lost is recognised as ours.
        var row = StoredRow.New(TableKeys.Partition(name), TableKeys.Name)
            .With(Stream, TableValue.Of(stream.ToString()))
            .With(TableClient.OperationProperty, TableValue.Of(stream.ToString()));
        return await _table.InsertAsync(row, cancellation) is TableOutcome.Done
            ? stream
            : await FindAsync(name, cancellation) ?? throw new StorageUnavailableException("A name that was taken is gone.");
    }

    public async Task ReleaseAsync(NameHash name, StreamId stream, CancellationToken cancellation)
    {
        await _setup.EnsureAsync(cancellation);
        if (await _table.GetAsync(TableKeys.Partition(name), TableKeys.Name, cancellation) is { } row && Read(row) == stream)
        {
            // Changed meanwhile it is gone, and perhaps somebody else's.
            await _table.DeleteAsync(row.PartitionKey, row.RowKey, row.ETag, cancellation);
        }
    }

    private static StreamId Read(TableEntity row) =>
        StreamId.TryParse(StoredRow.Known(row, "name").Get(Stream).AsString(), out var stream) ? stream : throw new FormatException("A naming row holds no stream id.");
}
