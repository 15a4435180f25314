using System.Runtime.CompilerServices;
using Azure;
using Gating.Azure.Tables;
using Gating.StatusLists;
using Gating.Timelines;

namespace Gating.Azure.StatusLists;

/// <summary>Status lists: each a row in a partition of its own, with its compressed bits; and a row for its name in its hour's partition.</summary>
public sealed class TableStatusListStore : IStatusListStore
{
    private const string App = "App";
    private const string Tool = "Tool";
    private const string Issuer = "Issuer";
    private const string Hour = "Hour";
    private const string Leased = "Leased";
    private const string Bits = "Bits";

    private readonly TableClient _table;
    private readonly Setup _setup;

    internal TableStatusListStore(TableClient table) => (_table, _setup) = (table, new(table.CreateIfNotExistsAsync));

    public Task EnsureCreatedAsync(CancellationToken cancellation) => _setup.EnsureAsync(cancellation).AsTask();

    public async Task<StoredStatusList?> ReadAsync(StatusListId id, CancellationToken cancellation)
    {
        await _setup.EnsureAsync(cancellation);
        return await _table.GetAsync(TableKeys.Partition(id), TableKeys.StatusList, cancellation) is { } row ? new(Read(id, row), row.ETag.ToString()) : null;
    }

    public async Task<bool> AddAsync(StatusList list, CancellationToken cancellation)
    {
        await _setup.EnsureAsync(cancellation);

        // A name that is there is that of a list which somebody else adds now, or of one whose writer died between.
        await _table.EnsureAsync(StoredRow.New(TableKeys.Partition(list.Hour), list.Id.ToString()), cancellation);
        return await _table.InsertAsync(ToRow(list), cancellation) is TableOutcome.Done;
    }

    public async Task<bool> ReplaceAsync(StatusList list, string token, CancellationToken cancellation)
    {
        await _setup.EnsureAsync(cancellation);
        return await _table.ReplaceAsync(ToRow(list), new(token), cancellation) is TableOutcome.Done;
    }

    public async IAsyncEnumerable<StatusListId> ListAsync(UtcHour hour, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await _setup.EnsureAsync(cancellation);
        await foreach (var row in _table.QueryAsync(new(TableKeys.Partition(hour)), cancellation))
        {
            yield return StatusListId.TryParse(StoredRow.Known(row, "status list name").RowKey, out var id) ? id : throw new FormatException("A row of an hour names no status list.");
        }
    }

    public async Task RemoveAsync(UtcHour hour, StatusListId id, CancellationToken cancellation)
    {
        await _setup.EnsureAsync(cancellation);
        await _table.DeleteAsync(TableKeys.Partition(id), TableKeys.StatusList, ETag.All, cancellation);
        await _table.DeleteAsync(TableKeys.Partition(hour), id.ToString(), ETag.All, cancellation);
    }

    /// <summary>With an operation id, so that a write whose answer was lost is recognised as ours.</summary>
    private static TableEntity ToRow(StatusList list) => StoredRow.New(TableKeys.Partition(list.Id), TableKeys.StatusList)
        .With(App, TableValue.Of(list.Lane.App))
        .With(Tool, TableValue.Of(list.Lane.Tool))
        .With(Issuer, TableValue.Of(list.Lane.Issuer))
        .With(Hour, TableValue.Of(list.Hour.ToString()))
        .With(Leased, TableValue.Of(list.Leased))
        .With(Bits, TableValue.Of(list.Compressed))
        .With(TableClient.OperationProperty, TableValue.Of(Gating.Ledger.OperationId.Create().ToString()));

    private static StatusList Read(StatusListId id, TableEntity row) => UtcHour.TryParse(StoredRow.Known(row, "status list").Get(Hour).AsString(), out var hour)
        ? new(id, new(row.Get(App).AsString(), row.Get(Tool).AsString(), row.Get(Issuer).AsString()), hour, row.Get(Leased).AsInt32(), row.Get(Bits).AsBinary())
        : throw new FormatException("A status list's row has no hour.");
}
