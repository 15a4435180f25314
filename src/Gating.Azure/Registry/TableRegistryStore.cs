using Gating.Azure.Tables;
using Gating.Ledger;
using Gating.Registry;

namespace Gating.Azure.Registry;

/// <summary>
/// The registry in one partition: a version row that every change replaces, and a row for each thing registered. A registry that is not as the last change with the data key left it is unreadable, and no change is made to it: whoever can
/// write to storage could otherwise make himself an admin, or lift a stop.
/// </summary>
public sealed class TableRegistryStore : IRegistryStore
{
    /// <summary>Rows in one transaction beside the version.</summary>
    private const int MaxRows = TableLimits.MaxOperations - 1;

    /// <summary>Reads of the whole registry before "it keeps changing" is called an outage.</summary>
    private const int MaxReads = 10;

    private const string Allowed = "what was written with this installation's data key (infra/OPERATING.md says how it is put right)";

    private static readonly EntryHash NoRows = RegistryDigest.Of([]);

    private readonly TableClient _table;
    private readonly StoredMac _mac;
    private readonly Setup _setup;

    internal TableRegistryStore(TableClient table, StoredMac mac) => (_table, _mac, _setup) = (table, mac, new(table.CreateIfNotExistsAsync));

    public Task EnsureCreatedAsync(CancellationToken cancellation) => _setup.EnsureAsync(cancellation).AsTask();

    public async Task<long> ReadVersionAsync(CancellationToken cancellation) => (await ReadStampAsync(cancellation)).Version;

    public async Task<(long Version, IReadOnlyList<RegistryRow> Rows)> ReadAsync(CancellationToken cancellation)
    {
        var (stamp, rows) = await ReadWholeAsync(cancellation);
        return (stamp.Version, rows);
    }

    private async Task<(Stamp Stamp, List<RegistryRow> Rows)> ReadWholeAsync(CancellationToken cancellation)
    {
        var before = await ReadStampAsync(cancellation);
        for (var read = 0; read < MaxReads; read++)
        {
            var (rows, wrong) = (new List<RegistryRow>(), new List<RegistryError>());
            await foreach (var row in _table.QueryAsync(new TableQuery(TableKeys.Registry), cancellation))
            {
                if (string.Equals(row.RowKey, TableKeys.RegistryVersion, StringComparison.Ordinal))
                {
                    continue;
                }

                try
                {
                    rows.Add(RegistryRows.Read(row, _mac));
                }
                catch (FormatException unvouched)
                {
                    wrong.Add(new($"/{row.RowKey}", $"a row: {unvouched.Message}", Allowed));
                }
            }

            // Pages are read one after the other: only a stamp that stood still proves that they belong together.
            var after = await ReadStampAsync(cancellation);
            if (after == before)
            {
                if (wrong.Count == 0 && RegistryDigest.Of(rows) != after.Rows)
                {
                    wrong.Add(new("", "other rows than its stamp stands for", Allowed));
                }

                return wrong.Count == 0 ? (after, rows) : throw new RegistryUnreadableException(after.Version, [.. wrong]);
            }

            before = after;
        }

        throw new StorageUnavailableException($"The registry changed during each of {MaxReads} reads.");
    }

    public async Task<long?> WriteAsync(
        long expectedVersion, IReadOnlyList<RegistryRow> upserts, IReadOnlyList<RegistryRow> deletions, CancellationToken cancellation)
    {
        var changes = upserts.Select(row => (Row: row, IsUpsert: true)).Concat(deletions.Select(row => (Row: row, IsUpsert: false))).ToList();
        RegistryRows.RequireDistinct(changes.Select(change => change.Row));
        var (stamp, rows) = await ReadWholeAsync(cancellation);
        if (stamp.Version != expectedVersion)
        {
            return null;
        }

        // Each chunk moves the stamp, so that a reader who saw half of a large change reads again. A crash between chunks leaves whole rows and a true stamp.
        var standing = rows.ToDictionary(static row => (row.Kind, row.Name));
        foreach (var chunk in changes.Count == 0 ? [[]] : changes.Chunk(MaxRows))
        {
            foreach (var (row, isUpsert) in chunk)
            {
                if (isUpsert)
                {
                    standing[(row.Kind, row.Name)] = row;
                }
                else
                {
                    standing.Remove((row.Kind, row.Name));
                }
            }

            if (await WriteChunkAsync(stamp, RegistryDigest.Of(standing.Values), [.. chunk], cancellation) is not { } moved)
            {
                return null;
            }

            stamp = moved;
        }

        return stamp.Version;
    }

    private async Task<Stamp?> WriteChunkAsync(Stamp stamp, EntryHash rows, List<(RegistryRow Row, bool IsUpsert)> changes, CancellationToken cancellation)
    {
        while (true)
        {
            var operation = OperationId.Create().ToString();
            var next = RegistryRows.OfStamp(stamp.Version + 1, rows, operation, _mac);
            var transaction = new TableTransaction(TableKeys.Registry);
            _ = stamp.ETag is { } tag ? transaction.Replace(next, tag) : transaction.Insert(next);
            foreach (var (row, isUpsert) in changes)
            {
                _ = isUpsert ? transaction.Upsert(RegistryRows.Of(row, _mac)) : transaction.Delete(TableKeys.RegistryRow(row.Kind, row.Name), global::Azure.ETag.All);
            }

            switch (await _table.SubmitTransactionAsync(transaction, cancellation))
            {
                case TableOutcome.Done done when done.ETag != default:
                    return new(stamp.Version + 1, rows, done.ETag);
                case TableOutcome.Done:
                    // Its answer was lost. Where somebody has moved the stamp since, the rows that are known here are not all any more: no chunk may follow, and under the former tag none can.
                    var read = await ReadStampAsync(cancellation);
                    return read.Version == stamp.Version + 1 ? read : new(stamp.Version + 1, rows, stamp.ETag);
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
        if (await _table.GetAsync(TableKeys.Registry, TableKeys.RegistryVersion, cancellation) is not { } row)
        {
            return new(0, NoRows, null);
        }

        try
        {
            var (version, rows) = RegistryRows.ReadStamp(row, _mac);
            return new(version, rows, row.ETag);
        }
        catch (FormatException unvouched)
        {
            throw new RegistryUnreadableException(0, [new($"/{TableKeys.RegistryVersion}", $"a stamp: {unvouched.Message}", Allowed)]);
        }
    }

    private sealed record Stamp(long Version, EntryHash Rows, global::Azure.ETag? ETag);
}
