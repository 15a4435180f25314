using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Gating.Functions.Tests.Hosting;

/// <summary>
/// The host's outer side: it listens, knows the routes of function.json and no other, and passes what it knows on to the handler with fields of its own. What it changes on the way is what was seen of the real one.
/// </summary>
internal sealed class HostProxy : IAsyncDisposable
{
    private const long MaxBody = 104_857_600;
    private const int Tries = 10;

    /// <summary>Sent again to a handler that was started again: bodies up to this size, which is more than the real one is known to repeat.</summary>
    private const long Repeatable = 1024 * 1024;

    private static readonly HashSet<string> HopByHop = new(StringComparer.OrdinalIgnoreCase) { "Connection", "Transfer-Encoding", "Keep-Alive", "Upgrade", "Proxy-Connection", "TE", "Trailer" };

    private readonly WebApplication _app;
    private readonly HttpMessageInvoker _handler = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false, ActivityHeadersPropagator = null });
    private readonly Uri _target;

    private readonly Func<Task> _ready;

    private HostProxy(WebApplication app, Uri target, Func<Task> ready) => (_app, _target, _ready) = (app, target, ready);

    public Uri Address => new(_app.Urls.Single());

    /// <param name="ready">Ends when the handler, wherever it is in being started, is: requests wait for it.</param>
    public static async Task<HostProxy> StartAsync(IEnumerable<FunctionFile> functions, string prefix, Uri handler, Func<Task> ready)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseSetting(WebHostDefaults.ServerUrlsKey, string.Empty);
        builder.WebHost.ConfigureKestrel(static kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0);
            kestrel.Limits.MaxRequestBodySize = MaxBody;
        });
        var app = builder.Build();
        var proxy = new HostProxy(app, handler, ready);
        app.Use(AnswerAsTheHostAsync);
        app.UseRouting();
        foreach (var function in functions.Where(static function => function.IsHttp))
        {
            app.MapMethods($"/{prefix}{(prefix.Length > 0 ? "/" : string.Empty)}{function.Route}", function.Methods, proxy.ForwardAsync);
        }

        await app.StartAsync();
        return proxy;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        _handler.Dispose();
    }

    // What is not listed is not there, whatever is wrong with it; and what the host cannot do is 500 and empty.
    private static async Task AnswerAsTheHostAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context);
        }
        catch (Exception error) when (error is BadHttpRequestException or HttpRequestException or IOException && !context.Response.HasStarted)
        {
            context.Response.Clear();
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
            context.Response.Headers.Connection = "close";
        }

        if (context is { Response: { StatusCode: StatusCodes.Status405MethodNotAllowed, HasStarted: false } } && context.Items.ContainsKey(nameof(HostProxy)) is false)
        {
            context.Response.Clear();
            context.Response.StatusCode = StatusCodes.Status404NotFound;
        }
    }

    private async Task ForwardAsync(HttpContext context)
    {
        context.Items[nameof(HostProxy)] = true;
        if (context.Request.ContentLength > MaxBody)
        {
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
            context.Response.Headers.Connection = "close";
            return;
        }

        var body = await RepeatableAsync(context.Request);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await _ready();
                using var request = NewRequest(context, body);
                using var answer = await _handler.SendAsync(request, context.RequestAborted);
                await CopyAsync(answer, context);
                return;
            }
            catch (HttpRequestException) when (attempt < Tries && !context.Response.HasStarted && (body is not null || !HasBody(context.Request)))
            {
                // The handler is gone, or not there yet: the same request goes to the next one.
                await Task.Delay(TimeSpan.FromMilliseconds(Math.Min(50 * attempt, 250)));
            }
        }
    }

    private HttpRequestMessage NewRequest(HttpContext context, byte[]? body)
    {
        var incoming = context.Request;
        var request = new HttpRequestMessage(new(incoming.Method), new Uri(_target, EncodedPath(incoming.Path.Value!) + incoming.QueryString.Value)) { Version = HttpVersion.Version11 };
        if (HasBody(incoming))
        {
            request.Content = body is null ? new StreamContent(incoming.Body) : new ByteArrayContent(body);
            request.Headers.TransferEncodingChunked = incoming.ContentLength is null;
        }

        foreach (var (name, values) in incoming.Headers)
        {
            if (!HopByHop.Contains(name) && !name.Equals("Host", StringComparison.OrdinalIgnoreCase) && !IsTheHosts(name)
                && !request.Headers.TryAddWithoutValidation(name, values.AsEnumerable()))
            {
                request.Content?.Headers.TryAddWithoutValidation(name, values.AsEnumerable());
            }
        }

        var id = Guid.NewGuid().ToString();
        request.Headers.Add("X-Forwarded-For", context.Connection.RemoteIpAddress!.ToString());
        request.Headers.Add("X-Forwarded-Host", incoming.Host.Value);
        request.Headers.Add("X-Forwarded-Proto", incoming.Scheme);
        request.Headers.Add("X-Azure-Functions-HostVersion", Invocation.HostVersion);
        request.Headers.Add("X-Azure-Functions-InvocationId", id);
        request.Headers.Add("x-ms-invocation-id", id);
        return request;
    }

    private static bool IsTheHosts(string name) =>
        name.ToUpperInvariant() is "X-FORWARDED-FOR" or "X-FORWARDED-HOST" or "X-FORWARDED-PROTO" or "X-AZURE-FUNCTIONS-HOSTVERSION" or "X-AZURE-FUNCTIONS-INVOCATIONID" or "X-MS-INVOCATION-ID";

    private static bool HasBody(HttpRequest request) => request.HttpContext.Features.GetRequiredFeature<IHttpRequestBodyDetectionFeature>().CanHaveBody;

    private static async Task<byte[]?> RepeatableAsync(HttpRequest request)
    {
        if (!HasBody(request) || request.ContentLength is null or > Repeatable)
        {
            return null;
        }

        using var whole = new MemoryStream();
        await request.Body.CopyToAsync(whole);
        return whole.ToArray();
    }

    private static async Task CopyAsync(HttpResponseMessage answer, HttpContext context)
    {
        context.Response.StatusCode = (int)answer.StatusCode;
        foreach (var (name, values) in answer.Headers.Concat(answer.Content.Headers).Where(static header => !HopByHop.Contains(header.Key)))
        {
            context.Response.Headers[name] = values.ToArray();
        }

        await answer.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
    }

    // What the server left undecoded, %2F, has its percent sign encoded again.
    private static string EncodedPath(string path)
    {
        var encoded = new StringBuilder(path.Length);
        foreach (var unit in Encoding.UTF8.GetBytes(path))
        {
            var character = (char)unit;
            if (char.IsAsciiLetterOrDigit(character) || "-._~!$&'()*+,;=:@/".Contains(character, StringComparison.Ordinal))
            {
                encoded.Append(character);
            }
            else
            {
                encoded.Append(System.Globalization.CultureInfo.InvariantCulture, $"%{unit:X2}");
            }
        }

        return encoded.ToString();
    }
}
