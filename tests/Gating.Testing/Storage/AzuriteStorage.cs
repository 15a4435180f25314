using Gating.Azure;
using Gating.Testing.Processes;

namespace Gating.Testing.Storage;

/// <summary>Storage in the shared Azurite under names of its own, so that tests that run side by side never meet.</summary>
public static class AzuriteStorage
{
    private static readonly Lazy<Task<AzureStorage>> LazyShared = new(NewAsync);

    /// <summary>For tests that keep apart by random stream ids.</summary>
    public static Task<AzureStorage> SharedAsync() => LazyShared.Value;

    /// <summary>For a test that needs an empty account.</summary>
    public static async Task<AzureStorage> NewAsync() => new(await NewOptionsAsync(), TimeProvider.System);

    /// <summary>Azurite's addresses under a fresh prefix.</summary>
    public static async Task<StorageOptions> NewOptionsAsync()
    {
        var azurite = await SharedProcesses.AzuriteAsync();
        return StorageOptions.Development(azurite.Table, azurite.Queue, azurite.Blob, NewPrefix());
    }

    public static string NewPrefix() => $"t{Guid.NewGuid().ToString("N")[..12]}";
}
