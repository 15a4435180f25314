using System.Globalization;
using System.Threading.RateLimiting;

namespace Gating.Functions.Http;

/// <summary>
/// What one address may ask of the endpoints that are open to anybody. Per instance and in memory: it protects the instance; the record is read only, or written to for whom a signature speaks.
/// Made by the first question, as those endpoints are: the framework's middleware would be made by each start.
/// </summary>
/// <param name="addressOf">Who asks; null for whoever is at the other end of the connection.</param>
internal sealed class AddressLimits(int identifyPerMinute, Func<HttpContext, string>? addressOf) : IDisposable
{
    /// <summary>Security events that one address may send a minute: a transmitter's are few, and one that has more comes again with the rest.</summary>
    public const int EventsPerMinute = 1200;

    private const int WindowSeconds = 60;

    private readonly PartitionedRateLimiter<HttpContext> _identify = Of(identifyPerMinute, addressOf);
    private readonly PartitionedRateLimiter<HttpContext> _events = Of(EventsPerMinute, addressOf);

    public RequestDelegate OnIdentify(RequestDelegate answer) => context => AskAsync(_identify, answer, context);

    public RequestDelegate OnEvents(RequestDelegate answer) => context => AskAsync(_events, answer, context);

    public void Dispose()
    {
        _identify.Dispose();
        _events.Dispose();
    }

    private static async Task AskAsync(PartitionedRateLimiter<HttpContext> limiter, RequestDelegate answer, HttpContext context)
    {
        using var lease = limiter.AttemptAcquire(context);
        if (lease.IsAcquired)
        {
            await answer(context);
            return;
        }

        context.Response.Headers.RetryAfter = (WindowSeconds / 6).ToString(CultureInfo.InvariantCulture);
        await Problem.WriteAsync(context, StatusCodes.Status429TooManyRequests, "too_many_questions", "Too many questions from this address: wait, and ask again.");
    }

    private static PartitionedRateLimiter<HttpContext> Of(int perMinute, Func<HttpContext, string>? addressOf) => PartitionedRateLimiter.Create<HttpContext, string>(context => RateLimitPartition.GetSlidingWindowLimiter(
        addressOf?.Invoke(context) ?? context.Connection.RemoteIpAddress?.ToString() ?? string.Empty,
        _ => new() { PermitLimit = perMinute, Window = TimeSpan.FromSeconds(WindowSeconds), SegmentsPerWindow = 6, QueueLimit = 0 }));
}
