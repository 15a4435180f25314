using System.Runtime.InteropServices;
using Azure;

namespace Gating.Azure.Tables;

/// <summary>One row: its two keys, its ETag where it was read, and its own properties in the order in which they were added.</summary>
public sealed class TableEntity(string partitionKey, string rowKey)
{
    private readonly List<KeyValuePair<string, TableValue>> _properties = new(10);

    public string PartitionKey { get; } = partitionKey;

    public string RowKey { get; } = rowKey;

    /// <summary>What storage gave the row when it was read; default on a row that is to be written.</summary>
    public ETag ETag { get; init; }

    public int Count => _properties.Count;

    internal ReadOnlySpan<KeyValuePair<string, TableValue>> Properties => CollectionsMarshal.AsSpan(_properties);

    /// <summary>Adds a property; a name that is there already is refused when the row is written.</summary>
    public TableEntity With(string name, TableValue value)
    {
        _properties.Add(new(name, value));
        return this;
    }

    /// <summary>The property; throws <see cref="FormatException"/> where the row has none of that name.</summary>
    public TableValue Get(string name) => TryGet(name, out var value) ? value : throw new FormatException($"A stored row has no property {name}.");

    public bool TryGet(string name, out TableValue value)
    {
        foreach (var (key, candidate) in Properties)
        {
            if (string.Equals(key, name, StringComparison.Ordinal))
            {
                value = candidate;
                return true;
            }
        }

        value = default;
        return false;
    }
}
