using System.Runtime.CompilerServices;
using Azure;
using Gating.Azure.Tables;
using Gating.Messages;

namespace Gating.Azure.Messages;

/// <summary>Letters as rows, a partition for each queue.</summary>
public sealed class TableDeadLetters : IDeadLetters
{
    private const string Message = "Message";
    private const string Reason = "Reason";
    private const string Detail = "Detail";
    private const string At = "At";

    private readonly TableClient _table;
    private readonly Setup _setup;

    internal TableDeadLetters(TableClient table) => (_table, _setup) = (table, new(table.CreateIfNotExistsAsync));

    public async Task PutAsync(DeadLetter letter, CancellationToken cancellation)
    {
        await _setup.EnsureAsync(cancellation);
        var row = StoredRow.New(letter.Queue, letter.Id)
            .With(Message, TableValue.Of(letter.Message)).With(Reason, TableValue.Of(letter.Reason))
            .With(Detail, TableValue.Of(letter.Detail)).With(At, TableValue.Of(letter.At));
        var written = await _table.SubmitTransactionAsync(new TableTransaction(letter.Queue).Upsert(row), cancellation);
        if (written is not TableOutcome.Done)
        {
            throw new StorageUnavailableException("A letter could not be kept.");
        }
    }

    public async Task<DeadLetter?> FindAsync(string queue, string id, CancellationToken cancellation)
    {
        await _setup.EnsureAsync(cancellation);
        return await _table.GetAsync(queue, id, cancellation) is { } row ? Read(row) : null;
    }

    public async IAsyncEnumerable<DeadLetter> ReadAsync(string queue, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await _setup.EnsureAsync(cancellation);
        await foreach (var row in _table.QueryAsync(new TableQuery(queue), cancellation))
        {
            yield return Read(row);
        }
    }

    public async Task<bool> RemoveAsync(DeadLetter letter, CancellationToken cancellation)
    {
        await _setup.EnsureAsync(cancellation);
        var token = new ETag(letter.Token ?? throw new ArgumentException("It was not read.", nameof(letter)));
        return await _table.DeleteAsync(letter.Queue, letter.Id, token, cancellation) is TableOutcome.Done;
    }

    private static DeadLetter Read(TableEntity row)
    {
        StoredRow.Known(row, "dead letter");
        return new(
            row.PartitionKey, row.Get(Message).AsBinary(), row.Get(Reason).AsString(), row.Get(Detail).AsString(), row.Get(At).AsDateTime(), row.ETag.ToString());
    }
}
