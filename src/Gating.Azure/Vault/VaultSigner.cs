using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Gating.Identity.Jose;

namespace Gating.Azure.Vault;

/// <summary>How often and how long a vault is asked.</summary>
internal sealed class VaultClientOptions : ClientOptions
{
    public VaultClientOptions()
    {
        // Between the tries a vault that says 429 is waited for as long as it says; all of them together end with the signer's patience.
        Retry.Mode = RetryMode.Exponential;
        Retry.MaxRetries = 3;
        Retry.Delay = TimeSpan.FromMilliseconds(500);
        Retry.MaxDelay = TimeSpan.FromSeconds(4);
        Retry.NetworkTimeout = TimeSpan.FromSeconds(5);
        Diagnostics.IsLoggingEnabled = false;
        Diagnostics.IsDistributedTracingEnabled = false;
        Diagnostics.IsTelemetryEnabled = false;
    }
}

/// <summary>
/// Signs with a P-256 key that never leaves Azure Key Vault (REST, <c>POST {key}/sign</c>; ES256). Safe for concurrent use. Every signature is a request of some 10 to 50 ms and counts against the vault's limits (4,000 in ten
/// seconds for a software key): for checkpoints, which are signed once a second at most, and never for grants.
/// </summary>
public sealed class VaultSigner
{
    private const string ApiVersion = "7.4";
    private const int SignatureSize = 64;
    private const int MostTold = 200;

    private readonly VaultKeyAddress _key;
    private readonly Uri _address;
    private readonly HttpPipeline _pipeline;
    private readonly TimeSpan _patience;

    public VaultSigner(VaultKeyAddress key, TokenCredential credential)
        : this(key, credential, null, TimeSpan.FromSeconds(20))
    {
    }

    /// <param name="transport">Another than the network, for tests: where a vault's stand-in listens.</param>
    /// <param name="patience">For all tries together.</param>
    internal VaultSigner(VaultKeyAddress key, TokenCredential credential, HttpPipelineTransport? transport, TimeSpan patience)
    {
        ArgumentNullException.ThrowIfNull(key);
        (_key, _patience) = (key, patience);
        _address = new($"{key.Id.AbsoluteUri}/sign?api-version={ApiVersion}");
        var options = new VaultClientOptions();
        if (transport is not null)
        {
            options.Transport = transport;
        }

        _pipeline = HttpPipelineBuilder.Build(options, new BearerTokenAuthenticationPolicy(credential, key.Scope));
    }

    /// <summary>The signature over a SHA-256 digest, r and s of 32 bytes each. Throws <see cref="StorageUnavailableException"/> where the vault gives none, whatever the reason; its own word for it is in the message.</summary>
    public async ValueTask<byte[]> SignAsync(ReadOnlyMemory<byte> digest, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(_patience);
        using var message = _pipeline.CreateMessage();
        message.Request.Method = RequestMethod.Post;
        message.Request.Uri.Reset(_address);
        message.Request.Headers.Add(HttpHeader.Common.JsonContentType);
        message.Request.Headers.Add(HttpHeader.Common.JsonAccept);
        message.Request.Content = RequestContent.Create(Encoding.ASCII.GetBytes($$"""{"alg":"ES256","value":"{{Base64Url.EncodeToString(digest.Span)}}"}"""));
        try
        {
            await _pipeline.SendAsync(message, patience.Token).ConfigureAwait(false);
            return message.Response.Status == 200 ? Read(message.Response) : throw new StorageUnavailableException($"Key Vault does not sign with {_key.Id}: {message.Response.Status} {WordOf(message.Response)}.");
        }
        catch (Exception error) when (error is RequestFailedException or AggregateException or global::Azure.Identity.AuthenticationFailedException
            || (error is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            throw new StorageUnavailableException($"Key Vault does not sign with {_key.Id}: {error.GetType().Name}.", error);
        }
    }

    // A signature by another version is by another key.
    private byte[] Read(Response response)
    {
        try
        {
            using var json = JsonDocument.Parse(response.Content);
            if (json.RootElement.GetProperty("kid").GetString() is { } kid && string.Equals(kid, _key.Id.AbsoluteUri, StringComparison.OrdinalIgnoreCase)
                && json.RootElement.GetProperty("value").GetString() is { } value && StrictBase64Url.Decode(value) is { Length: SignatureSize } signature)
            {
                return signature;
            }
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new StorageUnavailableException($"Key Vault's answer for {_key.Id} cannot be read.", error);
        }

        throw new StorageUnavailableException($"Key Vault answered for another key than {_key.Id}, or with no signature of {SignatureSize} bytes.");
    }

    // {"error":{"code":"Forbidden","innererror":{"code":"KeyDisabled"}}}: a word for whoever reads the log.
    private static string WordOf(Response response)
    {
        try
        {
            using var json = JsonDocument.Parse(response.Content);
            var error = json.RootElement.GetProperty("error");
            var word = error.TryGetProperty("innererror", out var inner) && inner.TryGetProperty("code", out var code) ? code.GetString() : error.GetProperty("code").GetString();
            return word is { Length: > 0 and <= MostTold } && word.All(char.IsAsciiLetterOrDigit) ? word : response.ReasonPhrase;
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return response.ReasonPhrase;
        }
    }
}
