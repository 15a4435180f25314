using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Gating.Testing.Storage;

/// <summary>What the proxy does to one exchange.</summary>
public enum WireFault
{
    None = 0,

    /// <summary>The connection is reset; storage never hears of the request.</summary>
    ResetBefore = 1,

    /// <summary>Storage does it; the connection is reset instead of its answer.</summary>
    AnswerLost = 2,

    /// <summary>Storage does it; the answer never comes.</summary>
    Hang = 3,

    /// <summary>Half of the answer's body, then the connection is reset.</summary>
    CutOff = 4,

    /// <summary>Half of the answer's body, and headers that say that this is all.</summary>
    CutShort = 5,

    /// <summary>503 ServerBusy; storage never hears of the request.</summary>
    Busy = 6,

    /// <summary>Storage does it; the answer is replaced with a 500 of its kind.</summary>
    ErrorAfter = 7,

    /// <summary>Storage gets the request twice; the first answer goes back.</summary>
    Duplicate = 8,

    /// <summary>A query's first page is empty, with a continuation that is not ASCII.</summary>
    EmptyPage = 9,

    /// <summary>403, as storage answers to credentials that lost their right.</summary>
    Forbidden = 10,

    /// <summary>409, as storage answers to a deletion of a blob that an immutability policy keeps; storage never hears of the request.</summary>
    Immutable = 11,
}

/// <summary>One request as it passed the proxy.</summary>
public sealed record ProxiedRequest(string Method, string Path, string Query, string Body, WireFault Fault);

/// <summary>Stands between our client and Azurite and breaks exchanges in the ways in which networks and storage do.</summary>
public sealed class FaultProxy : IAsyncDisposable
{
    /// <summary>A continuation in another alphabet, as an answer's header may carry it.</summary>
    public const string ForeignContinuation = "weiter-ü-页";

    private readonly WebApplication _app;
    private readonly HttpClient _storage;
    private readonly Uri _target;
    private readonly TaskCompletionSource _hangs = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentQueue<ProxiedRequest> _requests = new();
    private volatile Func<HttpRequest, string, WireFault> _choose = static (_, _) => WireFault.None;

