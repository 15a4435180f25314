using System.Net;
using System.Net.Http.Headers;
using Gating.Client.Http;

namespace Gating.Client.Tools;

/// <summary>What an address answered.</summary>
internal abstract record Fetched
{
    private Fetched()
    {
    }

    public sealed record Body(byte[] Bytes) : Fetched;

    /// <summary>404 or 410.</summary>
    public sealed record Missing : Fetched;

    /// <summary>No answer in time, another status, a redirection, or too large.</summary>
    public sealed record Failed : Fetched;
}

/// <summary>Reads what is public, bounded in time and size. An answer that comes from elsewhere than was asked counts as none, so that nobody's redirection can bring other keys.</summary>
internal sealed class BoundedFetch(HttpClient http, TimeSpan timeout, TimeProvider time)
{
    public async Task<Fetched> GetAsync(Uri address, string accept, int most)
    {
        using var ends = new CancellationTokenSource(timeout, time);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, address) { Headers = { Accept = { new MediaTypeWithQualityHeaderValue(accept) } } };
            using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ends.Token);
            if (answer.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Gone)
            {
                return new Fetched.Missing();
            }

            var isOurs = answer.StatusCode is HttpStatusCode.OK && (answer.RequestMessage?.RequestUri is not { } from || from == address);
            return isOurs && await BoundedBody.ReadAsync(answer, most, ends.Token) is { } bytes ? new Fetched.Body(bytes) : new Fetched.Failed();
        }
        catch (Exception error) when (error is HttpRequestException or IOException or OperationCanceledException)
        {
            return new Fetched.Failed();
        }
    }
}
