using Gating.Functions.Http;
using Gating.Registry;

namespace Gating.Functions.Endpoints;

/// <summary><c>GET /healthz</c>: the process answers. <c>GET /readyz</c>: it could grant: the registry can be read and the clock agrees with storage's.</summary>
internal sealed class HealthEndpoints(RegistrySource registry, ClockCheck clock)
{
    public static Task LiveAsync(HttpContext context) =>
        JsonAnswer.WriteAsync(context.Response, StatusCodes.Status200OK, MediaTypes.Json, 0, static (json, _) => json.WriteString("status"u8, "ok"u8), context.RequestAborted);

    public async Task ReadyAsync(HttpContext context)
    {
        var readable = await CanReadRegistryAsync(context.RequestAborted);
        var onTime = clock.IsAcceptable;
        var status = readable && onTime ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        if (status != StatusCodes.Status200OK)
        {
            context.Response.Headers.RetryAfter = FaultMiddleware.RetrySeconds;
        }

        await JsonAnswer.WriteAsync(context.Response, status, MediaTypes.Json, (readable, onTime), static (json, state) =>
        {
            json.WriteBoolean("ready"u8, state.readable && state.onTime);
            json.WriteString("registry"u8, state.readable ? "ok"u8 : "unreadable"u8);
            json.WriteString("clock"u8, state.onTime ? "ok"u8 : "off"u8);
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
}
