using Azure.Core;
using Azure.Core.Pipeline;

namespace Gating.Azure.Http;

/// <summary>Counts the tries of an SDK client and notes storage's clock.</summary>
internal sealed class CountingPolicy(StorageRequests requests, StorageClock clock, Func<Request, StorageOperation> classify) : HttpPipelinePolicy
{
    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        requests.Count(classify(message.Request), 1);
        await ProcessNextAsync(message, pipeline).ConfigureAwait(false);
        clock.Observe(message.Response.Headers.TryGetValue("Date", out var date) ? date : null);
    }

    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        requests.Count(classify(message.Request), 1);
        ProcessNext(message, pipeline);
    }
}
