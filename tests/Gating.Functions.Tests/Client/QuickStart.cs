using Gating.Client;
using Gating.Client.AspNetCore;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Gating.Functions.Tests.Client;

/// <summary>The code of the library's README, which tests run and compare with it.</summary>
internal static class QuickStart
{
    public static async Task<string> AppAsync(Uri gate, string secret, string idToken, Func<string, Task<Stream>> swapAsync, CancellationToken cancellation)
    {
        // <quickstart-app>
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        var gating = new GatingApp(http, new() { Gate = gate, ClientId = "studio", ClientSecret = secret }, TimeProvider.System);

        // May this user? The order's number names the call: asked again, by whomever, it is the same grant and charged once.
        var asked = await gating.ExchangeAsync(
            new() { IdToken = idToken, Resource = "https://tools.example/face-swap", Operation = "face_swap", IdempotencyKey = "order-4711" }, cancellation);
        if (asked is not ExchangeOutcome.Granted(var grant))
        {
            return asked switch
            {
                ExchangeOutcome.Refused({ StepUp: { } wanted }) => $"Sign in again, with acr_values {wanted.AcrValues}.",
                ExchangeOutcome.Refused({ RetryAfter: { } wait }) => $"No more for now. Again in {wait}.",
                ExchangeOutcome.Refused(var refusal) => $"No: {refusal.Reason}.",
                _ => "Nobody knows. Ask again later, under the same key.",
            };
        }

        // Before the tool generates; then the tool, which verifies the grant by itself; then what it made.
        if (await gating.BeginAsync(grant, new() { Model = "swap-xl", ModelVersion = "3", Category = GeneratedCategory.Face }, cancellation) is not BeginOutcome.Begun(var generation))
        {
            return "Not begun.";
        }

        await using var picture = await swapAsync(grant.Token);
        var handedIn = await gating.HandInAsync(generation.Id, 1, picture, declaresExplicitLabel: false, cancellation);
        await gating.ReportAsync(generation.Id, new(Failed: handedIn is not HandInOutcome.Kept), cancellation);

        // What may be published is the labelled file.
        if (handedIn is HandInOutcome.Kept(var kept) && await gating.FetchAsync(kept.ContentId, cancellation) is FetchOutcome.Found(var labelled))
        {
            await using (labelled)
            {
                return $"{labelled.MediaType} of {labelled.Bytes} bytes, {labelled.Sha256}";
            }
        }

        return "Not kept.";
        // </quickstart-app>
    }

    public static WebApplication Tool(WebApplicationBuilder builder, string gate)
    {
        // <quickstart-tool>
        builder.Services.AddAuthentication(GatingGrants.Scheme).AddGatingGrants(options =>
        {
            options.Issuer = gate;                                  // https://gate.example
            options.Resource = "https://tools.example/face-swap";   // what the gate's registry calls this tool
        });
        builder.Services.AddAuthorization();

        var app = builder.Build();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapPost("/face-swap", static (HttpContext context) =>
        {
            var grant = context.GetGrant()!;
            return grant.Operation is "face_swap" ? Results.Text($"{grant.Units} for {grant.App}") : Results.StatusCode(403);
        }).RequireAuthorization();
        // </quickstart-tool>
        return app;
    }
}
