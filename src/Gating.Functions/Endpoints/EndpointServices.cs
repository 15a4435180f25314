using Gating.Functions.Endpoints.AuthZen;
using Gating.Functions.Endpoints.Desk;
using Gating.Functions.Endpoints.Signals;
using Gating.Functions.Http;

namespace Gating.Functions.Endpoints;

/// <summary>What answers requests; each is made by the first request for it (see GateApp.cs).</summary>
internal static class EndpointServices
{
    public static void AddEndpoints(this IServiceCollection services)
    {
        services.AddSingleton<OneTimeUse>();
        services.AddSingleton<TokenEndpoint>();
        services.AddSingleton<FormCaller>();
        services.AddSingleton<IntrospectEndpoint>();
        services.AddSingleton<RevokeEndpoint>();
        services.AddSingleton<EvaluationEndpoint>();
        services.AddSingleton<AppCaller>();
        services.AddSingleton<PresentedGrants>();
        services.AddSingleton<GenerationsEndpoint>();
        services.AddSingleton<ReportsEndpoint>();
        services.AddSingleton<OutputsEndpoint>();
        services.AddSingleton<UploadsEndpoint>();
        services.AddSingleton<ReleaseEndpoint>();
        services.AddSingleton<IdentifyEndpoint>();
        services.AddSingleton<JwksEndpoint>();
        services.AddSingleton<StatusListsEndpoint>();
        services.AddSingleton<LogEndpoint>();
        services.AddSingleton<ReceiptsEndpoint>();
        services.AddSingleton<PresentedPerson>();
        services.AddSingleton<ConsentsEndpoint>();
        services.AddSingleton<AppealsEndpoint>();
        services.AddSingleton<FilterHeartbeatsEndpoint>();
        services.AddSingleton<AppealCasesEndpoint>();
        services.AddSingleton<RoleCaller>();
        services.AddSingleton<MandatesEndpoint>();
        services.AddSingleton<StreamAnswers>();
        services.AddSingleton<StreamsEndpoint>();
        services.AddSingleton<EventsEndpoint>();
        services.AddSingleton<ItemsEndpoint>();
        services.AddSingleton<ReplaysEndpoint>();
        services.AddSingleton<ChangesEndpoint>();
        services.AddSingleton<TraceEndpoint>();
        services.AddSingleton<BundlesEndpoint>();
        services.AddSingleton<UnmaskEndpoint>();
        services.AddSingleton<ErasureEndpoint>();
        services.AddSingleton<PeopleEndpoint>();
        services.AddSingleton<RevocationAnswers>();
        services.AddSingleton<RevocationsEndpoint>();
        services.AddSingleton<BulkRevocationsEndpoint>();
        services.AddSingleton<MetadataEndpoint>();
        services.AddSingleton<SecurityTextEndpoint>();
        services.AddSingleton<OpenApiEndpoint>();
        services.AddSingleton<HealthEndpoints>();
    }
}
