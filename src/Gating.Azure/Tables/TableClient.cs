using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Gating.Azure.Http;

namespace Gating.Azure.Tables;

/// <summary>
/// One table. Every method throws <see cref="StorageUnavailableException"/> when the answer cannot be known, <see cref="TableLimitException"/> before sending what Azure
/// would refuse, and <see cref="RequestFailedException"/> for a refusal that only a fault of ours explains (400). A write that has been sent is not cancelled:
/// its end is bounded by the tries' time-out, and half-cancelled writes are exactly the lost answers that this client exists to tell apart.
/// </summary>
public sealed class TableClient
{
    /// <summary>The property that holds a write's operation id (text), by which a lost answer is told from a conflict.</summary>
    public const string OperationProperty = "Op";

    /// <summary>Pages without a row that one step of a walk passes over.</summary>
    private const int MaxEmptyPages = 1000;

    private const string Json = "application/json";
    private const string JsonMinimal = "application/json;odata=minimalmetadata";

    private readonly TableSender _sender;
    private readonly TableTransactionWriter _transactions;
    private readonly string _address;
    private readonly Uri _entities;
    private readonly Uri _batch;
    private readonly Uri _tables;

    public TableClient(TableAccount account, string name, TableClientOptions options)
    {
        TableLimits.CheckTableName(name);
        Name = name;
        _sender = new(account, options);
        _address = $"{account.Address}/{name}";
        _transactions = new(_address);
        _entities = new(_address);
        _batch = new($"{account.Address}/$batch");
        _tables = new($"{account.Address}/Tables");
    }

    public string Name { get; }

    /// <summary>Creates the table unless it is there. One that is still being deleted (up to 40 s in Azure) is "unavailable".</summary>
    public async Task CreateIfNotExistsAsync(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        using var message = _sender.NewMessage(RequestMethod.Post, _tables, JsonMinimal);
        using var content = RequestContent.Create(Encoding.ASCII.GetBytes($$"""{"TableName":"{{Name}}"}"""));
        WithBody(message, content, Json);
        var answer = await _sender.SendAsync(message, StorageOperation.CreateTable, CancellationToken.None).ConfigureAwait(false);
        if (!answer.IsSuccess && answer.Code is not TableError.TableAlreadyExists)
        {
            throw answer.NotExpected();
        }
    }

    /// <summary>The row, or null where there is none.</summary>
    public async Task<TableEntity?> GetAsync(string partitionKey, string rowKey, CancellationToken cancellation)
    {
        TableLimits.CheckKey(partitionKey, "partition key");
        TableLimits.CheckKey(rowKey, "row key");
        using var message = _sender.NewMessage(RequestMethod.Get, new(_address + TableAddress.Row(partitionKey, rowKey)), JsonMinimal);
        var answer = await _sender.SendAsync(message, StorageOperation.Get, cancellation).ConfigureAwait(false);
        return answer.Refusal == TableRefusal.Missing ? null : answer.IsSuccess ? answer.ReadEntity() : throw answer.NotExpected();
    }

    /// <summary>Inserts; refused with <see cref="TableRefusal.Exists"/> where the row is there.</summary>
    public Task<TableOutcome> InsertAsync(TableEntity entity, CancellationToken cancellation)
    {
        TableLimits.Check(entity);
        return WriteAsync(new(TableOperationKind.Insert, entity, default), cancellation);
    }

    /// <summary>Inserts a row of which it does not matter who wrote it: one that is there stands, be it ours of an earlier try whose answer was lost, or somebody else's.</summary>
    public async Task EnsureAsync(TableEntity entity, CancellationToken cancellation)
    {
        TableLimits.Check(entity);
        var (outcome, _) = await TryWriteAsync(new(TableOperationKind.Insert, entity, default), cancellation).ConfigureAwait(false);
        if (outcome is TableOutcome.Refused { Reason: not TableRefusal.Exists } refused)
        {
            throw new StorageUnavailableException($"A row could neither be inserted nor is it there ({refused.Reason}).");
        }
    }

