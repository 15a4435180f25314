using System.Runtime.CompilerServices;
using Azure;
using Gating.Azure.Tables;
using Gating.Ledger;
using Gating.Signals;

namespace Gating.Azure.Signals;

/// <summary>Streams of security events: a partition for each app, with a row for its stream and one for each event.</summary>
public sealed class TableSignalStore : ISignalStore
{
    private const string App = "App";
    private const string Id = "Id";
    private const string Delivery = "Delivery";
    private const string Endpoint = "Endpoint";
    private const string Authorization = "Authorization";
    private const string Events = "Events";
    private const string Description = "Description";
    private const string Status = "Status";
    private const string Reason = "Reason";
    private const string At = "At";
    private const string Claims = "Claims";
    private const string Waits = "Waits";

    private readonly TableClient _table;
    private readonly Setup _setup;

    internal TableSignalStore(TableClient table) => (_table, _setup) = (table, new(table.CreateIfNotExistsAsync));

    public Task EnsureCreatedAsync(CancellationToken cancellation) => _setup.EnsureAsync(cancellation).AsTask();

    public async Task<StoredSignalStream?> FindStreamAsync(string app, CancellationToken cancellation)
    {
        await _setup.EnsureAsync(cancellation);
        return await _table.GetAsync(TableKeys.SignalPartition(app), TableKeys.SignalStream, cancellation) is { } row ? new(Read(StoredRow.Known(row, "signal stream")), row.ETag.ToString()) : null;
    }

    public async Task<bool> WriteStreamAsync(SignalStream stream, string? token, CancellationToken cancellation)
    {
        await _setup.EnsureAsync(cancellation);
        var row = ToRow(stream);
        return (token is null ? await _table.InsertAsync(row, cancellation) : await _table.ReplaceAsync(row, new(token), cancellation)) is TableOutcome.Done;
    }

    public async Task<bool> RemoveStreamAsync(string app, string token, CancellationToken cancellation)
    {
        await _setup.EnsureAsync(cancellation);
        if (await _table.DeleteAsync(TableKeys.SignalPartition(app), TableKeys.SignalStream, new(token), cancellation) is not TableOutcome.Done)
        {
            return false;
        }

        // A crash here leaves events of no stream: nobody sends them, and a later stream's purge takes them.
        await foreach (var row in _table.QueryAsync(EventsOf(app), cancellation))
        {
            await _table.DeleteAsync(row.PartitionKey, row.RowKey, ETag.All, cancellation);
        }

        return true;
    }

    public async Task<KeptSignal> AddAsync(string app, SecurityEvent signal, CancellationToken cancellation)
    {
        await _setup.EnsureAsync(cancellation);
        var row = StoredRow.New(TableKeys.SignalPartition(app), TableKeys.SignalEvent(signal.Id))
            .With(At, TableValue.Of(signal.At)).With(Claims, TableValue.Of(signal.Claims)).With(Waits, TableValue.Of(true))
            .With(TableClient.OperationProperty, TableValue.Of(OperationId.Create().ToString()));
        return await _table.InsertAsync(row, cancellation) is TableOutcome.Done ? KeptSignal.Added
            : await FindAsync(app, signal.Id, cancellation) is null ? KeptSignal.Received
            : KeptSignal.Waiting;
    }

    public async Task<SecurityEvent?> FindAsync(string app, string id, CancellationToken cancellation)
    {
        await _setup.EnsureAsync(cancellation);
        return TableKeys.IsSignalId(id) && await _table.GetAsync(TableKeys.SignalPartition(app), TableKeys.SignalEvent(id), cancellation) is { } row ? ReadWaiting(row) : null;
    }

    public async IAsyncEnumerable<SecurityEvent> ReadAsync(string app, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await _setup.EnsureAsync(cancellation);
        await foreach (var row in _table.QueryAsync(EventsOf(app).Where(Waits, TableComparison.Equal, TableValue.Of(true)), cancellation))
        {
            if (ReadWaiting(row) is { } signal)
            {
                yield return signal;
            }
        }
    }

