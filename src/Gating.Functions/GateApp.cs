using Gating.Functions.Endpoints;
using Gating.Functions.Endpoints.AuthZen;
using Gating.Functions.Endpoints.Desk;
using Gating.Functions.Endpoints.Signals;
using Gating.Functions.Hosting;
using Gating.Functions.Http;
using Gating.Functions.Telemetry;
using Gating.Registry.Changes;
using Microsoft.Extensions.Configuration.Memory;

namespace Gating.Functions;

/// <summary>The gate as one ASP.NET Core app: on Azure Functions behind the host, standalone, and in tests, one code path.</summary>
public static class GateApp
{
    /// <summary>Larger than any token request, so that the form's own limit answers; smaller than what could hurt.</summary>
    private const long MaxBody = 256 * 1024;

    // ASP.NET Core says four lines about each request, which costs more than deciding it. The lowest of all sources: whoever wants them sets the level.
    private static MemoryConfigurationSource QuietFramework => new()
    {
        InitialData = [new("Logging:LogLevel:Microsoft.AspNetCore", nameof(LogLevel.Warning))],
    };

    /// <summary>Builds the app from the <c>Gating</c> section of its configuration. Throws <see cref="ConfigurationException"/> listing everything that is wrong.</summary>
    /// <param name="configure">Settings, logging, servers and the clock of whoever starts it. The ports are composed after it and cannot be replaced here.</param>
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateSlimBuilder(args);
        builder.WebHost.ConfigureKestrel(static kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxBody;
            kestrel.Limits.MaxRequestHeadersTotalSize = 32 * 1024;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        });
        configure?.Invoke(builder);
        builder.Configuration.Sources.Insert(0, QuietFramework);
        var settings = new GateSettings();
        builder.Configuration.GetSection("Gating").Bind(settings);
        var host = FunctionsHost.From(builder.Configuration);
        host?.Configure(builder);
        builder.Services.AddGate(settings, host);
        builder.Services.AddExports(builder.Configuration);
        var app = builder.Build();
        app.UseMiddleware<FaultMiddleware>();
        app.UseRouting();
        app.UseRateLimiter();
        Map(app);
        if (host is not null)
        {
            MapInvocations(app);
        }

        return app;
    }

    // Only there: standalone nobody has to be believed to be the host.
    private static void MapInvocations(WebApplication app)
    {
        foreach (var (function, handler) in app.Services.GetRequiredService<Invocations>().All())
        {
            app.MapPost($"/{function}", Handler(handler));
        }
    }

    private static void Map(WebApplication app)
    {
        var services = app.Services;
        app.MapPost("/oauth2/token", Handler(services.GetRequiredService<TokenEndpoint>().PostAsync));
        app.MapPost("/oauth2/introspect", Handler(services.GetRequiredService<IntrospectEndpoint>().PostAsync));
        app.MapPost("/oauth2/revoke", Handler(services.GetRequiredService<RevokeEndpoint>().PostAsync));
        var evaluations = services.GetRequiredService<EvaluationEndpoint>();
        app.MapPost("/access/v1/evaluation", Handler(evaluations.PostOneAsync));
        app.MapPost("/access/v1/evaluations", Handler(evaluations.PostManyAsync));
        app.MapGet("/.well-known/authzen-configuration", Handler(evaluations.GetConfigurationAsync));
        app.MapPost("/v1/generations", Handler(services.GetRequiredService<GenerationsEndpoint>().PostAsync));
        app.MapPost("/v1/generations/{id}/report", Handler(services.GetRequiredService<ReportsEndpoint>().PostAsync));
        var outputs = services.GetRequiredService<OutputsEndpoint>();
        app.MapPut("/v1/generations/{id}/outputs/{n}", Handler(outputs.PutAsync));
        var uploads = services.GetRequiredService<UploadsEndpoint>();
        app.MapGet("/v1/generations/{id}/outputs/{n}", Handler(uploads.GetAsync));
        app.MapPost("/v1/generations/{id}/outputs/{n}/upload", Handler(uploads.BeginAsync));
        app.MapPost("/v1/generations/{id}/outputs/{n}/uploaded", Handler(uploads.AnnounceAsync));
        app.MapGet("/v1/outputs/{contentId}", Handler(outputs.GetAsync));
        app.MapPost("/v1/outputs/{contentId}/release-unlabelled", Handler(services.GetRequiredService<ReleaseEndpoint>().PostAsync));
        app.MapPost("/v1/identify", Handler(services.GetRequiredService<IdentifyEndpoint>().PostAsync)).RequireRateLimiting(AddressLimits.Identify);
        var log = services.GetRequiredService<LogEndpoint>();
        app.MapGet("/log/checkpoint", Handler(log.GetCheckpointAsync));
        app.MapGet("/log/vkeys", Handler(log.GetKeysAsync));
        foreach (var tile in LogEndpoint.TileRoutes)
        {
            app.MapGet(tile, Handler(log.GetTileAsync));
        }

        var receipts = services.GetRequiredService<ReceiptsEndpoint>();
        app.MapGet("/v1/receipts/{entry}", Handler(receipts.GetAsync));
        app.MapGet("/v1/receipts/{entry}/{later}", Handler(receipts.GetLaterAsync));
        var mandates = services.GetRequiredService<MandatesEndpoint>();
        app.MapPost("/v1/mandates", Handler(mandates.ProposeAsync));
        app.MapGet("/v1/mandates/{id}", Handler(mandates.GetAsync));
        app.MapPost("/v1/mandates/{id}/approve", Handler(mandates.ApproveAsync));
        app.MapPost("/v1/mandates/{id}/decline", Handler(mandates.DeclineAsync));
        app.MapPost("/v1/mandates/{id}/withdraw", Handler(mandates.WithdrawAsync));
        var consents = services.GetRequiredService<ConsentsEndpoint>();
        app.MapPost("/v1/consents", Handler(consents.PostAsync));
        app.MapGet("/v1/consents/{id}", Handler(consents.GetAsync));
        app.MapPost("/v1/consents/{id}/withdraw", Handler(consents.WithdrawAsync));
        app.MapGet("/v1/consents/{id}/outputs", Handler(consents.GetOutputsAsync));
        var appeals = services.GetRequiredService<AppealsEndpoint>();
        app.MapPost("/v1/appeals", Handler(appeals.PostAsync));
        app.MapGet("/v1/appeals/{id}", Handler(appeals.GetAsync));
        app.MapPost("/v1/filter-heartbeats", Handler(services.GetRequiredService<FilterHeartbeatsEndpoint>().PostAsync));
        var cases = services.GetRequiredService<AppealCasesEndpoint>();
        app.MapGet("/v1/appeal-cases", Handler(cases.ListAsync));
        app.MapGet("/v1/appeal-cases/{id}", Handler(cases.GetAsync));
        app.MapPost("/v1/appeal-cases/{id}/decide", Handler(cases.DecideAsync));
        var trace = services.GetRequiredService<TraceEndpoint>();
        app.MapGet("/v1/trace/entries", Handler(trace.GetEntriesAsync));
        app.MapPost("/v1/trace/files", Handler(trace.PostFileAsync));
        app.MapPost("/v1/trace/bundles", Handler(services.GetRequiredService<BundlesEndpoint>().PostAsync));
        app.MapGet("/v1/people/{id}", Handler(services.GetRequiredService<PeopleEndpoint>().GetAsync));
        app.MapPost("/v1/people/{id}:erase", Handler(services.GetRequiredService<ErasureEndpoint>().EraseAsync));
        var unmask = services.GetRequiredService<UnmaskEndpoint>();
        app.MapPost("/v1/unmask", Handler(unmask.RequestAsync));
        app.MapGet("/v1/unmask/{id}", Handler(unmask.GetAsync));
        app.MapPost("/v1/unmask/{id}/approve", Handler(unmask.ApproveAsync));
        app.MapPost("/v1/unmask/{id}/decline", Handler(unmask.DeclineAsync));
        app.MapPost("/v1/unmask/{id}/tell", Handler(unmask.TellAsync));
        var revocations = services.GetRequiredService<RevocationsEndpoint>();
        app.MapPost("/v1/revocations", Handler(revocations.PostAsync));
        app.MapGet("/v1/revocations", Handler(revocations.ListAsync));
        app.MapGet("/v1/revocations/{id}", Handler(revocations.GetAsync));
        app.MapDelete("/v1/revocations/{id}", Handler(revocations.DeleteAsync));
        var bulks = services.GetRequiredService<BulkRevocationsEndpoint>();
        app.MapPost("/v1/bulk-revocations", Handler(bulks.PostAsync));
        app.MapGet("/v1/bulk-revocations", Handler(bulks.ListAsync));
        app.MapGet("/v1/bulk-revocations/{id}", Handler(bulks.GetAsync));
        app.MapPost("/v1/bulk-revocations/{id}/approve", Handler(bulks.ApproveAsync));
        app.MapPost("/v1/bulk-revocations/{id}/decline", Handler(bulks.DeclineAsync));
        var items = services.GetRequiredService<ItemsEndpoint>();
        foreach (var (path, kind) in ItemsEndpoint.Kinds)
        {
            app.MapGet($"/v1/{path}", Handler(context => items.ListAsync(context, kind)));
            app.MapGet($"/v1/{path}/{{id}}", Handler(context => items.GetAsync(context, kind)));
            app.MapPut($"/v1/{path}/{{id}}", Handler(context => items.PutAsync(context, kind)));
            if (kind is not RegistryItem.Policy)
            {
                app.MapDelete($"/v1/{path}/{{id}}", Handler(context => items.DeleteAsync(context, kind)));
            }
        }

        var replays = services.GetRequiredService<ReplaysEndpoint>();
        foreach (var (path, kind) in ReplaysEndpoint.Kinds)
        {
            app.MapPost($"/v1/{path}/{{id}}/replay", Handler(context => replays.PostAsync(context, kind)));
        }

        app.MapGet("/v1/apps/{id}/secrets", Handler(items.GetSecretsAsync));
        app.MapPost("/v1/apps/{id}/secrets", Handler(items.PostSecretAsync));
        app.MapDelete("/v1/apps/{id}/secrets/{fingerprint}", Handler(items.DeleteSecretAsync));
        var changes = services.GetRequiredService<ChangesEndpoint>();
        app.MapGet("/v1/changes", Handler(changes.ListAsync));
        app.MapGet("/v1/changes/{id}", Handler(changes.GetAsync));
        app.MapPost("/v1/changes/{id}/approve", Handler(changes.ApproveAsync));
        app.MapPost("/v1/changes/{id}/decline", Handler(changes.DeclineAsync));
        var streams = services.GetRequiredService<StreamsEndpoint>();
        app.MapGet("/.well-known/ssf-configuration", Handler(streams.GetConfigurationAsync));
        app.MapGet("/ssf/jwks", Handler(streams.GetKeysAsync));
        app.MapPost("/ssf/streams", Handler(streams.PostAsync));
        app.MapGet("/ssf/streams", Handler(streams.GetAsync));
        app.MapPatch("/ssf/streams", Handler(streams.PatchAsync));
        app.MapPut("/ssf/streams", Handler(streams.PutAsync));
        app.MapDelete("/ssf/streams", Handler(streams.DeleteAsync));
        app.MapGet("/ssf/status", Handler(streams.GetStatusAsync));
        app.MapPost("/ssf/status", Handler(streams.PostStatusAsync));
        app.MapPost("/ssf/verify", Handler(streams.PostVerificationAsync));
        app.MapPost("/ssf/poll", Handler(streams.PostPollAsync));
        app.MapPost("/ssf/events", Handler(services.GetRequiredService<EventsEndpoint>().PostAsync)).RequireRateLimiting(AddressLimits.Events);
        app.MapGet("/jwks", Handler(services.GetRequiredService<JwksEndpoint>().GetAsync));
        var lists = services.GetRequiredService<StatusListsEndpoint>();
        app.MapGet("/statuslists", Handler(lists.ListAsync));
        app.MapGet("/statuslists/{id}", Handler(lists.GetAsync));
        app.MapGet("/.well-known/oauth-authorization-server", Handler(services.GetRequiredService<MetadataEndpoint>().GetAsync));
        app.MapGet("/.well-known/security.txt", Handler(services.GetRequiredService<SecurityTextEndpoint>().GetAsync));
        app.MapGet("/openapi.json", Handler(services.GetRequiredService<OpenApiEndpoint>().GetAsync));
        var health = services.GetRequiredService<HealthEndpoints>();
        app.MapGet("/healthz", Handler(HealthEndpoints.LiveAsync));
        app.MapGet("/readyz", Handler(health.ReadyAsync));
    }

    // A RequestDelegate by type: a lambda that returns a Task of something else would bind as one too, and answer nothing.
    private static RequestDelegate Handler(RequestDelegate handler) => handler;
}
