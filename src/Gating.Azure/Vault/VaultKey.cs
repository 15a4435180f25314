using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Gating.Identity.Jose;
using Gating.Ledger;

namespace Gating.Azure.Vault;

/// <summary>How often and how long a vault is asked.</summary>
internal sealed class VaultClientOptions : ClientOptions
{
    public VaultClientOptions()
    {
        // Between the tries a vault that says 429 is waited for as long as it says; all of them together end with the asker's patience.
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
/// One version of a key that never leaves Azure Key Vault, and what it is asked to do (REST, <c>POST {key}/{operation}</c>). Safe for concurrent use. Everything is a request of some 10 to 50 ms and counts against the vault's limits
/// (4,000 in ten seconds for a software key), so that no grant waits for one. Throws <see cref="StorageUnavailableException"/> where the vault does not do it, whatever the reason; its own word for it is in the message.
/// </summary>
public sealed class VaultKey
{
    private const string ApiVersion = "7.4";
    private const int MostTold = 200;
    private const int SignatureSize = 64;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly VaultKeyAddress _key;
    private readonly HttpPipeline _pipeline;
    private readonly TimeSpan _patience;

    public VaultKey(VaultKeyAddress key, TokenCredential credential)
        : this(key, credential, null, Patience)
    {
    }

    /// <param name="transport">Another than the network, for tests: where a vault's stand-in listens.</param>
    /// <param name="patience">For all tries together.</param>
    internal VaultKey(VaultKeyAddress key, TokenCredential credential, HttpPipelineTransport? transport, TimeSpan patience)
    {
        ArgumentNullException.ThrowIfNull(key);
        (_key, _patience) = (key, patience);
        var options = new VaultClientOptions();
        if (transport is not null)
        {
            options.Transport = transport;
        }

        _pipeline = HttpPipelineBuilder.Build(options, new BearerTokenAuthenticationPolicy(credential, key.Scope));
    }

    /// <summary>The ES256 signature of a P-256 key over a SHA-256 digest, r and s of 32 bytes each: for checkpoints, which are signed once a second at most.</summary>
    public ValueTask<byte[]> SignAsync(ReadOnlyMemory<byte> digest, CancellationToken cancellation) => AskAsync("sign", "sign with", "ES256", digest, SignatureSize, cancellation);

    /// <summary>The data key that was wrapped for an RSA key (RSA-OAEP-256, RFC 7518 4.3), once at a start: each use is in the vault's audit log, and whoever may read the vault's secrets has nothing yet.</summary>
    public ValueTask<byte[]> UnwrapAsync(ReadOnlyMemory<byte> wrapped, CancellationToken cancellation) => AskAsync("unwrapkey", "unwrap with", "RSA-OAEP-256", wrapped, OperatorKey.Size, cancellation);

    /// <summary>The <paramref name="size"/> bytes that it answers.</summary>
    /// <param name="verb">What the vault then does, for whoever reads why it does not.</param>
    private async ValueTask<byte[]> AskAsync(string operation, string verb, string algorithm, ReadOnlyMemory<byte> value, int size, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(_patience);
        using var message = _pipeline.CreateMessage();
        message.Request.Method = RequestMethod.Post;
        message.Request.Uri.Reset(new($"{_key.Id.AbsoluteUri}/{operation}?api-version={ApiVersion}"));
        message.Request.Headers.Add(HttpHeader.Common.JsonContentType);
        message.Request.Headers.Add(HttpHeader.Common.JsonAccept);
        message.Request.Content = RequestContent.Create(Encoding.ASCII.GetBytes($$"""{"alg":"{{algorithm}}","value":"{{Base64Url.EncodeToString(value.Span)}}"}"""));
        try
        {
            await _pipeline.SendAsync(message, patience.Token).ConfigureAwait(false);
            return message.Response.Status == 200 ? Read(message.Response, size) : throw new StorageUnavailableException($"Key Vault does not {verb} {_key.Id}: {message.Response.Status} {WordOf(message.Response)}.");
        }
        catch (Exception error) when (error is RequestFailedException or AggregateException or global::Azure.Identity.AuthenticationFailedException
            || (error is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            throw new StorageUnavailableException($"Key Vault does not {verb} {_key.Id}: {error.GetType().Name}.", error);
        }
    }

    // What another version did was done with another key.
    private byte[] Read(Response response, int size)
    {
        try
        {
            using var json = JsonDocument.Parse(response.Content);
            if (json.RootElement.GetProperty("kid").GetString() is { } kid && string.Equals(kid, _key.Id.AbsoluteUri, StringComparison.OrdinalIgnoreCase)
                && json.RootElement.GetProperty("value").GetString() is { } value && StrictBase64Url.Decode(value) is { } bytes && bytes.Length == size)
            {
                return bytes;
            }
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new StorageUnavailableException($"Key Vault's answer for {_key.Id} cannot be read.", error);
        }

        throw new StorageUnavailableException($"Key Vault answered for another key than {_key.Id}, or not with {size} bytes.");
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
