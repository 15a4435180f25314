using Azure.Storage;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Sas;

namespace Gating.Azure.Archive;

/// <summary>
/// Addresses that create one blob and do nothing else. On Azure signed by a user-delegation key, so that no account key is needed and an address says in storage's log on whose behalf it was
/// given; on the emulator, which has none, by the account's.
/// </summary>
internal abstract class UploadSigner
{
    public async Task<Uri> SignAsync(BlobClient blob, DateTimeOffset until, CancellationToken cancellation)
    {
        var sas = new BlobSasBuilder(BlobSasPermissions.Create, until) { BlobContainerName = blob.BlobContainerName, BlobName = blob.Name, Resource = "b", Protocol = Protocol };
        return new BlobUriBuilder(blob.Uri) { Sas = await SignAsync(sas, until, cancellation) }.ToUri();
    }

    protected abstract SasProtocol Protocol { get; }

    protected abstract Task<BlobSasQueryParameters> SignAsync(BlobSasBuilder sas, DateTimeOffset until, CancellationToken cancellation);

    /// <summary>By the account's key.</summary>
    public sealed class Account(StorageSharedKeyCredential key, bool isDevelopment) : UploadSigner
    {
        protected override SasProtocol Protocol => isDevelopment ? SasProtocol.HttpsAndHttp : SasProtocol.Https;

        protected override Task<BlobSasQueryParameters> SignAsync(BlobSasBuilder sas, DateTimeOffset until, CancellationToken cancellation) => Task.FromResult(sas.ToSasQueryParameters(key));
    }

    /// <summary>By a key that storage gives to our own identity. Kept for about an hour: that long addresses may be refused after an operator revoked all such keys.</summary>
    /// <param name="fetch">Asks storage for a key that is good until then.</param>
    public sealed class Delegated(string account, Func<DateTimeOffset, CancellationToken, Task<UserDelegationKey>> fetch, TimeProvider time) : UploadSigner
    {
        private static readonly TimeSpan Life = TimeSpan.FromHours(2);

        private UserDelegationKey? _key;

        protected override SasProtocol Protocol => SasProtocol.Https;

        protected override async Task<BlobSasQueryParameters> SignAsync(BlobSasBuilder sas, DateTimeOffset until, CancellationToken cancellation)
        {
            // An address ends with its key at the latest. Several who find it too old each fetch one: any of them does.
            if (Volatile.Read(ref _key) is not { } key || key.SignedExpiresOn < until)
            {
                key = await fetch(time.GetUtcNow() + Life, cancellation);
                Volatile.Write(ref _key, key);
            }

            return sas.ToSasQueryParameters(key, account);
        }
    }
}
