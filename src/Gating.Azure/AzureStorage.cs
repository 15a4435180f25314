using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Storage;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using Gating.Azure.Archive;
using Gating.Azure.Http;
using Gating.Azure.Ledger;
using Gating.Azure.Registry;
using Gating.Azure.Tables;

namespace Gating.Azure;

/// <summary>All ports over one storage account, with shared connections. Tables, queue and container are created when first needed, or by <see cref="EnsureCreatedAsync"/>.</summary>
public sealed class AzureStorage : IDisposable
{
    private readonly StorageOptions _options;
    private readonly TableAccount _tables;
    private readonly SocketsHttpHandler _connections;
    private readonly HttpClient _http;
    private readonly HttpClientTransport _transport;

    /// <summary>Throws <see cref="ArgumentException"/> with every fault of <paramref name="options"/>.</summary>
    public AzureStorage(StorageOptions options, TimeProvider time)
    {
        if (options.Errors() is { Count: > 0 } errors)
        {
            throw new ArgumentException(string.Join("; ", errors), nameof(options));
        }

        _options = options;
        Clock = new(time);
        _tables = new(options, time, Clock, Requests);
        _connections = TableAccount.NewConnections(options.Queues);
        _http = new(_connections) { Timeout = Timeout.InfiniteTimeSpan };
        _transport = new(_http);
        var keys = new TableKeys(options.Prefix);
        var retrying = TableClientOptions.Retrying(options.MaxRetries);
        var blobs = NewBlobs();
        var container = blobs.GetBlobContainerClient(keys.EntriesContainer);
        Archive = new(blobs.GetBlobContainerClient(keys.ArchiveContainer), options.Immutability);
        Index = new(new(_tables, keys.IndexTable, retrying));
        Cursors = new(new(_tables, keys.CursorsTable, retrying));
        Ledger = new(
            new(_tables, keys.LedgerTable, retrying), new(_tables, keys.LedgerTable, TableClientOptions.NoRetries), new(container));
        Names = new(new(_tables, keys.NamesTable, retrying));
        Registry = new(new(_tables, keys.RegistryTable, retrying));
        Trace = new(NewQueues().GetQueueClient(keys.TraceQueue));
    }

    public StorageClock Clock { get; }

    public StorageRequests Requests { get; } = new();

    public TableLedgerStore Ledger { get; }

    public TableNameStore Names { get; }

    public BlobArchiveStore Archive { get; }

    public TableOutputIndex Index { get; }

    public TableTaskCursors Cursors { get; }

    public TableRegistryStore Registry { get; }

    public StorageTraceQueue Trace { get; }

    /// <summary>Creates everything that is not there yet. Throws <see cref="StorageUnavailableException"/>; safe to repeat, on any number of instances.</summary>
    public Task EnsureCreatedAsync(CancellationToken cancellation) => Task.WhenAll(
        Ledger.EnsureCreatedAsync(cancellation),
        Names.EnsureCreatedAsync(cancellation),
        Archive.EnsureCreatedAsync(cancellation),
        Index.EnsureCreatedAsync(cancellation),
        Cursors.EnsureCreatedAsync(cancellation),
        Registry.EnsureCreatedAsync(cancellation),
        Trace.EnsureCreatedAsync(cancellation));

    public void Dispose()
    {
        _tables.Dispose();
        _transport.Dispose();
        _http.Dispose();
        _connections.Dispose();
    }

    private QueueServiceClient NewQueues()
    {
        var options = Configure(
            new QueueClientOptions { MessageEncoding = QueueMessageEncoding.Base64 },
            request => request.Method == RequestMethod.Post ? StorageOperation.QueuePut : StorageOperation.QueueOther);
        return _options.Credential switch
        {
            StorageCredential.SharedKey key => new(_options.Queues, new StorageSharedKeyCredential(key.Account, key.Key), options),
            StorageCredential.Token token => new(_options.Queues, token.Credential, options),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    private BlobServiceClient NewBlobs()
    {
        var options = Configure(new BlobClientOptions(), _ => StorageOperation.Blob);
        return _options.Credential switch
        {
            StorageCredential.SharedKey key => new(_options.Blobs, new StorageSharedKeyCredential(key.Account, key.Key), options),
            StorageCredential.Token token => new(_options.Blobs, token.Credential, options),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    private T Configure<T>(T options, Func<Request, StorageOperation> classify)
        where T : ClientOptions
    {
        options.Transport = _transport;
        options.Diagnostics.IsLoggingEnabled = false;
        options.Diagnostics.IsDistributedTracingEnabled = false;
        options.Diagnostics.IsTelemetryEnabled = false;
        options.Retry.MaxRetries = _options.MaxRetries;
        options.Retry.NetworkTimeout = _options.TryTimeout;
        options.Retry.Delay = TimeSpan.FromMilliseconds(100);
        options.Retry.MaxDelay = TableClientOptions.MaxDelay;
        options.AddPolicy(new CountingPolicy(Requests, Clock, classify), HttpPipelinePosition.PerRetry);
        return options;
    }
}
