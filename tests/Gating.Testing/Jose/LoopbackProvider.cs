using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Gating.Testing.Jose;

/// <summary>
/// An OpenID provider's two documents on a real loopback socket, with any misbehaviour a test wants. Serves any number of issuers, each under a
/// path of its own (<c>/name</c>), and counts every request it sees.
/// </summary>
public sealed class LoopbackProvider : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, int> _seen = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, RequestDelegate> _answers = new(StringComparer.Ordinal);

    private LoopbackProvider(WebApplication app) => _app = app;

    /// <summary><c>http://127.0.0.1:port</c>.</summary>
    public string Origin { get; private set; } = "";

    public int Requests => _seen.Values.Sum();

    public static async Task<LoopbackProvider> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var provider = new LoopbackProvider(builder.Build());
        provider._app.Run(provider.AnswerAsync);
        await provider._app.StartAsync();
        provider.Origin = provider._app.Urls.Single();
        return provider;
    }

    public string Issuer(string name) => $"{Origin}/{name}";

    public int RequestsTo(string path) => _seen.GetValueOrDefault(path);

    /// <summary>Serves discovery and keys of one issuer.</summary>
    public void Publish(string name, params IEnumerable<string> jwks)
    {
        Answer($"/{name}/.well-known/openid-configuration", Json($$"""{"issuer":"{{Issuer(name)}}","jwks_uri":"{{Issuer(name)}}/jwks","scopes_supported":["openid"]}"""));
        Answer($"/{name}/jwks", Json($$"""{"keys":[{{string.Join(',', jwks)}}]}"""));
    }

    /// <summary>Answers one path by hand.</summary>
    public void Answer(string path, RequestDelegate answer) => _answers[path] = answer;

    public static RequestDelegate Json(string body, string contentType = "application/json") => async context =>
    {
        context.Response.ContentType = contentType;
        await context.Response.WriteAsync(body);
    };

    public static RequestDelegate Status(int status) => context =>
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    };

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        _seen.AddOrUpdate(path, 1, (_, count) => count + 1);
        return (_answers.GetValueOrDefault(path) ?? Status(404))(context);
    }
}
