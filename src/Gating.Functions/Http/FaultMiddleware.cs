using System.Diagnostics;
using Gating.Functions.Telemetry;
using Gating.Ledger;
using Gating.Log;
using Gating.Registry;

namespace Gating.Functions.Http;

/// <summary>
/// The last line of failing closed: whatever was thrown becomes an answer that cannot be taken for a yes, with an id to find the log line by, and never a
/// message, stack, version or path.
/// </summary>
internal sealed partial class FaultMiddleware(RequestDelegate next, ILogger<FaultMiddleware> logger)
{
    public const string RetrySeconds = "2";

    public async Task InvokeAsync(HttpContext context)
    {
        context.Response.Headers.XContentTypeOptions = "nosniff";
        try
        {
            await next(context);
            if (IsUnanswered(context.Response))
            {
                await AnswerAsync(context);
            }
        }
        catch (StorageUnavailableException error)
        {
            Log.StorageUnavailable(logger, error.GetType().Name, TraceId(context));
            GateTelemetry.Decided("failed", "storage_unavailable", TimeSpan.Zero);
            await Problem.WriteAsync(context, StatusCodes.Status503ServiceUnavailable, "storage_unavailable", "Storage did not answer; nothing was granted.");
        }
        catch (RegistryUnreadableException error)
        {
            Log.RegistryUnreadable(logger, error.Version, error.Errors.Length, TraceId(context));
            GateTelemetry.Decided("failed", "registry_unreadable", TimeSpan.Zero);
            await Problem.WriteAsync(context, StatusCodes.Status503ServiceUnavailable, "registry_unreadable", "The registry cannot be read; nothing was granted.");
        }
        catch (StreamFrozenException error)
        {
            Log.StreamFrozen(logger, error.Message, TraceId(context));
            GateTelemetry.Decided("failed", "stream_frozen", TimeSpan.Zero);
            await Problem.WriteAsync(context, StatusCodes.Status503ServiceUnavailable, "stream_frozen", "A record contradicts itself; an operator has to look.");
        }
        catch (LogFrozenException error)
        {
            Log.LogFrozen(logger, error.Message, TraceId(context));
            GateTelemetry.Decided("failed", "log_frozen", TimeSpan.Zero);
            await Problem.WriteAsync(context, StatusCodes.Status503ServiceUnavailable, "log_frozen", "The log contradicts itself; an operator has to look.");
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody is there to be answered.
        }
        catch (BadHttpRequestException error)
        {
            await Problem.WriteAsync(context, error.StatusCode, "bad_request", "The request could not be read.");
        }
#pragma warning disable CA1031 // A bug must not look like a yes, nor like an answer of the framework.
        catch (Exception error)
#pragma warning restore CA1031
        {
            // The type names the bug; a message could carry what a caller sent.
            Log.Unexpected(logger, error.GetType().FullName, error.StackTrace, TraceId(context));
            GateTelemetry.Decided("failed", "internal", TimeSpan.Zero);
            await Problem.WriteAsync(context, StatusCodes.Status500InternalServerError, "internal", "Something went wrong here.");
        }
    }

    // What routing or the server refused without a body: no such route, no such method.
    private static bool IsUnanswered(HttpResponse response) =>
        response is { HasStarted: false, StatusCode: >= 400 and < 600, ContentLength: null } && string.IsNullOrEmpty(response.ContentType);

    private static Task AnswerAsync(HttpContext context)
    {
        var status = context.Response.StatusCode;
        var (reason, detail) = status switch
        {
            StatusCodes.Status404NotFound => ("not_found", "There is nothing here."),
            StatusCodes.Status405MethodNotAllowed => ("method_not_allowed", "This method is not offered here."),
            _ => ("refused", "The request was refused."),
        };
        return Problem.WriteAsync(context, status, reason, detail);
    }

    internal static string TraceId(HttpContext context) => Activity.Current?.TraceId.ToHexString() ?? context.TraceIdentifier;

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Storage unavailable ({Error}); trace {TraceId}")]
        public static partial void StorageUnavailable(ILogger logger, string error, string traceId);

        [LoggerMessage(2, LogLevel.Critical, "{Why} Trace {TraceId}")]
        public static partial void StreamFrozen(ILogger logger, string why, string traceId);

        [LoggerMessage(4, LogLevel.Critical, "The registry of version {Version} has {Errors} errors and closes the gate; trace {TraceId}")]
        public static partial void RegistryUnreadable(ILogger logger, long version, int errors, string traceId);

        [LoggerMessage(5, LogLevel.Critical, "{Why} Trace {TraceId}")]
        public static partial void LogFrozen(ILogger logger, string why, string traceId);

        [LoggerMessage(3, LogLevel.Error, "Unexpected {Error}; trace {TraceId}{StackTrace}")]
        public static partial void Unexpected(ILogger logger, string? error, string? stackTrace, string traceId);
    }
}
