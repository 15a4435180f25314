using Azure;

namespace Gating.Azure.Tables;

internal enum TableOperationKind
{
    Insert = 1,
    Replace = 2,
    Merge = 3,
    Upsert = 4,
    Delete = 5,
}

/// <summary>One step of a transaction. <see cref="Entity"/> is bare keys for a deletion.</summary>
internal readonly record struct TableOperation(TableOperationKind Kind, TableEntity Entity, ETag IfMatch);

/// <summary>Up to 100 operations on one partition, all or nothing, each row at most once. Refusals of Azure's limits throw <see cref="TableLimitException"/> as they are added.</summary>
public sealed class TableTransaction(string partitionKey)
{
    private readonly List<TableOperation> _operations = [];

    public string PartitionKey { get; } = partitionKey;

    public int Count => _operations.Count;

    internal IReadOnlyList<TableOperation> Operations => _operations;

    public TableTransaction Insert(TableEntity entity) => Add(new(TableOperationKind.Insert, entity, default));

    public TableTransaction Replace(TableEntity entity, ETag ifMatch) => Add(new(TableOperationKind.Replace, entity, ifMatch));

    public TableTransaction Merge(TableEntity entity, ETag ifMatch) => Add(new(TableOperationKind.Merge, entity, ifMatch));

    /// <summary>Inserts or replaces, whatever is there: only beside an operation that carries the condition.</summary>
    public TableTransaction Upsert(TableEntity entity) => Add(new(TableOperationKind.Upsert, entity, default));

    public TableTransaction Delete(string rowKey, ETag ifMatch) => Add(new(TableOperationKind.Delete, new(PartitionKey, rowKey), ifMatch));

    private TableTransaction Add(TableOperation operation)
    {
        var where = $"operation {_operations.Count}";
        if (_operations.Count == TableLimits.MaxOperations)
        {
            throw new TableLimitException(TableLimit.OperationCount, where, $"at most {TableLimits.MaxOperations} operations");
        }

        if (!string.Equals(operation.Entity.PartitionKey, PartitionKey, StringComparison.Ordinal))
        {
            throw new TableLimitException(TableLimit.TransactionPartition, where, "another partition than the transaction's");
        }

        TableLimits.Check(operation.Entity);
        if (operation.Kind is TableOperationKind.Replace or TableOperationKind.Merge or TableOperationKind.Delete)
        {
            TableLimits.CheckETag(operation.IfMatch, where);
        }

        foreach (var earlier in _operations)
        {
            if (string.Equals(earlier.Entity.RowKey, operation.Entity.RowKey, StringComparison.Ordinal))
            {
                throw new TableLimitException(TableLimit.TransactionDuplicateRow, where, "its row is in the transaction already");
            }
        }

        _operations.Add(operation);
        return this;
    }
}
