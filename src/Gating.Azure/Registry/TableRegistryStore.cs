using Gating.Azure.Tables;
using Gating.Ledger;
using Gating.Registry;

namespace Gating.Azure.Registry;

/// <summary>The registry in one partition: a version row that every change replaces, and a row for each thing registered.</summary>
public sealed class TableRegistryStore : IRegistryStore
{
    /// <summary>Rows in one transaction beside the version.</summary>
    private const int MaxRows = TableLimits.MaxOperations - 1;

    /// <summary>Reads of the whole registry before "it keeps changing" is called an outage.</summary>
    private const int MaxReads = 10;

    private readonly TableClient _table;
    private readonly Setup _setup;

    internal TableRegistryStore(TableClient table) => (_table, _setup) = (table, new(table.CreateIfNotExistsAsync));

    public Task EnsureCreatedAsync(CancellationToken cancellation) => _setup.EnsureAsync(cancellation).AsTask();

    public async Task<long> ReadVersionAsync(CancellationToken cancellation) => (await ReadStampAsync(cancellation)).Version;

    public async Task<(long Version, IReadOnlyList<RegistryRow> Rows)> ReadAsync(CancellationToken cancellation)
    {
        var before = await ReadVersionAsync(cancellation);
        for (var read = 0; read < MaxReads; read++)
        {
            var rows = new List<RegistryRow>();
            await foreach (var row in _table.QueryAsync(new TableQuery(TableKeys.Registry), cancellation))
            {
                if (!string.Equals(row.RowKey, TableKeys.RegistryVersion, StringComparison.Ordinal))
                {
                    rows.Add(RegistryRows.Read(row));
                }
            }

            // Pages are read one after the other: only a stamp that stood still proves that they belong together.
            var after = await ReadVersionAsync(cancellation);
            if (after == before)
            {
                return (after, rows);
            }

            before = after;
        }

        throw new StorageUnavailableException($"The registry changed during each of {MaxReads} reads.");
    }

    public async Task<long?> WriteAsync(
        long expectedVersion, IReadOnlyList<RegistryRow> upserts, IReadOnlyList<RegistryRow> deletions, CancellationToken cancellation)
    {
        var stamp = await ReadStampAsync(cancellation);
        var changes = upserts.Select(row => (Row: row, IsUpsert: true)).Concat(deletions.Select(row => (Row: row, IsUpsert: false))).ToList();
        RegistryRows.RequireDistinct(changes.Select(change => change.Row));
        if (stamp.Version != expectedVersion)
        {
            return null;
        }

        // Each chunk moves the stamp, so that a reader who saw half of a large change reads again. A crash between chunks leaves whole rows and a true stamp.
        foreach (var chunk in changes.Count == 0 ? [[]] : changes.Chunk(MaxRows))
        {
            if (await WriteChunkAsync(stamp, [.. chunk], cancellation) is not { } moved)
            {
                return null;
            }

            stamp = moved;
        }

        return stamp.Version;
    }

    private async Task<Stamp?> WriteChunkAsync(Stamp stamp, List<(RegistryRow Row, bool IsUpsert)> changes, CancellationToken cancellation)
    {
        while (true)
        {
            var operation = OperationId.Create().ToString();
            var next = RegistryRows.OfVersion(stamp.Version + 1, operation);
            var transaction = new TableTransaction(TableKeys.Registry);
            _ = stamp.ETag is { } tag ? transaction.Replace(next, tag) : transaction.Insert(next);
            foreach (var (row, isUpsert) in changes)
            {
                _ = isUpsert ? transaction.Upsert(RegistryRows.Of(row)) : transaction.Delete(TableKeys.RegistryRow(row.Kind, row.Name), global::Azure.ETag.All);
            }

            switch (await _table.SubmitTransactionAsync(transaction, cancellation))
            {
                case TableOutcome.Done done when done.ETag != default:
                    return new(stamp.Version + 1, done.ETag);
                case TableOutcome.Done:
                    return await ReadStampAsync(cancellation);
                case TableOutcome.Refused { Operation: > 0, Reason: TableRefusal.Missing } missing:
                    // What is to be gone is gone already: the rest is written without it.
                    changes.RemoveAt(missing.Operation - 1);
                    break;
                default:
                    return null;
            }
        }
    }

    private async Task<Stamp> ReadStampAsync(CancellationToken cancellation)
    {
        await _setup.EnsureAsync(cancellation);
        return await _table.GetAsync(TableKeys.Registry, TableKeys.RegistryVersion, cancellation) is { } row
            ? new(RegistryRows.ReadVersion(row), row.ETag)
            : new(0, null);
    }

    private sealed record Stamp(long Version, global::Azure.ETag? ETag);
}