    /// <summary>Replaces all of the row if it still carries <paramref name="ifMatch"/>.</summary>
    public Task<TableOutcome> ReplaceAsync(TableEntity entity, ETag ifMatch, CancellationToken cancellation)
    {
        TableLimits.Check(entity);
        TableLimits.CheckETag(ifMatch, "If-Match");
        return WriteAsync(new(TableOperationKind.Replace, entity, ifMatch), cancellation);
    }

    /// <summary>Sets the given properties and leaves the others if the row still carries <paramref name="ifMatch"/>.</summary>
    public Task<TableOutcome> MergeAsync(TableEntity entity, ETag ifMatch, CancellationToken cancellation)
    {
        TableLimits.Check(entity);
        TableLimits.CheckETag(ifMatch, "If-Match");
        return WriteAsync(new(TableOperationKind.Merge, entity, ifMatch), cancellation);
    }

    /// <summary>Deletes the row if it still carries <paramref name="ifMatch"/>. After a lost answer "missing" is taken for done: the row is gone.</summary>
    public Task<TableOutcome> DeleteAsync(string partitionKey, string rowKey, ETag ifMatch, CancellationToken cancellation)
    {
        TableLimits.CheckKey(partitionKey, "partition key");
        TableLimits.CheckKey(rowKey, "row key");
        TableLimits.CheckETag(ifMatch, "If-Match");
        return WriteAsync(new(TableOperationKind.Delete, new(partitionKey, rowKey), ifMatch), cancellation);
    }

    /// <summary>All operations or none, in one request of at most 4 MiB.</summary>
    public async Task<TableOutcome> SubmitTransactionAsync(TableTransaction transaction, CancellationToken cancellation)
    {
        if (transaction.Count == 0)
        {
            throw new TableLimitException(TableLimit.OperationCount, "transaction", "no operations");
        }

        using var body = new PooledBody();
        _transactions.Write(body, transaction);
        if (body.Length > TableLimits.MaxTransactionBytes)
        {
            throw new TableLimitException(TableLimit.TransactionSize, "transaction", $"{body.Length} bytes, at most {TableLimits.MaxTransactionBytes}");
        }

        cancellation.ThrowIfCancellationRequested();
        using var message = _sender.NewMessage(RequestMethod.Post, _batch, JsonMinimal);
        WithBody(message, body, TableTransactionWriter.ContentType);
        _sender.CountEntities(transaction.Count);
        var answer = await _sender.SendAsync(message, StorageOperation.Transaction, CancellationToken.None).ConfigureAwait(false);
        body.Recycle();
        var outcome = answer.ReadTransaction(transaction.Count);
        return outcome is TableOutcome.Refused refused && answer.Tries > 1
            ? await OwnWrite.SettleAsync(this, transaction.Operations, refused).ConfigureAwait(false)
            : outcome;
    }

    /// <summary>One page: whole or an error.</summary>
    public Task<TablePage> QueryPageAsync(TableQuery query, TableContinuation? continuation, CancellationToken cancellation) =>
        PageAsync(query.Filter, query.PageSize, continuation, cancellation);

    /// <summary>
    /// The first partition after <paramref name="after"/> (null: of all), in ordinal order; null after the last. The one request that is inside no partition: it walks the table, a row of each partition,
    /// for checks and never for a request.
    /// </summary>
    public async Task<string?> WalkToNextPartitionAsync(string? after, CancellationToken cancellation)
    {
        var filter = $"PartitionKey gt '{after?.Replace("'", "''", StringComparison.Ordinal)}'";
        TableContinuation? continuation = null;
        for (var pages = 0; pages < MaxEmptyPages; pages++)
        {
            var page = await PageAsync(filter, 1, continuation, cancellation).ConfigureAwait(false);
            if (page.Entities is [var row, ..])
            {
                return row.PartitionKey;
            }

            if (page.Continuation is null)
            {
                return null;
            }

            continuation = page.Continuation;
        }

        throw new StorageUnavailableException($"A walk of table {Name} met {MaxEmptyPages} empty pages.");
    }

