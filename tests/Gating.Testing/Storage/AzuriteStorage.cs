using Azure.Storage;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using Gating.Azure;
using Gating.Azure.Tables;
using Gating.Ledger;
using Gating.Testing.Processes;

namespace Gating.Testing.Storage;

/// <summary>Storage in the shared Azurite under names of its own, so that tests that run side by side never meet.</summary>
public static class AzuriteStorage
{
    /// <summary>Of the accounts that are opened here; everybody knows it.</summary>
    public static readonly OperatorKey DataKey = new(new byte[OperatorKey.Size]);

    /// <summary>A busy build machine is no outage: tests of time-outs set their own.</summary>
    public static readonly TimeSpan PatientTimeout = TimeSpan.FromSeconds(20);

    private static readonly Lazy<Task<StorageOptions>> LazyOptions = new(NewOptionsAsync);

    private static readonly Lazy<Task<AzureStorage>> LazyShared = new(async () => new(await SharedOptionsAsync(), TimeProvider.System, DataKey));

    /// <summary>For tests that keep apart by random stream ids.</summary>
    public static Task<AzureStorage> SharedAsync() => LazyShared.Value;

    /// <summary>What <see cref="SharedAsync"/> was made of.</summary>
    public static Task<StorageOptions> SharedOptionsAsync() => LazyOptions.Value;

    /// <summary>For a test that needs an empty account.</summary>
    public static async Task<AzureStorage> NewAsync() => new(await NewOptionsAsync(), TimeProvider.System, DataKey);

    /// <summary>Azurite's addresses under a fresh prefix.</summary>
    public static async Task<StorageOptions> NewOptionsAsync()
    {
        var azurite = await SharedProcesses.AzuriteAsync();
        return StorageOptions.Development(azurite.Table, azurite.Queue, azurite.Blob, NewPrefix()) with { TryTimeout = PatientTimeout };
    }

    /// <summary>A client of one table of that account, past the stores.</summary>
    public static TableClient Table(StorageOptions options, string name, TableClientOptions? retries = null) =>
        new(new TableAccount(options, TimeProvider.System, new(TimeProvider.System), new()), name, retries ?? TableClientOptions.NoRetries);

    /// <summary>A client of one container of Azurite, past the stores and past any proxy.</summary>
    public static BlobContainerClient Container(StorageOptions options, string name)
    {
        var key = (StorageCredential.SharedKey)options.Credential;
        return new BlobServiceClient(options.Blobs, new StorageSharedKeyCredential(key.Account, key.Key)).GetBlobContainerClient(name);
    }

    /// <summary>A client of one queue of Azurite, past the stores; it reads what the stores wrote.</summary>
    public static async Task<QueueClient> QueueAsync(string name) => QueueOf(await NewOptionsAsync(), name);

    /// <inheritdoc cref="QueueAsync"/>
    public static QueueClient QueueOf(StorageOptions options, string name)
    {
        var key = (StorageCredential.SharedKey)options.Credential;
        return new QueueServiceClient(options.Queues, new StorageSharedKeyCredential(key.Account, key.Key), new QueueClientOptions { MessageEncoding = QueueMessageEncoding.Base64 }).GetQueueClient(name);
    }

    public static string NewPrefix() => $"t{Guid.NewGuid().ToString("N")[..12]}";
}
