using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Storage.Blobs;
using Gating.Azure.Archive;
using Gating.Testing;
using Microsoft.AspNetCore.WebUtilities;
using Shouldly;
using Xunit;

namespace Gating.Azure.Tests;

/// <summary>Addresses by a user-delegation key, against a stand-in for storage that hands out keys (the emulator has none without TLS and Entra ID).</summary>
public sealed class UploadSignerTests
{
    private const string KeyOfStorage = "c2VjcmV0LW9mLWRlbGVnYXRpb24tMDEyMzQ1Njc4OTA=";

    private readonly ManualTime _time = ManualTime.AtNoon();
    private readonly KeyStorage _storage;
    private readonly BlobServiceClient _blobs;
    private readonly UploadSigner _signer;

    public UploadSignerTests()
    {
        _storage = new(_time);
        _blobs = new(new("https://gating.blob.core.windows.net"), new AnyToken(), new BlobClientOptions { Transport = new HttpClientTransport(new HttpClient(_storage)) });
        _signer = new UploadSigner.Delegated("gating", async (until, cancellation) => (await _blobs.GetUserDelegationKeyAsync(startsOn: null, until, cancellation)).Value, _time);
    }

    [Fact]
    public async Task It_creates_one_blob_over_https_and_is_signed_by_the_key_that_storage_gave()
    {
        var until = ManualTime.Noon.AddHours(1);
        var address = await SignAsync(until);
        address.GetLeftPart(UriPartial.Path).ShouldBe("https://gating.blob.core.windows.net/incoming/01JDW5Z3M4N5P6Q7R8S9T0V1W2");
        var query = QueryHelpers.ParseQuery(address.Query);
        ((string?)query["sp"]).ShouldBe("c");
        ((string?)query["sr"]).ShouldBe("b");
        ((string?)query["spr"]).ShouldBe("https");
        ((string?)query["se"]).ShouldBe("2026-11-22T13:00:00Z");
        ((string?)query["skoid"]).ShouldBe("11111111-1111-1111-1111-111111111111");
        query.ContainsKey("st").ShouldBeFalse();

        // As storage computes it (Create a user delegation SAS, version 2020-12-06 and later).
        string[] signed =
        [
            "c", "", query["se"]!, "/blob/gating/incoming/01JDW5Z3M4N5P6Q7R8S9T0V1W2", query["skoid"]!, query["sktid"]!, query["skt"]!, query["ske"]!, query["sks"]!, query["skv"]!,
            "", "", "", "", "https", query["sv"]!, "b", "", "", "", "", "", "", "",
        ];
        ((string?)query["sig"]).ShouldBe(Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(KeyOfStorage), Encoding.UTF8.GetBytes(string.Join('\n', signed)))));
    }

    [Fact]
    public async Task A_key_is_kept_for_as_long_as_it_outlives_what_it_signs()
    {
        for (var i = 0; i < 5; i++)
        {
            await SignAsync(_time.GetUtcNow().AddHours(1));
        }

        _storage.Asked.ShouldBe(1);
        _time.Pass(TimeSpan.FromMinutes(59));
        await SignAsync(_time.GetUtcNow().AddHours(1));
        _storage.Asked.ShouldBe(1);
        _time.Pass(TimeSpan.FromMinutes(2));
        var query = QueryHelpers.ParseQuery((await SignAsync(_time.GetUtcNow().AddHours(1))).Query);
        _storage.Asked.ShouldBe(2);
        DateTimeOffset.Parse(query["ske"]!, CultureInfo.InvariantCulture).ShouldBe(_time.GetUtcNow().AddHours(2));
    }

    private Task<Uri> SignAsync(DateTimeOffset until) => _signer.SignAsync(_blobs.GetBlobContainerClient("incoming").GetBlobClient("01JDW5Z3M4N5P6Q7R8S9T0V1W2"), until, default);

    /// <summary>Hands out delegation keys.</summary>
    private sealed class KeyStorage(TimeProvider time) : HttpMessageHandler
    {
        public int Asked { get; private set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.RequestUri!.Query.ShouldBe("?restype=service&comp=userdelegationkey");
            request.Headers.Authorization!.ToString().ShouldBe("Bearer any");
            Asked++;
            var asked = await request.Content!.ReadAsStringAsync(cancellationToken);
            var expiry = asked.Split("<Expiry>")[1].Split("</Expiry>")[0];
            var now = time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
            return new(HttpStatusCode.OK)
            {
                Content = new StringContent(
                    $"""
                    <?xml version="1.0" encoding="utf-8"?><UserDelegationKey><SignedOid>11111111-1111-1111-1111-111111111111</SignedOid><SignedTid>22222222-2222-2222-2222-222222222222</SignedTid>
                    <SignedStart>{now}</SignedStart><SignedExpiry>{expiry}</SignedExpiry><SignedService>b</SignedService><SignedVersion>2022-11-02</SignedVersion><Value>{KeyOfStorage}</Value></UserDelegationKey>
                    """,
                    Encoding.UTF8,
                    "application/xml"),
            };
        }
    }

    private sealed class AnyToken : TokenCredential
    {
        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) => new("any", DateTimeOffset.MaxValue);

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) => new(GetToken(requestContext, cancellationToken));
    }
}
