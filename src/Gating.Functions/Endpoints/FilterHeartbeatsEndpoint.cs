using Gating.Functions.Endpoints.Desk;
using Gating.Functions.Http;
using Gating.Moderators;
using Gating.Registry;
using Gating.Registry.Reading;

namespace Gating.Functions.Endpoints;

/// <summary><c>POST /v1/filter-heartbeats</c>: an app says that its filters before a tool are active. A tool that demands it gives the app no grant once that is too long ago.</summary>
internal sealed class FilterHeartbeatsEndpoint(AppCaller callers, RegistrySource registry, FilterHeartbeats heartbeats)
{
    public async Task PostAsync(HttpContext context)
    {
        if (await callers.ReadJsonAsync(context, FilterHeartbeatReader.MaxSize) is not var (app, body))
        {
            return;
        }

        var (request, errors) = FilterHeartbeatReader.Read(body);
        if (request is null)
        {
            await Problem.WriteAsync(context, StatusCodes.Status400BadRequest, "heartbeat_malformed", "The heartbeat cannot be recorded.", errors);
            return;
        }

        var tool = app.Tools.Contains(request.Tool) ? (await registry.GetAsync(context.RequestAborted)).Tools.GetValueOrDefault(request.Tool) : null;
        if (tool is null)
        {
            await Problem.WriteAsync(context, StatusCodes.Status404NotFound, "tool_unknown", "There is no such tool for this app.");
        }
        else if (tool.FilterHeartbeat is not { } age)
        {
            await Problem.WriteAsync(context, StatusCodes.Status409Conflict, "heartbeat_not_demanded", "The tool demands no heartbeats: it is open without.");
        }
        else if (await heartbeats.RecordAsync(app.Id, tool.Resource, age, request.Rules, context.RequestAborted) is { } standing)
        {
            await JsonAnswer.WriteAsync(context.Response, StatusCodes.Status200OK, MediaTypes.Json, (tool, age, standing), static (json, told) =>
            {
                json.WriteString("tool"u8, told.tool.Resource);
                json.WriteString("active_until"u8, Rfc3339.Text(told.standing.Until));
                json.WriteNumber("every_seconds"u8, (long)told.age.TotalSeconds / 2);
            }, context.RequestAborted);
        }
        else
        {
            await Problem.WriteAsync(context, StatusCodes.Status503ServiceUnavailable, "busy", "The app's record is in heavy use: try again.");
        }
    }
}
