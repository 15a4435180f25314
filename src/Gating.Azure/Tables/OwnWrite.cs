using Azure;

namespace Gating.Azure.Tables;

/// <summary>
/// Decides what a refusal means that came after an earlier try of the same write went unanswered: the earlier try may have done it, and then the refusal is about
/// our own row. The row is read and its operation id compared.
/// </summary>
internal static class OwnWrite
{
    public static async Task<TableOutcome> SettleAsync(TableClient table, IReadOnlyList<TableOperation> operations, TableOutcome.Refused refused)
    {
        if (operations is [{ Kind: TableOperationKind.Delete }])
        {
            return refused.Reason == TableRefusal.Missing ? new TableOutcome.Done(default) : refused;
        }

        var index = Witness(operations);
        if (index < 0)
        {
            throw Unknown();
        }

        var witness = operations[index];
        var ours = OperationOf(witness.Entity)!;
        var stored = await ReadAsync(table, witness.Entity).ConfigureAwait(false);
        if (stored is not null && IsOurs(stored, ours))
        {
            return new TableOutcome.Done(index == 0 ? stored.ETag : await FirstETagAsync(table, operations[0], ours).ConfigureAwait(false));
        }

        // A row that is only ever inserted keeps its operation id: another id, or no row, proves that no try of ours was committed. Only where the
        // refusal says "exists" and the row is gone by now, somebody deletes such rows, and nothing is proved.
        if (witness.Kind == TableOperationKind.Insert && !(stored is null && refused.Reason == TableRefusal.Exists && refused.Operation == index))
        {
            return refused;
        }

        // A row that is replaced may have been ours and be somebody else's by now.
        throw Unknown();
    }

    private static int Witness(IReadOnlyList<TableOperation> operations)
    {
        var changed = -1;
        for (var i = 0; i < operations.Count; i++)
        {
            if (operations[i].Kind == TableOperationKind.Delete || OperationOf(operations[i].Entity) is null)
            {
                continue;
            }

            if (operations[i].Kind == TableOperationKind.Insert)
            {
                return i;
            }

            changed = changed < 0 ? i : changed;
        }

        return changed;
    }

    private static async Task<ETag> FirstETagAsync(TableClient table, TableOperation first, string ours)
    {
        if (first.Kind == TableOperationKind.Delete || OperationOf(first.Entity) is null)
        {
            return default;
        }

        var stored = await ReadAsync(table, first.Entity).ConfigureAwait(false);
        return stored is not null && IsOurs(stored, ours) ? stored.ETag : default;
    }

    /// <summary>Not cancellable: a write that may have happened is not left half looked into; the time-out bounds it.</summary>
    private static Task<TableEntity?> ReadAsync(TableClient table, TableEntity row) => table.GetAsync(row.PartitionKey, row.RowKey, CancellationToken.None);

    private static bool IsOurs(TableEntity stored, string ours) => string.Equals(OperationOf(stored), ours, StringComparison.Ordinal);

    private static string? OperationOf(TableEntity entity) =>
        entity.TryGet(TableClient.OperationProperty, out var value) && value.Kind == TableValueKind.String ? value.AsString() : null;

    private static StorageUnavailableException Unknown() => new("A write's answer was lost, and the row no longer tells whether it happened.");
}
