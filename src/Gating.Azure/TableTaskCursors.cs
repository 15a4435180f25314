using Gating.Azure.Tables;

namespace Gating.Azure;

/// <summary>Where timed tasks go on: a row each. The last to move it wins, and whoever was overtaken does again what it did.</summary>
public sealed class TableTaskCursors : ITaskCursors
{
    private const string Value = "Value";

    private readonly TableClient _table;
    private readonly Setup _setup;

    internal TableTaskCursors(TableClient table) => (_table, _setup) = (table, new(table.CreateIfNotExistsAsync));

    public Task EnsureCreatedAsync(CancellationToken cancellation) => _setup.EnsureAsync(cancellation).AsTask();

    public async Task<string?> ReadAsync(string task, CancellationToken cancellation)
    {
        await _setup.EnsureAsync(cancellation);
        return await _table.GetAsync(task, TableKeys.Cursor, cancellation) is { } row ? StoredRow.Known(row, "cursor").Get(Value).AsString() : null;
    }

    public async Task MoveAsync(string task, string value, CancellationToken cancellation)
    {
        await _setup.EnsureAsync(cancellation);
        var row = StoredRow.New(task, TableKeys.Cursor).With(Value, TableValue.Of(value));

        // A refusal is another run that moved it meanwhile: that one stands.
        await (await _table.GetAsync(task, TableKeys.Cursor, cancellation) is { } stored
            ? _table.ReplaceAsync(row, stored.ETag, cancellation)
            : _table.EnsureAsync(row, cancellation));
    }
}
