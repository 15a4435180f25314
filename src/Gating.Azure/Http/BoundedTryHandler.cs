using System.Globalization;

namespace Gating.Azure.Http;

/// <summary>
/// One try of one request: connection, headers and body within a stated time, the body whole and bounded in size. A connection that is cut in the
/// middle of a body is an error here, so no caller ever sees part of an answer.
/// </summary>
internal sealed class BoundedTryHandler(HttpMessageHandler inner, TimeSpan tryTimeout) : DelegatingHandler(inner)
{
    /// <summary>A page of 1000 rows is at most 4 MiB in Azure's units; this leaves room for JSON and metadata.</summary>
    private const int MaxAnswerBytes = 16 * 1024 * 1024;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(tryTimeout);
        using var registration = cancellationToken.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), timeout);
        HttpResponseMessage? response = null;
        try
        {
            response = await base.SendAsync(request, timeout.Token).ConfigureAwait(false);
            if (response.Content.Headers.ContentLength != 0)
            {
                var original = response.Content;
                response.Content = await PooledAnswer.ReadAsync(original, MaxAnswerBytes, timeout.Token).ConfigureAwait(false);
                original.Dispose();
            }

            return response;
        }
        catch (OperationCanceledException late) when (!cancellationToken.IsCancellationRequested)
        {
            response?.Dispose();
            throw new HttpRequestException(string.Create(CultureInfo.InvariantCulture, $"No whole answer within {tryTimeout.TotalSeconds} s."), late);
        }
        catch
        {
            response?.Dispose();
            throw;
        }
    }
}
