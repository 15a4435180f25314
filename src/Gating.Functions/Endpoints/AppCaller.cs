using Gating.Clients;
using Gating.Functions.Http;
using Gating.Registry;
using Microsoft.Extensions.Primitives;

namespace Gating.Functions.Endpoints;

/// <summary>
/// Which app is calling outside of the token endpoint: by its secret (<c>Authorization: Basic</c>), or by a client assertion as bearer, good once (RFC 7523; our issuer as its only
/// audience, as at the token endpoint).
/// </summary>
internal sealed class AppCaller(RegistrySource registry, ClientAuthenticator clients, UsedIds used)
{
    private const string Bearer = "Bearer ";

    /// <summary>Null where it was refused; then the answer is written.</summary>
    public async Task<App?> AuthenticateAsync(HttpContext context)
    {
        var snapshot = await registry.GetAsync(context.RequestAborted);
        var app = clients.Authenticate(Presented(context.Request.Headers.Authorization), snapshot.Apps).Match(
            authenticated => authenticated.Assertion is { } once && used.Use(once.Key) is not UsedIdAnswer.Fresh ? null : authenticated.App,
            static _ => null);
        if (app is null)
        {
            context.Response.Headers.WWWAuthenticate = "Basic realm=\"gating\", charset=\"UTF-8\"";
            await Problem.WriteAsync(context, StatusCodes.Status401Unauthorized, "client_not_authenticated", "The app could not be authenticated.");
        }

        return app;
    }

    private static PresentedCredentials Presented(StringValues authorization) =>
        authorization is [{ } only] && only.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
            ? new(StringValues.Empty, StringValues.Empty, StringValues.Empty, ClientAssertion.Type, only[Bearer.Length..])
            : new(authorization, StringValues.Empty, StringValues.Empty, StringValues.Empty, StringValues.Empty);
}