    private async Task<TablePage> PageAsync(string filter, int? pageSize, TableContinuation? continuation, CancellationToken cancellation)
    {
        var address = new StringBuilder(_address).Append("()?$filter=").Append(Uri.EscapeDataString(filter));
        if (pageSize is { } size)
        {
            address.Append(CultureInfo.InvariantCulture, $"&$top={Math.Clamp(size, 1, TableLimits.MaxPageSize)}");
        }

        if (continuation is not null)
        {
            address.Append("&NextPartitionKey=").Append(Uri.EscapeDataString(continuation.NextPartitionKey));
            if (continuation.NextRowKey is { } row)
            {
                address.Append("&NextRowKey=").Append(Uri.EscapeDataString(row));
            }
        }

        using var message = _sender.NewMessage(RequestMethod.Get, new(address.ToString()), JsonMinimal);
        var answer = await _sender.SendAsync(message, StorageOperation.Query, cancellation).ConfigureAwait(false);
        return answer.IsSuccess ? answer.ReadPage() : throw answer.NotExpected();
    }

    /// <summary>All rows of the query, page by page, empty pages passed over.</summary>
    public async IAsyncEnumerable<TableEntity> QueryAsync(TableQuery query, [EnumeratorCancellation] CancellationToken cancellation)
    {
        TableContinuation? continuation = null;
        do
        {
            var page = await QueryPageAsync(query, continuation, cancellation).ConfigureAwait(false);
            foreach (var entity in page.Entities)
            {
                yield return entity;
            }

            if (page.Continuation is not null && page.Continuation == continuation)
            {
                throw new StorageUnavailableException("A query does not advance: storage gave the same continuation twice.");
            }

            continuation = page.Continuation;
        }
        while (continuation is not null);
    }

    private static void WithBody(HttpMessage message, RequestContent content, string type)
    {
        message.Request.Content = content;
        message.Request.Headers.Add("Content-Type", type);
    }

    private async Task<TableOutcome> WriteAsync(TableOperation operation, CancellationToken cancellation)
    {
        var (outcome, tries) = await TryWriteAsync(operation, cancellation).ConfigureAwait(false);
        return outcome is TableOutcome.Refused refused && tries > 1 ? await OwnWrite.SettleAsync(this, [operation], refused).ConfigureAwait(false) : outcome;
    }

    /// <summary>The answer to the last try, and how many there were: a refusal after the first may be about a row that an earlier one wrote.</summary>
    private async Task<(TableOutcome Outcome, int Tries)> TryWriteAsync(TableOperation operation, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var (method, counted) = operation.Kind switch
        {
            TableOperationKind.Insert => (RequestMethod.Post, StorageOperation.Insert),
            TableOperationKind.Merge => (RequestMethod.Patch, StorageOperation.Update),
            TableOperationKind.Delete => (RequestMethod.Delete, StorageOperation.Delete),
            TableOperationKind.Replace or TableOperationKind.Upsert => (RequestMethod.Put, StorageOperation.Update),
        };
        _sender.CountEntities(1);
        var entity = operation.Entity;
        var address = operation.Kind == TableOperationKind.Insert ? _entities : new(_address + TableAddress.Row(entity.PartitionKey, entity.RowKey));
        using var message = _sender.NewMessage(method, address, JsonMinimal);
        if (operation.IfMatch != default)
        {
            message.Request.Headers.Add("If-Match", operation.IfMatch.ToString());
        }

        using var body = new PooledBody();
        if (operation.Kind != TableOperationKind.Delete)
        {
            message.Request.Headers.Add("Prefer", "return-no-content");
            WriteEntity(body, entity);
            WithBody(message, body, Json);
        }

        var answer = await _sender.SendAsync(message, counted, CancellationToken.None).ConfigureAwait(false);
        body.Recycle();
        if (answer.IsSuccess)
        {
            return (new TableOutcome.Done(answer.ETag), answer.Tries);
        }

        return (new TableOutcome.Refused(0, answer.Refusal ?? throw answer.NotExpected()), answer.Tries);
    }

    private static void WriteEntity(PooledBody body, TableEntity entity)
    {
        using var lease = TableJsonWriter.Rent(body);
        TableEntityJson.Write(lease.Json, entity);
        lease.Json.Flush();
    }
}
