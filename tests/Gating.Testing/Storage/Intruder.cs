using Azure;
using Azure.Storage;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Gating.Azure;
using Gating.Azure.Tables;
using Shouldly;

namespace Gating.Testing.Storage;

/// <summary>Changes one row or blob past the stores, and puts it back as it was.</summary>
public sealed class Intruder(StorageOptions options)
{
    private readonly BlobServiceClient _blobs = new(options.Blobs, new StorageSharedKeyCredential(((StorageCredential.SharedKey)options.Credential).Account, ((StorageCredential.SharedKey)options.Credential).Key));

    public TableKeys Keys { get; } = new(options.Prefix);

    public TableClient Table(string name) => AzuriteStorage.Table(options, name);

    public BlobContainerClient Container(string name) => _blobs.GetBlobContainerClient(name);

    /// <summary>Of the leaves' table, the rows of that stream.</summary>
    public async Task<List<TableEntity>> RowsAsync(string table, string partition)
    {
        var isLeaves = string.Equals(table, Keys.LeavesTable, StringComparison.Ordinal);
        var rows = await Table(table).QueryAsync(new TableQuery(isLeaves ? partition[..1] : partition), default).ToListAsync();
        return isLeaves ? rows.FindAll(row => row.RowKey.StartsWith(partition, StringComparison.Ordinal)) : rows;
    }

    public async Task<List<string>> PartitionsAsync(string table)
    {
        var partitions = new List<string>();
        while (await Table(table).WalkToNextPartitionAsync(partitions.LastOrDefault(), default) is { } next)
        {
            partitions.Add(next);
        }

        return partitions;
    }

    public async Task PutAsync(string table, TableEntity row)
    {
        await DeleteAsync(table, row);
        (await Table(table).InsertAsync(Copy(row), default)).ShouldBeOfType<TableOutcome.Done>();
    }

    public Task DeleteAsync(string table, TableEntity row) => Table(table).DeleteAsync(row.PartitionKey, row.RowKey, ETag.All, default);

    public static TableEntity Copy(TableEntity row, string? key = null, string? partition = null)
    {
        var copy = new TableEntity(partition ?? row.PartitionKey, key ?? row.RowKey);
        foreach (var (name, value) in row.Properties)
        {
            copy.With(name, value);
        }

        return copy;
    }

    /// <summary>The row as it was but for one property.</summary>
    public static TableEntity With(TableEntity row, string property, TableValue value)
    {
        var copy = new TableEntity(row.PartitionKey, row.RowKey);
        foreach (var (name, kept) in row.Properties)
        {
            copy.With(name, string.Equals(name, property, StringComparison.Ordinal) ? value : kept);
        }

        return copy;
    }

    /// <summary>The row with one bit of one property turned, at several places of it where it is long.</summary>
    public static IEnumerable<(string What, TableEntity Row)> Flips(TableEntity row)
    {
        foreach (var (name, value) in row.Properties.ToArray())
        {
            foreach (var (what, flipped) in Flips(value))
            {
                yield return ($"{row.RowKey}.{name}{what}", With(row, name, flipped));
            }
        }
    }

    public static byte[] Flip(ReadOnlySpan<byte> bytes, int at)
    {
        var flipped = bytes.ToArray();
        flipped[at] ^= 1;
        return flipped;
    }

    public static IEnumerable<int> Places(int length) => length == 0 ? [] : new[] { 0, length / 3, length / 2, length - 1 }.Distinct();

    public async Task<(byte[] Bytes, BlobProperties Properties)> ReadBlobAsync(string container, string name)
    {
        var blob = Container(container).GetBlockBlobClient(name);
        return ((await blob.DownloadContentAsync()).Value.Content.ToArray(), (await blob.GetPropertiesAsync()).Value);
    }

    public async Task PutBlobAsync(string container, string name, byte[] bytes, BlobProperties like, string? changed = null, string? to = null)
    {
        var blob = Container(container).GetBlockBlobClient(name);
        var metadata = like.Metadata.ToDictionary(StringComparer.Ordinal);
        if (changed is not null)
        {
            metadata[changed] = to!;
        }

        var id = Convert.ToBase64String("raw0"u8);
        await blob.StageBlockAsync(id, new MemoryStream(bytes));
        await blob.CommitBlockListAsync([id], new CommitBlockListOptions { Metadata = metadata, HttpHeaders = new() { ContentType = like.ContentType } });
    }

    public Task DeleteBlobAsync(string container, string name) => Container(container).GetBlobClient(name).DeleteIfExistsAsync();

    private static IEnumerable<(string What, TableValue Value)> Flips(TableValue value)
    {
        switch (value.Kind)
        {
            case TableValueKind.Binary:
                var bytes = value.AsBinary().ToArray();
                foreach (var at in Places(bytes.Length))
                {
                    yield return ($"[{at}]", TableValue.Of(Flip(bytes, at)));
                }

                break;
            case TableValueKind.String:
                var text = value.AsString();
                foreach (var at in Places(text.Length))
                {
                    yield return ($"[{at}]", TableValue.Of($"{text[..at]}{(char)(text[at] ^ 1)}{text[(at + 1)..]}"));
                }

                break;
            case TableValueKind.Int32:
                yield return (string.Empty, TableValue.Of(value.AsInt32() ^ 1));
                break;
            case TableValueKind.Int64:
                yield return (" low", TableValue.Of(value.AsInt64() ^ 1));
                yield return (" high", TableValue.Of(value.AsInt64() ^ (1L << 40)));
                break;
            case TableValueKind.DateTime:
                yield return (string.Empty, TableValue.Of(value.AsDateTime().AddMilliseconds(1)));
                break;
            default:
                throw new InvalidOperationException(value.Kind.ToString());
        }
    }
}
