using System.Text.Json;
using Azure;

namespace Gating.Azure.Tables;

/// <summary>One answer of the Table service and what it means. Lives no longer than its message.</summary>
internal readonly struct TableAnswer(Response response, StorageOperation operation, int tries)
{
    public int Tries => tries;

    public bool IsSuccess => response.Status is >= 200 and <= 299;

    public string? Code => TableError.Code(Body);

    public ETag ETag => response.Headers.ETag ?? default;

    /// <summary>A refusal that is an answer; null for everything else.</summary>
    public TableRefusal? Refusal => RefusalOf(response.Status, response.Status is 404 or 409 or 412 ? Code : null);

    /// <summary>Throttled, timed out inside, credentials refused, table missing or being deleted: nothing can be said about the row.</summary>
    public bool IsUnavailable => IsUnavailableStatus(response.Status) || (response.Status is 404 or 409 && IsUnavailableCode(response.Status, Code));

    private ReadOnlySpan<byte> Body => response.ContentStream is MemoryStream stream && stream.TryGetBuffer(out var bytes) ? bytes : default;

    public StorageUnavailableException Unavailable() => new($"Storage answered {response.Status} {Code} to a {operation}.");

    /// <summary>For a refusal that only a fault of ours explains.</summary>
    public RequestFailedException NotExpected() => new(response.Status, $"Storage refused a {operation} with {response.Status} {Code}.", Code, null);

    public TableEntity ReadEntity()
    {
        try
        {
            var json = new Utf8JsonReader(Body);
            json.Read();
            var entity = TableEntityJson.Read(ref json, ETag);
            return json.Read() ? throw new JsonException("data after the row") : entity;
        }
        catch (Exception unreadable) when (unreadable is JsonException or FormatException or InvalidOperationException)
        {
            throw Unreadable(unreadable);
        }
    }

    public TablePage ReadPage()
    {
        try
        {
            return new(ReadEntities(), Continuation());
        }
        catch (Exception unreadable) when (unreadable is JsonException or FormatException or InvalidOperationException)
        {
            throw Unreadable(unreadable);
        }
    }

    public TableOutcome ReadTransaction(int operations)
    {
        if (!IsSuccess)
        {
            throw NotExpected();
        }

        var reply = TableTransactionReply.Parse(Body, operations);
        if (reply.Status is >= 200 and <= 299)
        {
            return new TableOutcome.Done(reply.ETag);
        }

        if (reply.Status == TableTransactionReply.NotUnderstood || IsUnavailableStatus(reply.Status) || IsUnavailableCode(reply.Status, reply.Code))
        {
            throw new StorageUnavailableException($"Storage answered {reply.Status} {reply.Code} inside a {operation}.");
        }

        // Without an index the only safe reading is the first operation, which alone carries a condition on an ETag: 412 is about it.
        var index = reply.Index < 0 && reply.Status == 412 ? 0 : reply.Index;
        return RefusalOf(reply.Status, reply.Code) is { } refusal && index >= 0 && index < operations
            ? new TableOutcome.Refused(index, refusal)
            : throw new RequestFailedException(reply.Status, $"Storage refused operation {reply.Index} of a {operation} with {reply.Status} {reply.Code}.", reply.Code, null);
    }

    private static bool IsUnavailableStatus(int status) => status is 401 or 403 or 408 or 429 or >= 500;

    /// <summary>404 and 409 are about the row only with the codes that say so: a missing table, or a stranger's 404, is never "absent".</summary>
    private static bool IsUnavailableCode(int status, string? code) => status switch
    {
        404 => code is not (TableError.ResourceNotFound or TableError.EntityNotFound),
        409 => code is not (TableError.EntityAlreadyExists or TableError.TableAlreadyExists),
        _ => false,
    };

    private static TableRefusal? RefusalOf(int status, string? code) => (status, code) switch
    {
        (409, TableError.EntityAlreadyExists) => TableRefusal.Exists,
        (412, _) => TableRefusal.Changed,
        (404, TableError.ResourceNotFound or TableError.EntityNotFound) => TableRefusal.Missing,
        _ => null,
    };

    private List<TableEntity> ReadEntities()
    {
        var json = new Utf8JsonReader(Body);
        List<TableEntity>? entities = null;
        json.Read();
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var isRows = json.ValueTextEquals("value"u8);
            json.Read();
            if (!isRows)
            {
                json.Skip();
                continue;
            }

            entities = [];
            while (json.Read() && json.TokenType == JsonTokenType.StartObject)
            {
                entities.Add(TableEntityJson.Read(ref json, default));
            }
        }

        return json.TokenType == JsonTokenType.EndObject && !json.Read() && entities is not null ? entities : throw new JsonException("a page that is not whole");
    }

    private TableContinuation? Continuation() => response.Headers.TryGetValue("x-ms-continuation-NextPartitionKey", out var partition)
        ? new(partition, response.Headers.TryGetValue("x-ms-continuation-NextRowKey", out var row) ? row : null)
        : null;

    private StorageUnavailableException Unreadable(Exception inner) => new($"Storage's answer to a {operation} cannot be read.", inner);
}
