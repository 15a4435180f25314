using System.Globalization;
using System.Text;

namespace Gating.Azure.Tables;

/// <summary>OData's comparison operators.</summary>
public enum TableComparison
{
    Equal = 1,
    NotEqual = 2,
    GreaterThan = 3,
    GreaterThanOrEqual = 4,
    LessThan = 5,
    LessThanOrEqual = 6,
}

/// <summary>A query inside ONE partition: there is no way to build one without, so that no request can walk a table. At most 15 comparisons, the partition's included.</summary>
public sealed class TableQuery
{
    private readonly StringBuilder _filter = new("PartitionKey eq ");

    public TableQuery(string partitionKey)
    {
        TableLimits.CheckKey(partitionKey, "partition key");
        AppendLiteral(TableValue.Of(partitionKey));
    }

    /// <summary>The OData text of the filter.</summary>
    public string Filter => _filter.ToString();

    /// <summary>Rows that one page may hold, 1 to 1000; null leaves it to storage. Fewer, even none, may come although more follow.</summary>
    public int? PageSize { get; init; }

    private int Comparisons { get; set; } = 1;

    public TableQuery RowKey(TableComparison comparison, string value) => Where("RowKey", comparison, TableValue.Of(value));

    /// <summary>Narrows the query; every value becomes an escaped literal of its type.</summary>
    public TableQuery Where(string property, TableComparison comparison, TableValue value)
    {
        if (++Comparisons > TableLimits.MaxComparisons)
        {
            throw new TableLimitException(TableLimit.ComparisonCount, "filter", $"more than {TableLimits.MaxComparisons} comparisons");
        }

        if (property.Length == 0 || !property.All(c => char.IsLetterOrDigit(c) || c == '_'))
        {
            throw new TableLimitException(TableLimit.PropertyName, "filter", "not a property name");
        }

        _filter.Append(" and ").Append(property).Append(' ').Append(Word(comparison)).Append(' ');
        AppendLiteral(value);
        return this;
    }

    private static string Word(TableComparison comparison) => comparison switch
    {
        TableComparison.Equal => "eq",
        TableComparison.NotEqual => "ne",
        TableComparison.GreaterThan => "gt",
        TableComparison.GreaterThanOrEqual => "ge",
        TableComparison.LessThan => "lt",
        TableComparison.LessThanOrEqual => "le",
    };

    /// <summary>With a point, or it would be compared as a whole number; the exponent only where there must be one, which the emulator does not read.</summary>
    private static string DoubleLiteral(double value)
    {
        var text = value.ToString("R", CultureInfo.InvariantCulture);
        return text.AsSpan().ContainsAny('.', 'E') ? text : text + ".0";
    }

    private void AppendLiteral(TableValue value) => _ = value.Kind switch
    {
        TableValueKind.String => _filter.Append('\'').Append(value.AsString().Replace("'", "''", StringComparison.Ordinal)).Append('\''),
        TableValueKind.Boolean => _filter.Append(value.AsBoolean() ? "true" : "false"),
        TableValueKind.Int32 => _filter.Append(value.AsInt32()),
        TableValueKind.Int64 => _filter.Append(value.AsInt64()).Append('L'),
        TableValueKind.Double => _filter.Append(DoubleLiteral(value.AsDouble())),
        TableValueKind.Guid => _filter.Append("guid'").Append(value.GuidText()).Append('\''),
        TableValueKind.DateTime => _filter.Append("datetime'").Append(value.AsDateTime().UtcDateTime.ToString("O", CultureInfo.InvariantCulture)).Append('\''),
        TableValueKind.Binary => _filter.Append("X'").Append(Convert.ToHexStringLower(value.AsBinary().Span)).Append('\''),
        TableValueKind.Null => throw new TableLimitException(TableLimit.PropertyName, "filter", "storage keeps no null to compare with"),
    };
}

/// <summary>Where the next page begins: storage's own words, given back to it unread.</summary>
public sealed record TableContinuation(string NextPartitionKey, string? NextRowKey);

/// <summary>Part of an answer. No rows and a continuation is a page like any other: only a page without continuation is the last.</summary>
public sealed record TablePage(IReadOnlyList<TableEntity> Entities, TableContinuation? Continuation);
