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

    /// <summary>Settings are read at the start. Watching their files for changes would tell nobody, cost each start, and take one of the few watches that a machine has.</summary>
    private const string ReadOnce = "--hostBuilder:reloadConfigOnChange=false";

    private static readonly byte[] NothingThere = "There is nothing here. What a gate serves: /openapi.json. Whether it can grant: /readyz.\n"u8.ToArray();

    // ASP.NET Core says four lines about each request, which costs more than deciding it. The lowest of all sources: whoever wants them sets the level.
    private static MemoryConfigurationSource QuietFramework => new()
    {
        InitialData = new Dictionary<string, string?>(StringComparer.Ordinal) { ["Logging:LogLevel:Microsoft.AspNetCore"] = nameof(LogLevel.Warning) },
    };

    /// <summary>Builds the app from the <c>Gating</c> section of its configuration. Throws <see cref="ConfigurationException"/> listing everything that is wrong.</summary>
    /// <param name="configure">Settings, logging, servers and the clock of whoever starts it. The ports are composed after it and cannot be replaced here.</param>
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateSlimBuilder([ReadOnce, .. args]);
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
        app.Use(NothingAtTheRoot);
        app.UseMiddleware<FaultMiddleware>();
        app.UseRouting();
        Map(app);
        if (host is not null)
        {
            MapInvocations(app);
        }

        // Keys that cannot be read end the start, with what is wrong with them.
        _ = app.Services.GetRequiredService<GateKeys>();
        return app;
    }

    /// <summary>
    /// The root, which the Functions host asks for until somebody answers, and a person who tries the address. It comes before everything else: routes are put in order, and an answer in JSON is made ready, with the first
    /// request that needs them.
    /// </summary>
    private static Task NothingAtTheRoot(HttpContext context, RequestDelegate next)
    {
        if (context.Request.Path != "/")
        {
            return next(context);
        }

        context.Response.StatusCode = StatusCodes.Status404NotFound;
        context.Response.Headers.XContentTypeOptions = "nosniff";
        context.Response.ContentType = "text/plain; charset=utf-8";
        context.Response.ContentLength = NothingThere.Length;
        return context.Response.Body.WriteAsync(NothingThere, context.RequestAborted).AsTask();
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
        app.MapPost("/oauth2/token", At<TokenEndpoint>(static endpoint => endpoint.PostAsync));
        app.MapPost("/oauth2/introspect", At<IntrospectEndpoint>(static endpoint => endpoint.PostAsync));
        app.MapPost("/oauth2/revoke", At<RevokeEndpoint>(static endpoint => endpoint.PostAsync));
        app.MapPost("/access/v1/evaluation", At<EvaluationEndpoint>(static endpoint => endpoint.PostOneAsync));
        app.MapPost("/access/v1/evaluations", At<EvaluationEndpoint>(static endpoint => endpoint.PostManyAsync));
        app.MapGet("/.well-known/authzen-configuration", At<EvaluationEndpoint>(static endpoint => endpoint.GetConfigurationAsync));
        app.MapPost("/v1/generations", At<GenerationsEndpoint>(static endpoint => endpoint.PostAsync));
        app.MapPost("/v1/generations/{id}/report", At<ReportsEndpoint>(static endpoint => endpoint.PostAsync));
        app.MapPut("/v1/generations/{id}/outputs/{n}", At<OutputsEndpoint>(static endpoint => endpoint.PutAsync));
        app.MapGet("/v1/generations/{id}/outputs/{n}", At<UploadsEndpoint>(static endpoint => endpoint.GetAsync));
        app.MapPost("/v1/generations/{id}/outputs/{n}/upload", At<UploadsEndpoint>(static endpoint => endpoint.BeginAsync));
        app.MapPost("/v1/generations/{id}/outputs/{n}/uploaded", At<UploadsEndpoint>(static endpoint => endpoint.AnnounceAsync));
        app.MapGet("/v1/outputs/{contentId}", At<OutputsEndpoint>(static endpoint => endpoint.GetAsync));
        app.MapPost("/v1/outputs/{contentId}/release-unlabelled", At<ReleaseEndpoint>(static endpoint => endpoint.PostAsync));
        app.MapPost("/v1/identify", At<AddressLimits>(limits => limits.OnIdentify(At<IdentifyEndpoint>(static endpoint => endpoint.PostAsync))));
        app.MapGet("/log/checkpoint", At<LogEndpoint>(static endpoint => endpoint.GetCheckpointAsync));
        app.MapGet("/log/vkeys", At<LogEndpoint>(static endpoint => endpoint.GetKeysAsync));
        foreach (var tile in LogEndpoint.TileRoutes)
        {
            app.MapGet(tile, At<LogEndpoint>(static endpoint => endpoint.GetTileAsync));
        }

        app.MapGet("/v1/receipts/{entry}", At<ReceiptsEndpoint>(static endpoint => endpoint.GetAsync));
        app.MapGet("/v1/receipts/{entry}/{later}", At<ReceiptsEndpoint>(static endpoint => endpoint.GetLaterAsync));
        app.MapPost("/v1/mandates", At<MandatesEndpoint>(static endpoint => endpoint.ProposeAsync));
        app.MapGet("/v1/mandates/{id}", At<MandatesEndpoint>(static endpoint => endpoint.GetAsync));
        app.MapPost("/v1/mandates/{id}/approve", At<MandatesEndpoint>(static endpoint => endpoint.ApproveAsync));
        app.MapPost("/v1/mandates/{id}/decline", At<MandatesEndpoint>(static endpoint => endpoint.DeclineAsync));
        app.MapPost("/v1/mandates/{id}/withdraw", At<MandatesEndpoint>(static endpoint => endpoint.WithdrawAsync));
        app.MapPost("/v1/consents", At<ConsentsEndpoint>(static endpoint => endpoint.PostAsync));
        app.MapGet("/v1/consents/{id}", At<ConsentsEndpoint>(static endpoint => endpoint.GetAsync));
        app.MapPost("/v1/consents/{id}/withdraw", At<ConsentsEndpoint>(static endpoint => endpoint.WithdrawAsync));
        app.MapGet("/v1/consents/{id}/outputs", At<ConsentsEndpoint>(static endpoint => endpoint.GetOutputsAsync));
        app.MapPost("/v1/appeals", At<AppealsEndpoint>(static endpoint => endpoint.PostAsync));
        app.MapGet("/v1/appeals/{id}", At<AppealsEndpoint>(static endpoint => endpoint.GetAsync));
        app.MapPost("/v1/filter-heartbeats", At<FilterHeartbeatsEndpoint>(static endpoint => endpoint.PostAsync));
        app.MapGet("/v1/appeal-cases", At<AppealCasesEndpoint>(static endpoint => endpoint.ListAsync));
        app.MapGet("/v1/appeal-cases/{id}", At<AppealCasesEndpoint>(static endpoint => endpoint.GetAsync));
        app.MapPost("/v1/appeal-cases/{id}/decide", At<AppealCasesEndpoint>(static endpoint => endpoint.DecideAsync));
        app.MapGet("/v1/trace/entries", At<TraceEndpoint>(static endpoint => endpoint.GetEntriesAsync));
        app.MapPost("/v1/trace/files", At<TraceEndpoint>(static endpoint => endpoint.PostFileAsync));
        app.MapPost("/v1/trace/bundles", At<BundlesEndpoint>(static endpoint => endpoint.PostAsync));
        app.MapGet("/v1/people/{id}", At<PeopleEndpoint>(static endpoint => endpoint.GetAsync));
        app.MapPost("/v1/people/{id}:erase", At<ErasureEndpoint>(static endpoint => endpoint.EraseAsync));
        app.MapPost("/v1/unmask", At<UnmaskEndpoint>(static endpoint => endpoint.RequestAsync));
        app.MapGet("/v1/unmask/{id}", At<UnmaskEndpoint>(static endpoint => endpoint.GetAsync));
        app.MapPost("/v1/unmask/{id}/approve", At<UnmaskEndpoint>(static endpoint => endpoint.ApproveAsync));
        app.MapPost("/v1/unmask/{id}/decline", At<UnmaskEndpoint>(static endpoint => endpoint.DeclineAsync));
        app.MapPost("/v1/unmask/{id}/tell", At<UnmaskEndpoint>(static endpoint => endpoint.TellAsync));
        app.MapPost("/v1/revocations", At<RevocationsEndpoint>(static endpoint => endpoint.PostAsync));
        app.MapGet("/v1/revocations", At<RevocationsEndpoint>(static endpoint => endpoint.ListAsync));
        app.MapGet("/v1/revocations/{id}", At<RevocationsEndpoint>(static endpoint => endpoint.GetAsync));
        app.MapDelete("/v1/revocations/{id}", At<RevocationsEndpoint>(static endpoint => endpoint.DeleteAsync));
        app.MapPost("/v1/bulk-revocations", At<BulkRevocationsEndpoint>(static endpoint => endpoint.PostAsync));
        app.MapGet("/v1/bulk-revocations", At<BulkRevocationsEndpoint>(static endpoint => endpoint.ListAsync));
        app.MapGet("/v1/bulk-revocations/{id}", At<BulkRevocationsEndpoint>(static endpoint => endpoint.GetAsync));
        app.MapPost("/v1/bulk-revocations/{id}/approve", At<BulkRevocationsEndpoint>(static endpoint => endpoint.ApproveAsync));
        app.MapPost("/v1/bulk-revocations/{id}/decline", At<BulkRevocationsEndpoint>(static endpoint => endpoint.DeclineAsync));
        foreach (var (path, kind) in ItemsEndpoint.Kinds)
        {
            app.MapGet($"/v1/{path}", At<ItemsEndpoint>(endpoint => context => endpoint.ListAsync(context, kind)));
            app.MapGet($"/v1/{path}/{{id}}", At<ItemsEndpoint>(endpoint => context => endpoint.GetAsync(context, kind)));
            app.MapPut($"/v1/{path}/{{id}}", At<ItemsEndpoint>(endpoint => context => endpoint.PutAsync(context, kind)));
            if (kind is not RegistryItem.Policy)
            {
                app.MapDelete($"/v1/{path}/{{id}}", At<ItemsEndpoint>(endpoint => context => endpoint.DeleteAsync(context, kind)));
            }
        }

        foreach (var (path, kind) in ReplaysEndpoint.Kinds)
        {
            app.MapPost($"/v1/{path}/{{id}}/replay", At<ReplaysEndpoint>(endpoint => context => endpoint.PostAsync(context, kind)));
        }

        app.MapGet("/v1/apps/{id}/secrets", At<ItemsEndpoint>(static endpoint => endpoint.GetSecretsAsync));
        app.MapPost("/v1/apps/{id}/secrets", At<ItemsEndpoint>(static endpoint => endpoint.PostSecretAsync));
        app.MapDelete("/v1/apps/{id}/secrets/{fingerprint}", At<ItemsEndpoint>(static endpoint => endpoint.DeleteSecretAsync));
        app.MapGet("/v1/changes", At<ChangesEndpoint>(static endpoint => endpoint.ListAsync));
        app.MapGet("/v1/changes/{id}", At<ChangesEndpoint>(static endpoint => endpoint.GetAsync));
        app.MapPost("/v1/changes/{id}/approve", At<ChangesEndpoint>(static endpoint => endpoint.ApproveAsync));
        app.MapPost("/v1/changes/{id}/decline", At<ChangesEndpoint>(static endpoint => endpoint.DeclineAsync));
        app.MapGet("/.well-known/ssf-configuration", At<StreamsEndpoint>(static endpoint => endpoint.GetConfigurationAsync));
        app.MapGet("/ssf/jwks", At<StreamsEndpoint>(static endpoint => endpoint.GetKeysAsync));
        app.MapPost("/ssf/streams", At<StreamsEndpoint>(static endpoint => endpoint.PostAsync));
        app.MapGet("/ssf/streams", At<StreamsEndpoint>(static endpoint => endpoint.GetAsync));
        app.MapPatch("/ssf/streams", At<StreamsEndpoint>(static endpoint => endpoint.PatchAsync));
        app.MapPut("/ssf/streams", At<StreamsEndpoint>(static endpoint => endpoint.PutAsync));
        app.MapDelete("/ssf/streams", At<StreamsEndpoint>(static endpoint => endpoint.DeleteAsync));
        app.MapGet("/ssf/status", At<StreamsEndpoint>(static endpoint => endpoint.GetStatusAsync));
        app.MapPost("/ssf/status", At<StreamsEndpoint>(static endpoint => endpoint.PostStatusAsync));
        app.MapPost("/ssf/verify", At<StreamsEndpoint>(static endpoint => endpoint.PostVerificationAsync));
        app.MapPost("/ssf/poll", At<StreamsEndpoint>(static endpoint => endpoint.PostPollAsync));
        app.MapPost("/ssf/events", At<AddressLimits>(limits => limits.OnEvents(At<EventsEndpoint>(static endpoint => endpoint.PostAsync))));
        app.MapGet("/jwks", At<JwksEndpoint>(static endpoint => endpoint.GetAsync));
        app.MapGet("/statuslists", At<StatusListsEndpoint>(static endpoint => endpoint.ListAsync));
        app.MapGet("/statuslists/{id}", At<StatusListsEndpoint>(static endpoint => endpoint.GetAsync));
        app.MapGet("/.well-known/oauth-authorization-server", At<MetadataEndpoint>(static endpoint => endpoint.GetAsync));
        app.MapGet("/.well-known/security.txt", At<SecurityTextEndpoint>(static endpoint => endpoint.GetAsync));
        app.MapGet("/openapi.json", At<OpenApiEndpoint>(static endpoint => endpoint.GetAsync));
        app.MapGet("/healthz", Handler(HealthEndpoints.LiveAsync));
        app.MapGet("/readyz", At<HealthEndpoints>(static endpoint => endpoint.ReadyAsync));

        // What answers is made by the first request for it: a start makes none of it, and a first grant only what grants need.
        RequestDelegate At<T>(Func<T, RequestDelegate> method)
            where T : notnull
        {
            RequestDelegate? made = null;
            return context => (made ??= method(app.Services.GetRequiredService<T>()))(context);
        }
    }

    // A RequestDelegate by type: a lambda that returns a Task of something else would bind as one too, and answer nothing.
    private static RequestDelegate Handler(RequestDelegate handler) => handler;
}
