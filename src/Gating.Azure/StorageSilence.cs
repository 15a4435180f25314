using System.Text.Json;
using System.Xml;
using Azure;
using Azure.Identity;

namespace Gating.Azure;

/// <summary>Turns whatever the storage SDKs throw into the ports' one exception.</summary>
internal static class StorageSilence
{
    public static async Task<T> GuardAsync<T>(Func<Task<T>> request, string what, CancellationToken cancellation)
    {
        try
        {
            return await request();
        }
        catch (Exception silence) when (silence is RequestFailedException or AggregateException or AuthenticationFailedException or HttpRequestException or IOException
            || IsForeign(silence)
            || (silence is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            throw new StorageUnavailableException($"Storage did not answer for the {what}.", silence);
        }
    }

    // Something between us and storage answered in words of its own, and the SDK's reader of errors fell over them.
    private static bool IsForeign(Exception silence) => silence is JsonException or XmlException or KeyNotFoundException;
}
