using System.Collections.Concurrent;

namespace Gating.Functions.Tests.OpenApi;

/// <summary>Every exchange of a test with a gate, held against openapi.json: what is served and what is described cannot part without a test that fails.</summary>
/// <param name="isGate">Whether an address is a gate's: tests ask others as well.</param>
internal sealed class ContractHandler(HttpMessageHandler inner, Func<Uri, bool> isGate) : DelegatingHandler(inner)
{
    /// <summary>Of each operation and status: tests that ask ten thousand times the same measure something else.</summary>
    private const int Most = 40;

    private const int LargestBody = 1024 * 1024;

    private static readonly ConcurrentDictionary<(ContractOperation, int), int> Seen = new();

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        var address = request.RequestUri!;
        if (isGate(address) && Contract.Committed.Find(request.Method.Method, address.AbsolutePath) is { } operation
            && Seen.AddOrUpdate((operation, (int)response.StatusCode), 1, static (_, count) => count + 1) <= Most
            && await FaultAsync(operation, request, response, cancellationToken) is { } fault)
        {
            response.Dispose();
            throw new InvalidOperationException($"openapi.json: {operation.Method} {operation.Path}: {fault}");
        }

        return response;
    }

    private static async Task<string?> FaultAsync(ContractOperation operation, HttpRequestMessage request, HttpResponseMessage response, CancellationToken cancellation)
    {
        var (status, type) = ((int)response.StatusCode, response.Content.Headers.ContentType?.MediaType);
        ReadOnlyMemory<byte>? body = null;
        if (response.Content.Headers.ContentLength is <= LargestBody && (type is null || ContractOperation.IsJson(type)))
        {
            await response.Content.LoadIntoBufferAsync(cancellation);
            body = await response.Content.ReadAsByteArrayAsync(cancellation);
        }

        if (operation.FaultOfAnswer(status, type, body) is { } fault)
        {
            return fault;
        }

        // What was let through has to be what is said to be let through. A stream was read by now.
        return status is < 200 or >= 300 || request.Content is null or StreamContent or { Headers.ContentLength: null or > LargestBody } ? null
            : operation.FaultOfRequest(request.Content.Headers.ContentType?.MediaType, await request.Content.ReadAsByteArrayAsync(cancellation));
    }
}