    private FaultProxy(WebApplication app, Uri target)
    {
        (_app, _target) = (app, target);
        _storage = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false });
    }

    /// <summary>Where our client is to go instead of the target, account included.</summary>
    public Uri Address { get; private set; } = null!;

    public IReadOnlyList<ProxiedRequest> Requests => [.. _requests];

    /// <summary>Starts a proxy on a free port of 127.0.0.1 in front of one service of storage.</summary>
    public static async Task<FaultProxy> StartAsync(Uri target)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0);
            kestrel.ResponseHeaderEncodingSelector = _ => Encoding.UTF8;
            kestrel.AddServerHeader = false;
        });
        var app = builder.Build();
        var proxy = new FaultProxy(app, target);
        app.Run(proxy.ForwardAsync);
        await app.StartAsync();
        var address = app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Single();
        proxy.Address = new(new Uri(address), target.AbsolutePath);
        return proxy;
    }

    /// <summary>The next requests, in order, meet these faults; those after them none.</summary>
    public void Next(params WireFault[] faults)
    {
        var left = new ConcurrentQueue<WireFault>(faults);
        _choose = (_, _) => left.TryDequeue(out var fault) ? fault : WireFault.None;
    }

    /// <summary>Every request is asked about: its head and its body.</summary>
    public void Choose(Func<HttpRequest, string, WireFault> choose) => _choose = choose;

    public async ValueTask DisposeAsync()
    {
        _hangs.TrySetResult();
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
        _storage.Dispose();
    }

    private async Task ForwardAsync(HttpContext context)
    {
        using var buffer = new MemoryStream();
        await context.Request.Body.CopyToAsync(buffer);
        var body = Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
        var fault = _choose(context.Request, body);
        _requests.Enqueue(new(context.Request.Method, context.Request.Path, context.Request.QueryString.Value ?? "", body, fault));
        switch (fault)
        {
            case WireFault.ResetBefore:
                context.Abort();
                return;
            case WireFault.Busy:
                await AnswerAsync(context, 503, "ServerBusy");
                return;
            case WireFault.Forbidden:
                await AnswerAsync(context, 403, "AuthorizationPermissionMismatch");
                return;
            case WireFault.Immutable:
                await RefuseBlobAsync(context, 409, "BlobImmutableDueToPolicy");
                return;
            case WireFault.EmptyPage when !context.Request.QueryString.Value!.Contains("NextPartitionKey", StringComparison.Ordinal):
                context.Response.Headers["x-ms-continuation-NextPartitionKey"] = ForeignContinuation;
                context.Response.Headers["x-ms-continuation-NextRowKey"] = ForeignContinuation;
                await context.Response.WriteAsync("""{"odata.metadata":"x","value":[]}""");
                return;
        }

        using var answer = await SendAsync(context, buffer);
        if (fault == WireFault.Duplicate)
        {
            using var second = await SendAsync(context, buffer);
        }

        await ReplyAsync(context, fault, answer);
    }

    private async Task ReplyAsync(HttpContext context, WireFault fault, HttpResponseMessage answer)
    {
        var bytes = await answer.Content.ReadAsByteArrayAsync();
        switch (fault)
        {
            case WireFault.AnswerLost:
                context.Abort();
                return;
            case WireFault.Hang:
                await Task.WhenAny(_hangs.Task, Task.Delay(Timeout.Infinite, context.RequestAborted));
                context.Abort();
                return;
            case WireFault.ErrorAfter:
                await AnswerAsync(context, 500, "OperationTimedOut");
                return;
        }

        context.Response.StatusCode = (int)answer.StatusCode;
        CopyHeaders(answer.Headers, context.Response);
        CopyHeaders(answer.Content.Headers, context.Response);
        if (HttpMethods.IsHead(context.Request.Method))
        {
            // A head speaks of a body that it does not carry.
            context.Response.ContentLength = answer.Content.Headers.ContentLength;
            return;
        }

        var length = fault is WireFault.CutOff or WireFault.CutShort ? bytes.Length / 2 : bytes.Length;
        if (context.Response.StatusCode != 204)
        {
            context.Response.ContentLength = fault == WireFault.CutOff ? bytes.Length : length;
            await context.Response.Body.WriteAsync(bytes.AsMemory(0, length));
            await context.Response.Body.FlushAsync();
        }

        if (fault == WireFault.CutOff)
        {
            context.Abort();
        }
    }

    private async Task<HttpResponseMessage> SendAsync(HttpContext context, MemoryStream body)
    {
        var query = context.Request.QueryString.Value ?? "";
        var foreign = query.IndexOf($"&NextPartitionKey={Uri.EscapeDataString(ForeignContinuation)}", StringComparison.Ordinal);
        query = foreign < 0 ? query : query[..foreign];
        var raw = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var path = raw.Split('?')[0];
        using var request = new HttpRequestMessage(new(context.Request.Method), new Uri($"http://{_target.Authority}{path}{query}"));
        if (body.Length > 0)
        {
            request.Content = new ByteArrayContent(body.GetBuffer(), 0, (int)body.Length);
        }

        foreach (var (name, values) in context.Request.Headers)
        {
            if (name is not ("Host" or "Content-Length" or "Connection") && !request.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values))
            {
                request.Content?.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
            }
        }

        return await _storage.SendAsync(request, CancellationToken.None);
    }

    private static void CopyHeaders(HttpHeaders from, HttpResponse to)
    {
        foreach (var (name, values) in from)
        {
            if (name is not ("Transfer-Encoding" or "Content-Length" or "Connection" or "Keep-Alive"))
            {
                to.Headers[name] = values.ToArray();
            }
        }
    }

    private static Task RefuseBlobAsync(HttpContext context, int status, string code)
    {
        context.Response.StatusCode = status;
        context.Response.Headers.Date = DateTimeOffset.UtcNow.ToString("r", CultureInfo.InvariantCulture);
        context.Response.Headers["x-ms-error-code"] = code;
        context.Response.ContentType = "application/xml";
        return context.Response.WriteAsync($"<?xml version=\"1.0\" encoding=\"utf-8\"?><Error><Code>{code}</Code><Message>Injected.</Message></Error>");
    }

    private static Task AnswerAsync(HttpContext context, int status, string code)
    {
        context.Response.StatusCode = status;
        context.Response.Headers.Date = DateTimeOffset.UtcNow.ToString("r", CultureInfo.InvariantCulture);
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync($$"""{"odata.error":{"code":"{{code}}","message":{"lang":"en-US","value":"Injected."} } }""");
    }
}
