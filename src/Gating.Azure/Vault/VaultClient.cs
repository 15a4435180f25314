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

/// <summary>Has one operation done with one version of a key of Azure Key Vault (REST, <c>POST {key}/{operation}</c>). Safe for concurrent use.</summary>
/// <param name="operation">As the path ends: <c>sign</c>, <c>unwrapkey</c>.</param>
/// <param name="algorithm">As RFC 7518 names it.</param>
/// <param name="verb">What the vault then does, for whoever reads why it does not.</param>
/// <param name="transport">Another than the network, for tests: where a vault's stand-in listens.</param>
/// <param name="patience">For all tries together; null: 20 seconds.</param>
internal sealed class VaultClient(VaultKeyAddress key, TokenCredential credential, string operation, string algorithm, string verb, HttpPipelineTransport? transport, TimeSpan? patience)
{
    private const string ApiVersion = "7.4";
    private const int MostTold = 200;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Uri _address = new($"{key.Id.AbsoluteUri}/{operation}?api-version={ApiVersion}");
    private readonly HttpPipeline _pipeline = HttpPipelineBuilder.Build(OptionsWith(transport), new BearerTokenAuthenticationPolicy(credential, key.Scope));

    /// <summary>The <paramref name="size"/> bytes that it answers. Throws <see cref="StorageUnavailableException"/> where there are none, whatever the reason; the vault's own word for it is in the message.</summary>
    public async ValueTask<byte[]> AskAsync(ReadOnlyMemory<byte> value, int size, CancellationToken cancellation)
    {
        using var patient = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patient.CancelAfter(patience ?? Patience);
        using var message = _pipeline.CreateMessage();
        message.Request.Method = RequestMethod.Post;
        message.Request.Uri.Reset(_address);
        message.Request.Headers.Add(HttpHeader.Common.JsonContentType);
        message.Request.Headers.Add(HttpHeader.Common.JsonAccept);
        message.Request.Content = RequestContent.Create(Encoding.ASCII.GetBytes($$"""{"alg":"{{algorithm}}","value":"{{Base64Url.EncodeToString(value.Span)}}"}"""));
        try
        {
            await _pipeline.SendAsync(message, patient.Token).ConfigureAwait(false);
            return message.Response.Status == 200 ? Read(message.Response, size) : throw new StorageUnavailableException($"Key Vault does not {verb} {key.Id}: {message.Response.Status} {WordOf(message.Response)}.");
        }
        catch (Exception error) when (error is RequestFailedException or AggregateException or global::Azure.Identity.AuthenticationFailedException
            || (error is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            throw new StorageUnavailableException($"Key Vault does not {verb} {key.Id}: {error.GetType().Name}.", error);
        }
    }

    private static VaultClientOptions OptionsWith(HttpPipelineTransport? transport)
    {
        var options = new VaultClientOptions();
        if (transport is not null)
        {
            options.Transport = transport;
        }

        return options;
    }

    // What another version did was done with another key.
    private byte[] Read(Response response, int size)
    {
        try
        {
            using var json = JsonDocument.Parse(response.Content);
            if (json.RootElement.GetProperty("kid").GetString() is { } kid && string.Equals(kid, key.Id.AbsoluteUri, StringComparison.OrdinalIgnoreCase)
                && json.RootElement.GetProperty("value").GetString() is { } value && StrictBase64Url.Decode(value) is { } bytes && bytes.Length == size)
            {
                return bytes;
            }
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new StorageUnavailableException($"Key Vault's answer for {key.Id} cannot be read.", error);
        }

        throw new StorageUnavailableException($"Key Vault answered for another key than {key.Id}, or not with {size} bytes.");
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
