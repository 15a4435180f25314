using System.Globalization;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;

namespace Gating.Functions.Http;

/// <summary>What one address may ask of the endpoints that are open to anybody. Per instance and in memory: it protects the instance; the record is read only, or written to for whom a signature speaks.</summary>
internal static class AddressLimits
{
    public const string Identify = "identify";

    public const string Events = "events";

    /// <summary>Security events that one address may send a minute: a transmitter's are few, and one that has more comes again with the rest.</summary>
    public const int EventsPerMinute = 1200;

    private const int WindowSeconds = 60;

    /// <param name="addressOf">Who asks; null for whoever is at the other end of the connection.</param>
    public static void AddAddressLimits(this IServiceCollection services, int identifyPerMinute, Func<HttpContext, string>? addressOf) => services.AddRateLimiter(options =>
    {
        AddPolicy(options, Identify, identifyPerMinute, addressOf);
        AddPolicy(options, Events, EventsPerMinute, addressOf);
        options.OnRejected = static async (rejected, _) =>
        {
            rejected.HttpContext.Response.Headers.RetryAfter = (WindowSeconds / 6).ToString(CultureInfo.InvariantCulture);
            await Problem.WriteAsync(rejected.HttpContext, StatusCodes.Status429TooManyRequests, "too_many_questions", "Too many questions from this address: wait, and ask again.");
        };
    });

    private static void AddPolicy(RateLimiterOptions options, string name, int perMinute, Func<HttpContext, string>? addressOf) => options.AddPolicy(name, context => RateLimitPartition.GetSlidingWindowLimiter(
        addressOf?.Invoke(context) ?? context.Connection.RemoteIpAddress?.ToString() ?? string.Empty,
        _ => new() { PermitLimit = perMinute, Window = TimeSpan.FromSeconds(WindowSeconds), SegmentsPerWindow = 6, QueueLimit = 0 }));
}
