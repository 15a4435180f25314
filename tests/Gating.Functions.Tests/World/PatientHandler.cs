using System.Net;

namespace Gating.Functions.Tests.World;

/// <summary>
/// A test machine may stand still for longer than the registry may be old (two seconds), and then every gate says 503 <c>storage_unavailable</c>, as it must. Where a test broke nothing itself it is asked again, as an app
/// would: at most five times, so that an outage of ours still fails the test.
/// </summary>
/// <param name="isWhole">Whether nothing that the test's gates stand on was broken or replaced by the test.</param>
internal sealed class PatientHandler(HttpMessageHandler inner, Func<bool> isWhole) : DelegatingHandler(inner)
{
    private const int MostTries = 5;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            var response = await base.SendAsync(request, cancellationToken);
            if (tries == MostTries || response.StatusCode is not HttpStatusCode.ServiceUnavailable || !isWhole() || request.Content is not (null or ByteArrayContent) || !await IsOfStorageAsync(response, cancellationToken))
            {
                return response;
            }

            await Console.Error.WriteLineAsync($"{request.Method} {request.RequestUri!.AbsolutePath}: 503 of a machine that stood still; asked again");
            response.Dispose();
            await Task.Delay(Pause, cancellationToken);
        }
    }

    private static async Task<bool> IsOfStorageAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        await response.Content.LoadIntoBufferAsync(cancellation);
        return (await response.Content.ReadAsStringAsync(cancellation)).Contains("\"storage_unavailable\"", StringComparison.Ordinal);
    }
}
