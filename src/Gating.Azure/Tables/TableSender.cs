using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Identity;

namespace Gating.Azure.Tables;

/// <summary>Sends one client's requests and turns every way of getting no answer into <see cref="StorageUnavailableException"/>.</summary>
internal sealed class TableSender(TableAccount account, TableClientOptions options)
{
    private const string Version = "2020-12-06";

    private readonly HttpPipeline _pipeline = account.NewPipeline(options);

    // Bounds all tries together, whatever Retry-After storage may ask for.
    private readonly TimeSpan? _whole = options.MaxRetries == 0 ? null : (account.TryTimeout + TableClientOptions.MaxDelay) * (options.MaxRetries + 1);

    public HttpMessage NewMessage(RequestMethod method, Uri address, string accept)
    {
        var message = _pipeline.CreateMessage();
        var request = message.Request;
        request.Method = method;
        request.Uri.Reset(address);
        request.Headers.Add("x-ms-version", Version);
        request.Headers.Add("DataServiceVersion", "3.0");
        request.Headers.Add("Accept", accept);
        return message;
    }

    public async ValueTask<TableAnswer> SendAsync(HttpMessage message, StorageOperation operation, CancellationToken cancellation)
    {
        try
        {
            if (_whole is { } whole)
            {
                using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
                bound.CancelAfter(whole);
                await _pipeline.SendAsync(message, bound.Token).ConfigureAwait(false);
            }
            else
            {
                await _pipeline.SendAsync(message, cancellation).ConfigureAwait(false);
            }
        }
        catch (Exception silence) when (silence is RequestFailedException or AggregateException or AuthenticationFailedException or HttpRequestException or IOException
            || (silence is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            throw new StorageUnavailableException($"Storage gave no answer to a {operation}.", silence);
        }
        finally
        {
            account.Requests.Count(operation, Tries(message));
        }

        account.Clock.Observe(message.Response.Headers.TryGetValue("Date", out var date) ? date : null);
        var answer = new TableAnswer(message.Response, operation, Tries(message));
        return answer.IsUnavailable ? throw answer.Unavailable() : answer;
    }

    public void CountEntities(int count) => account.Requests.CountEntities(count);

    private static int Tries(HttpMessage message) => message.ProcessingContext.RetryNumber + 1;
}
