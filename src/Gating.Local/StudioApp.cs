using System.Collections.Concurrent;
using System.Net.Mime;
using System.Security.Cryptography;
using Gating.Local.OpenId;
using Gating.Local.Walk;
using Microsoft.AspNetCore.WebUtilities;

namespace Gating.Local;

/// <summary>
/// The demonstration platform's own web app, as small as it can be: people sign in to it, in a browser (<c>/</c>) or for a script
/// (<c>/id-token/{person}</c>), and it shows the ID token that it would exchange at the gate.
/// </summary>
internal sealed class StudioApp : IAsyncDisposable
{
    private const int MostSignIns = 100;

    private readonly WebApplication _app;
    private readonly HttpClient _http;
    private readonly ConcurrentDictionary<string, CodeFlow> _signIns = new(StringComparer.Ordinal);

    private StudioApp(WebApplication app, Uri address, HttpClient http)
    {
        (_app, _http, Address) = (app, http, address);
        RedirectUri = new Uri(address, "/callback").AbsoluteUri;
        Client = new OpenIdClient(DemoFacts.AppId, [RedirectUri]);
    }

    public Uri Address { get; }

    public string RedirectUri { get; }

    /// <summary>How the provider knows it.</summary>
    public OpenIdClient Client { get; }

    /// <summary>Its secret at the gate: 256 bits, fresh at each start.</summary>
    public string Secret { get; } = WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(32));

    /// <summary>Set once the provider runs, which has to know our address first.</summary>
    public string Issuer { get; set; } = "";

    public static async Task<StudioApp> StartAsync(int port, HttpClient http, CancellationToken cancellation)
    {
        var app = LocalKestrel.Build(port);
        StudioApp? studio = null;
        app.MapGet("/", () => studio!.Begin());
        app.MapGet("/callback", (HttpRequest request) => studio!.FinishAsync(request));
        app.MapGet("/id-token/{person}", (string person, CancellationToken aborted) => studio!.SignInForScriptAsync(person, aborted));
        studio = new StudioApp(app, await LocalKestrel.StartAsync(app, "the demonstration app", port, cancellation), http);
        return studio;
    }

    public Task<string> SignInAsync(string person, CancellationToken cancellation) =>
        new OpenIdLogin(Issuer, Client).SignInAsync(person, OpenIdLogin.Scope, cancellation);

    public ValueTask DisposeAsync() => LocalKestrel.StopAsync(_app);

    private IResult Begin()
    {
        var flow = new CodeFlow(Issuer, Client, RedirectUri, OpenIdLogin.Scope);
        if (_signIns.Count >= MostSignIns)
        {
            _signIns.Clear();
        }

        _signIns[flow.State] = flow;
        return Results.Redirect(flow.Start.AbsoluteUri);
    }

    private async Task<IResult> FinishAsync(HttpRequest request)
    {
        if (!_signIns.TryRemove(request.Query["state"].ToString(), out var flow))
        {
            return Plain("This sign-in is not known here; start again at /.", StatusCodes.Status400BadRequest);
        }

        try
        {
            return Plain(await flow.FinishAsync(_http, request.QueryString.Value ?? "", request.HttpContext.RequestAborted), StatusCodes.Status200OK);
        }
        catch (InvalidOperationException e)
        {
            return Plain(e.Message, StatusCodes.Status400BadRequest);
        }
    }

    private async Task<IResult> SignInForScriptAsync(string person, CancellationToken aborted)
    {
        try
        {
            return Plain(await SignInAsync(person, aborted), StatusCodes.Status200OK);
        }
        catch (InvalidOperationException)
        {
            return Plain($"Nobody here is called so; try one of: {string.Join(", ", DemoPerson.All.Select(known => known.Name))}.", StatusCodes.Status404NotFound);
        }
    }

    private static IResult Plain(string text, int status) => Results.Text(text, MediaTypeNames.Text.Plain, statusCode: status);
}
