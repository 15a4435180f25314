using System.Diagnostics.Metrics;

namespace Gating.Azure;

/// <summary>What a request to storage does; the metric's <c>operation</c> tag is its name in lower case.</summary>
public enum StorageOperation
{
    CreateTable = 0,
    Get = 1,
    Insert = 2,
    Update = 3,
    Delete = 4,
    Transaction = 5,
    Query = 6,
    QueuePut = 7,
    QueueOther = 8,
    Blob = 9,

    /// <summary>A blob, or a block of one, or a lease.</summary>
    BlobPut = 10,
}

/// <summary>Counts requests as they go over the wire, each try by itself: counter <c>gating.storage.requests</c> of meter <c>Gating.Azure</c>, and totals to assert on. Beside them the rows of tables that
/// were sent to be written, <c>gating.storage.entities</c>, each write once however often it was tried: what a partition's limit is about.</summary>
public sealed class StorageRequests
{
    public const string MeterName = "Gating.Azure";

    private static readonly Meter Meter = new(MeterName);

    private static readonly Counter<long> Requests = Meter.CreateCounter<long>("gating.storage.requests", "{request}", "Requests sent to storage, by operation.");

    private static readonly Counter<long> Entities = Meter.CreateCounter<long>("gating.storage.entities", "{entity}", "Table rows sent to be inserted, changed or deleted.");

    private static readonly KeyValuePair<string, object?>[] Tags =
        [.. Enum.GetNames<StorageOperation>().Select(name => new KeyValuePair<string, object?>("operation", name.ToLowerInvariant()))];

    private readonly long[] _totals = new long[Tags.Length];
    private long _entities;

    /// <summary>Requests of that kind so far.</summary>
    public long this[StorageOperation operation] => Interlocked.Read(ref _totals[(int)operation]);

    /// <summary>All requests so far.</summary>
    public long Total => Enum.GetValues<StorageOperation>().Sum(operation => this[operation]);

    /// <summary>Table rows sent to be written so far.</summary>
    public long EntitiesSent => Interlocked.Read(ref _entities);

    internal void CountEntities(int count)
    {
        Interlocked.Add(ref _entities, count);
        Entities.Add(count);
    }

    internal void Count(StorageOperation operation, int tries)
    {
        Interlocked.Add(ref _totals[(int)operation], tries);
        Requests.Add(tries, Tags[(int)operation]);
    }
}