    public async Task SettleAsync(string app, string id, CancellationToken cancellation)
    {
        await _setup.EnsureAsync(cancellation);
        if (TableKeys.IsSignalId(id) && await _table.GetAsync(TableKeys.SignalPartition(app), TableKeys.SignalEvent(id), cancellation) is { } row && ReadWaiting(row) is { } signal)
        {
            // Of what was received its id is kept, and nothing of what it said. Whoever was quicker did the same.
            await _table.ReplaceAsync(
                StoredRow.New(row.PartitionKey, row.RowKey).With(At, TableValue.Of(signal.At)).With(Waits, TableValue.Of(false)).With(TableClient.OperationProperty, TableValue.Of(OperationId.Create().ToString())),
                row.ETag, cancellation);
        }
    }

    public async Task PurgeAsync(string app, DateTimeOffset received, DateTimeOffset waiting, CancellationToken cancellation)
    {
        await _setup.EnsureAsync(cancellation);
        foreach (var (waits, before) in new[] { (false, received), (true, waiting) })
        {
            await foreach (var row in _table.QueryAsync(EventsOf(app).Where(Waits, TableComparison.Equal, TableValue.Of(waits)).Where(At, TableComparison.LessThan, TableValue.Of(before)), cancellation))
            {
                await _table.DeleteAsync(row.PartitionKey, row.RowKey, row.ETag, cancellation);
            }
        }
    }

    private static TableQuery EventsOf(string app) =>
        new TableQuery(TableKeys.SignalPartition(app)).RowKey(TableComparison.GreaterThanOrEqual, TableKeys.SignalEvents).RowKey(TableComparison.LessThan, TableKeys.AfterSignalEvents);

    private static SecurityEvent? ReadWaiting(TableEntity row) => StoredRow.Known(row, "security event").Get(Waits).AsBoolean()
        ? new(row.RowKey[TableKeys.SignalEvents.Length..], row.Get(At).AsDateTime(), row.Get(Claims).AsBinary())
        : null;

    private static TableEntity ToRow(SignalStream stream)
    {
        var row = StoredRow.New(TableKeys.SignalPartition(stream.App), TableKeys.SignalStream)
            .With(App, TableValue.Of(stream.App)).With(Id, TableValue.Of(stream.Id)).With(Delivery, TableValue.Of(stream.Delivery.ToString()))
            .With(Events, TableValue.Of(string.Join(' ', stream.Events))).With(Status, TableValue.Of(stream.Status.ToString()))
            .With(TableClient.OperationProperty, TableValue.Of(OperationId.Create().ToString()));
        foreach (var (name, text) in new[] { (Endpoint, stream.Endpoint?.AbsoluteUri), (Description, stream.Description), (Reason, stream.Reason) })
        {
            if (text is not null)
            {
                row.With(name, TableValue.Of(text));
            }
        }

        return stream.Authorization is { } secret ? row.With(Authorization, TableValue.Of(secret)) : row;
    }

    private static SignalStream Read(TableEntity row) => new(
        row.Get(App).AsString(), row.Get(Id).AsString(), Enum.Parse<SignalDelivery>(row.Get(Delivery).AsString()), Text(row, Endpoint) is { } endpoint ? new Uri(endpoint) : null,
        row.TryGet(Authorization, out var secret) ? secret.AsBinary() : default(ReadOnlyMemory<byte>?),
        [.. row.Get(Events).AsString().Split(' ', StringSplitOptions.RemoveEmptyEntries)], Text(row, Description), Enum.Parse<SignalStatus>(row.Get(Status).AsString()), Text(row, Reason));

    private static string? Text(TableEntity row, string name) => row.TryGet(name, out var value) ? value.AsString() : null;
}
