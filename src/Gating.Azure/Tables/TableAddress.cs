using System.Buffers;

namespace Gating.Azure.Tables;

/// <summary>How rows are written into addresses: quotes doubled, then everything but unreserved characters percent-encoded.</summary>
internal static class TableAddress
{
    private static readonly SearchValues<char> Plain = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~");

    public static string Row(string partitionKey, string rowKey) => $"(PartitionKey='{Escape(partitionKey)}',RowKey='{Escape(rowKey)}')";

    private static string Escape(string key) =>
        key.AsSpan().ContainsAnyExcept(Plain) ? Uri.EscapeDataString(key.Replace("'", "''", StringComparison.Ordinal)) : key;
}
