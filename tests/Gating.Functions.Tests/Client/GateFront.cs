using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Gating.Functions.Tests.Client;

/// <summary>What stands before a gate, on a real loopback socket, and is what the gate calls itself: passes everything on, counts it, and misbehaves when it is told to.</summary>
public sealed class GateFront : IAsyncDisposable
{
    private static readonly string[] OfTheHop = ["Connection", "Transfer-Encoding", "Keep-Alive", "Date", "Server", "Host", "Expect"];

    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false });
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, int> _seen = new(StringComparer.Ordinal);

    private GateFront(WebApplication app) => _app = app;

    /// <summary><c>http://127.0.0.1:port</c>.</summary>
    public string Origin { get; private set; } = "";

    /// <summary>The gate behind it.</summary>
    public Uri? Gate { get; set; }

    /// <summary>Answers that are lost from now on: the gate did what was asked, and the connection breaks.</summary>
    public int Losing { get; set; }

    /// <summary>Answers instead of the gate, which is not asked; null lets everything through.</summary>
    public Func<HttpContext, bool>? Instead { get; set; }

    public static async Task<GateFront> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(static kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0);
            kestrel.Limits.MaxRequestBodySize = null;
        });
        var front = new GateFront(builder.Build());
        front._app.Run(front.PassAsync);
        await front._app.StartAsync();
        front.Origin = front._app.Urls.Single();
        return front;
    }

    public int RequestsTo(string path) => _seen.GetValueOrDefault(path);

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _http.Dispose();
    }

    private async Task PassAsync(HttpContext context)
    {
        _seen.AddOrUpdate(context.Request.Path.Value!, 1, static (_, count) => count + 1);
        if (Instead?.Invoke(context) == true)
        {
            return;
        }

        using var request = new HttpRequestMessage(new(context.Request.Method), new Uri(Gate!, context.Request.Path + context.Request.QueryString));
        if (context.Request.ContentLength is not 0 && (context.Request.ContentLength is not null || context.Request.Headers.TransferEncoding.Count > 0))
        {
            request.Content = new StreamContent(context.Request.Body);
        }

        foreach (var (name, values) in context.Request.Headers.Where(static header => !OfTheHop.Contains(header.Key, StringComparer.OrdinalIgnoreCase)))
        {
            if (!request.Headers.TryAddWithoutValidation(name, values.AsEnumerable()))
            {
                request.Content?.Headers.TryAddWithoutValidation(name, values.AsEnumerable());
            }
        }

        using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        if (Losing > 0)
        {
            Losing--;
            context.Abort();
            return;
        }

        context.Response.StatusCode = (int)answer.StatusCode;
        foreach (var (name, values) in answer.Headers.Concat(answer.Content.Headers).Where(static header => !OfTheHop.Contains(header.Key, StringComparer.OrdinalIgnoreCase)))
        {
            context.Response.Headers[name] = values.ToArray();
        }

        await answer.Content.CopyToAsync(context.Response.Body);
    }
}
