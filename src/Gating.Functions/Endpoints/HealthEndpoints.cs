using Gating.Functions.Http;
using Gating.Log.Sealing;
using Gating.Registry;

namespace Gating.Functions.Endpoints;

/// <summary>
/// <c>GET /healthz</c>: the process answers. <c>GET /readyz</c>: it could grant, and what it grants would be logged: the registry can be read, the clock agrees with storage's, and the log continues what was signed.
/// </summary>
internal sealed class HealthEndpoints(RegistrySource registry, ClockCheck clock, LogStanding log)
{
    public static Task LiveAsync(HttpContext context) =>
        JsonAnswer.WriteAsync(context.Response, StatusCodes.Status200OK, MediaTypes.Json, 0, static (json, _) => json.WriteString("status"u8, "ok"u8), context.RequestAborted);

    public async Task ReadyAsync(HttpContext context)
    {
        var standing = new Standing(await CanReadRegistryAsync(context.RequestAborted), clock.IsAcceptable, await LogAsync(context.RequestAborted));
        if (!standing.IsReady)
        {
            context.Response.Headers.RetryAfter = FaultMiddleware.RetrySeconds;
        }

        var status = standing.IsReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        await JsonAnswer.WriteAsync(context.Response, status, MediaTypes.Json, standing, static (json, standing) =>
        {
            json.WriteBoolean("ready"u8, standing.IsReady);
            json.WriteString("registry"u8, standing.CanReadRegistry ? "ok"u8 : "unreadable"u8);
            json.WriteString("clock"u8, standing.IsOnTime ? "ok"u8 : "off"u8);
            json.WriteString("log"u8, standing.Log.Word);
            if (standing.Log.Why is { } why)
            {
                json.WriteString("log_why"u8, why);
            }
        }, context.RequestAborted);
    }

    private async Task<bool> CanReadRegistryAsync(CancellationToken cancellation)
    {
        try
        {
            await registry.GetAsync(cancellation);
            return true;
        }
        catch (Exception error) when (error is StorageUnavailableException or RegistryUnreadableException)
        {
            return false;
        }
    }

    /// <summary>What is wrong with it is for anybody to know: sizes, and names of tiles.</summary>
    private async Task<(string Word, string? Why)> LogAsync(CancellationToken cancellation)
    {
        try
        {
            return await log.WhyFrozenAsync(cancellation) is { } why ? ("frozen", why) : ("ok", null);
        }
        catch (Exception error) when (error is StorageUnavailableException or UnknownVersionException or FormatException)
        {
            return ("unreadable", null);
        }
    }

    private readonly record struct Standing(bool CanReadRegistry, bool IsOnTime, (string Word, string? Why) Log)
    {
        public bool IsReady => CanReadRegistry && IsOnTime && Log.Word is "ok";
    }
}
