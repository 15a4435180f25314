using Azure.Storage;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Specialized;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Gating.Azure.Tests;

/// <summary>What an intruder, or an operator with a portal, can do to storage.</summary>
internal static class RawStorage
{
    public static BlobClient Blob(StorageOptions options, string container, string name)
    {
        var key = (StorageCredential.SharedKey)options.Credential;
        return new(new Uri($"{options.Blobs.AbsoluteUri.TrimEnd('/')}/{container}/{name}"), new StorageSharedKeyCredential(key.Account, key.Key));
    }

    public static async Task PutBlobAsync(BlobClient blob, byte[] content)
    {
        var key = new StorageSharedKeyCredential(StorageOptions.DevelopmentAccount, KeyOf(StorageOptions.Development(blob.Uri, blob.Uri, blob.Uri)));
        var block = new BlockBlobClient(blob.Uri, key);
        var id = Convert.ToBase64String("raw0"u8);
        await block.StageBlockAsync(id, new MemoryStream(content));
        await block.CommitBlockListAsync([id]);
    }

    public static async Task DeleteTableAsync(StorageOptions options, string table)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        using var request = new HttpRequestMessage(HttpMethod.Delete, $"{options.Tables}/Tables('{table}')");
        var date = DateTimeOffset.UtcNow.ToString("r", CultureInfo.InvariantCulture);
        var text = $"{date}\n/{StorageOptions.DevelopmentAccount}{request.RequestUri!.AbsolutePath}";
        var signature = Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(KeyOf(options)), Encoding.UTF8.GetBytes(text)));
        request.Headers.TryAddWithoutValidation("x-ms-date", date);
        request.Headers.TryAddWithoutValidation("x-ms-version", "2020-12-06");
        request.Headers.TryAddWithoutValidation("Accept", "application/json;odata=minimalmetadata");
        request.Headers.TryAddWithoutValidation("Authorization", $"SharedKeyLite {StorageOptions.DevelopmentAccount}:{signature}");
        (await http.SendAsync(request)).EnsureSuccessStatusCode();
    }

    private static string KeyOf(StorageOptions options) => ((StorageCredential.SharedKey)options.Credential).Key;
}
