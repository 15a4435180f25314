namespace Gating.Azure.Tables;

/// <summary>A documented limit of Azure Tables.</summary>
public enum TableLimit
{
    KeyLength = 1,
    KeyCharacter = 2,
    PropertyName = 3,
    PropertyCount = 4,
    DuplicateProperty = 5,
    StringLength = 6,
    BinaryLength = 7,
    DateRange = 8,
    Surrogate = 9,
    EntitySize = 10,
    OperationCount = 11,
    TransactionSize = 12,
    TransactionPartition = 13,
    TransactionDuplicateRow = 14,
    ComparisonCount = 15,
    ETag = 16,
    TableName = 17,
}

/// <summary>
/// A request that Azure would refuse (and an emulator might take) was refused here, before anything was sent. Names which limit and where, never the value: that may be personal.
/// </summary>
public sealed class TableLimitException(TableLimit limit, string where, string what) : ArgumentException($"{where}: {what} ({limit}).")
{
    public TableLimit Limit { get; } = limit;

    /// <summary>"row key", "property Public", "operation 3" and the like.</summary>
    public string Where { get; } = where;
}
