using System.Net;
using System.Text.Json;
using Gating.Identity.Jose;

namespace Gating.Identity.Keys;

/// <summary>Why a provider's answer was not taken. Each is as good as no answer: what is cached stays.</summary>
public enum ProviderFault
{
    AddressNotPermitted = 1,
    NotReached = 2,
    TimedOut = 3,
    NotOk = 4,
    NotJson = 5,
    TooLarge = 6,
    IssuerMismatch = 7,
    NoUsableKey = 8,
}

/// <summary>A provider's answer could not be had or not be used.</summary>
public sealed class ProviderFaultException(ProviderFault fault, Exception? inner = null) : Exception($"Provider keys: {fault}.", inner)
{
    public ProviderFault Fault { get; } = fault;
}

/// <summary>
/// Reads a provider's metadata (OpenID Connect Discovery 1.0 section 4) and keys. Only the configured address and the <c>jwks_uri</c> found
/// there are ever fetched; nothing is followed elsewhere, and every answer is bounded in size and time before it is looked at.
/// </summary>
internal sealed class ProviderDocuments(IssuerKeysOptions options, TimeProvider time) : IDisposable
{
    private const int MaxDepth = 16;
    private readonly EndpointPolicy policy = new(options.AllowLoopback);
    private readonly HttpClient http = new EndpointPolicy(options.AllowLoopback).NewClient();

    public async Task<KeySet> FetchKeysAsync(string issuer, Uri discovery)
    {
        using var deadline = new CancellationTokenSource(options.FetchTimeout, time);
        try
        {
            using var metadata = await FetchAsync(discovery, deadline.Token);
            var keysAddress = KeysAddress(metadata.RootElement, issuer);
            using var document = await FetchAsync(keysAddress, deadline.Token);
            return KeySet.Read(document.RootElement) is { Keys.Length: > 0 } keys ? keys : throw new ProviderFaultException(ProviderFault.NoUsableKey);
        }
        catch (OperationCanceledException canceled)
        {
            throw new ProviderFaultException(ProviderFault.TimedOut, canceled);
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException)
        {
            throw new ProviderFaultException(ProviderFault.NotReached, broken);
        }
    }

    public void Dispose() => http.Dispose();

    private static Uri KeysAddress(JsonElement metadata, string issuer)
    {
        if (!string.Equals(Jwk.Text(metadata, "issuer"), issuer, StringComparison.Ordinal))
        {
            throw new ProviderFaultException(ProviderFault.IssuerMismatch);
        }

        return Uri.TryCreate(Jwk.Text(metadata, "jwks_uri"), UriKind.Absolute, out var address)
            ? address
            : throw new ProviderFaultException(ProviderFault.NotJson);
    }

    private async Task<JsonDocument> FetchAsync(Uri address, CancellationToken cancellation)
    {
        if (!policy.Permits(address))
        {
            throw new ProviderFaultException(ProviderFault.AddressNotPermitted);
        }

        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Accept.ParseAdd("application/json");
        request.Headers.Accept.ParseAdd("application/jwk-set+json");
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        if (response.StatusCode != HttpStatusCode.OK)
        {
            throw new ProviderFaultException(ProviderFault.NotOk);
        }

        if (!IsJson(response.Content.Headers.ContentType?.MediaType))
        {
            throw new ProviderFaultException(ProviderFault.NotJson);
        }

        var body = await ReadBoundedAsync(response.Content, cancellation);
        return StrictJson.TryParseObject(body, MaxDepth, out var document) ? document : throw new ProviderFaultException(ProviderFault.NotJson);
    }

    private async Task<ReadOnlyMemory<byte>> ReadBoundedAsync(HttpContent content, CancellationToken cancellation)
    {
        if (content.Headers.ContentLength > options.MaxAnswerBytes)
        {
            throw new ProviderFaultException(ProviderFault.TooLarge);
        }

        await using var stream = await content.ReadAsStreamAsync(cancellation);
        var buffer = new byte[options.MaxAnswerBytes + 1];
        var read = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellation);
        return read > options.MaxAnswerBytes ? throw new ProviderFaultException(ProviderFault.TooLarge) : buffer.AsMemory(0, read);
    }

    private static bool IsJson(string? mediaType) =>
        mediaType is not null
        && (string.Equals(mediaType, "application/json", StringComparison.OrdinalIgnoreCase)
            || string.Equals(mediaType, "application/jwk-set+json", StringComparison.OrdinalIgnoreCase));
}
