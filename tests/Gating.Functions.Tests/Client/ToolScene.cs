using System.Net;
using System.Security.Claims;
using Gating.Client.AspNetCore;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Gating.Functions.Tests.Client;

/// <summary>A tool of its own process's making: ASP.NET Core with one endpoint behind grants, and one that anybody may use.</summary>
public sealed class ToolScene : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ToolScene(WebApplication app) => _app = app;

    public Uri Address { get; private set; } = null!;

    public static async Task<ToolScene> StartAsync(Action<GatingGrantsOptions> configure)
    {
        GatingGrantsOptions? set = null;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(static kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddAuthentication(GatingGrants.Scheme).AddGatingGrants(options =>
        {
            configure(options);
            set = options;
        });
        builder.Services.AddAuthorization();
        var tool = new ToolScene(builder.Build());
        tool._app.UseAuthentication();
        tool._app.UseAuthorization();
        tool._app.MapPost("/face-swap", static context => context.Response.WriteAsync(Describe(context))).RequireAuthorization();
        tool._app.MapGet("/open", static context => context.Response.WriteAsync("open"));
        await tool._app.StartAsync();
        tool.Address = new(tool._app.Urls.Single());
        set!.PublicOrigin = tool.Address;
        return tool;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static string Describe(HttpContext context)
    {
        var grant = context.GetGrant()!;
        return string.Join(' ', grant.Operation, grant.Units, context.User.FindFirstValue("sub") == grant.Subject, context.User.FindFirstValue("client_id"), context.User.FindFirstValue("jti") == grant.Id, context.User.Identity!.Name == grant.Subject);
    }
}
