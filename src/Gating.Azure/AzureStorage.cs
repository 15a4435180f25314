using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Storage;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using Gating.Azure.Archive;
using Gating.Azure.Erasure;
using Gating.Azure.Fsck;
using Gating.Azure.Http;
using Gating.Azure.Ledger;
using Gating.Azure.Log;
using Gating.Azure.Messages;
using Gating.Azure.Registry;
using Gating.Azure.Signals;
using Gating.Azure.StatusLists;
using Gating.Azure.Tables;
using Gating.Azure.Timelines;
using Gating.Ledger;

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
    /// <param name="data">The operator's data key, under which heads, names and the log's state are authenticated. Null for who reads only: they are read unjudged, and writing one throws <see cref="InvalidOperationException"/>.</param>
    public AzureStorage(StorageOptions options, TimeProvider time, OperatorKey? data)
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
        var mac = new StoredMac(data is null ? null : new(data));
        var retrying = TableClientOptions.Retrying(options.MaxRetries);
        var blobs = NewBlobs(options.Blobs);
        var container = blobs.GetBlobContainerClient(keys.EntriesContainer);
        Archive = new(blobs.GetBlobContainerClient(keys.ArchiveContainer), new(blobs, new BlobClientOptions().Version), options.Immutability);
        Incoming = new(blobs.GetBlobContainerClient(keys.IncomingContainer), NewUploadSigner(blobs, time));
        Index = new(new(_tables, keys.IndexTable, retrying));
        Timelines = new(new(_tables, keys.TimelinesTable, retrying), new(_tables, keys.TimelinesTable, TableClientOptions.NoRetries));
        Leaves = new(
            new(_tables, keys.LeavesTable, retrying), new(_tables, keys.LeavesTable, TableClientOptions.NoRetries), new(_tables, keys.PendingTable, retrying));
        var log = new SmallBlobs(blobs.GetBlobContainerClient(keys.LogContainer));
        Log = new(log, mac);
        Published = new(log);
        var apart = new SmallBlobs((options.LastKnownBlobs is { } other ? NewBlobs(other) : blobs).GetBlobContainerClient(keys.LastKnownContainer));
        (LastKnown, Erasures) = (new(apart), new(apart));
        Cursors = new(new(_tables, keys.CursorsTable, retrying));
        StatusLists = new(new(_tables, keys.StatusListsTable, retrying));
        Signals = new(new(_tables, keys.SignalsTable, retrying));
        Ledger = new(
            new(_tables, keys.LedgerTable, retrying), new(_tables, keys.LedgerTable, TableClientOptions.NoRetries), new(container), mac);
        Names = new(new(_tables, keys.NamesTable, retrying), mac);
        Walk = new(
            keys, new(_tables, keys.LedgerTable, retrying), new(_tables, keys.LeavesTable, retrying), new(_tables, keys.PendingTable, retrying), new(_tables, keys.IndexTable, retrying),
            new(_tables, keys.TimelinesTable, retrying), new(_tables, keys.NamesTable, retrying), new(_tables, keys.RegistryTable, retrying), new(container), log, mac);
        Registry = new(new(_tables, keys.RegistryTable, retrying), mac);
        Queues = new(NewQueues(), keys);
        Trace = new(Queues);
        DeadLetters = new(new(_tables, keys.LettersTable, retrying));
    }

    public StorageClock Clock { get; }

    public StorageRequests Requests { get; } = new();

    public TableLedgerStore Ledger { get; }

    public TableNameStore Names { get; }

    public BlobArchiveStore Archive { get; }

    public BlobIncomingStore Incoming { get; }

    public TableOutputIndex Index { get; }

    public TableTimelineStore Timelines { get; }

    public TableLeafStore Leaves { get; }

    public BlobLogStore Log { get; }

    public BlobCheckpointStore Published { get; }

    /// <summary>In another account where one is named (<see cref="StorageOptions.LastKnownBlobs"/>): in this one, a restore reaches it.</summary>
    public BlobCheckpointStore LastKnown { get; }

    /// <summary>Where <see cref="LastKnown"/> is, and for the same reason.</summary>
    public BlobErasureList Erasures { get; }

    /// <summary>For checks alone.</summary>
    public StorageWalk Walk { get; }

    public TableTaskCursors Cursors { get; }

    public TableStatusListStore StatusLists { get; }

    public TableSignalStore Signals { get; }

    public TableRegistryStore Registry { get; }

    public StorageTraceQueue Trace { get; }

    /// <summary>The queues of messages; each is created before its first use.</summary>
    public StorageQueues Queues { get; }

    /// <summary>Messages that were set aside; the table is created before its first use.</summary>
    public TableDeadLetters DeadLetters { get; }

    /// <summary>Creates everything that is not there yet. Throws <see cref="StorageUnavailableException"/>; safe to repeat, on any number of instances.</summary>
    public Task EnsureCreatedAsync(CancellationToken cancellation) => Task.WhenAll(
        Ledger.EnsureCreatedAsync(cancellation),
        Names.EnsureCreatedAsync(cancellation),
        Archive.EnsureCreatedAsync(cancellation),
        Incoming.EnsureCreatedAsync(cancellation),
        Index.EnsureCreatedAsync(cancellation),
        Timelines.EnsureCreatedAsync(cancellation),
        Leaves.EnsureCreatedAsync(cancellation),
        Log.EnsureCreatedAsync(cancellation),
        LastKnown.EnsureCreatedAsync(cancellation),
        Cursors.EnsureCreatedAsync(cancellation),
        StatusLists.EnsureCreatedAsync(cancellation),
        Signals.EnsureCreatedAsync(cancellation),
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
            new QueueClientOptions { MessageEncoding = QueueMessageEncoding.None },
            request => request.Method == RequestMethod.Post ? StorageOperation.QueuePut : StorageOperation.QueueOther);
        return _options.Credential switch
        {
            StorageCredential.SharedKey key => new(_options.Queues, new StorageSharedKeyCredential(key.Account, key.Key), options),
            StorageCredential.Token token => new(_options.Queues, token.Credential, options),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    private BlobServiceClient NewBlobs(Uri address)
    {
        var options = Configure(new BlobClientOptions(), request => request.Method == RequestMethod.Put ? StorageOperation.BlobPut : StorageOperation.Blob);
        return _options.Credential switch
        {
            StorageCredential.SharedKey key => new(address, new StorageSharedKeyCredential(key.Account, key.Key), options),
            StorageCredential.Token token => new(address, token.Credential, options),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    private UploadSigner NewUploadSigner(BlobServiceClient blobs, TimeProvider time) => _options.Credential switch
    {
        StorageCredential.SharedKey key => new UploadSigner.Account(new(key.Account, key.Key), _options.IsDevelopment()),
        StorageCredential.Token => new UploadSigner.Delegated(
            blobs.AccountName, async (until, cancellation) => (await blobs.GetUserDelegationKeyAsync(startsOn: null, until, cancellation)).Value, time),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

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
