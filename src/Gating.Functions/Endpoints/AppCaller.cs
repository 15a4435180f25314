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

    /// <summary>The app, and the JSON that it sent. Null where either was refused; then the answer is written.</summary>
    /// <param name="most">Bytes of it.</param>
    public async Task<(App App, byte[] Body)?> ReadJsonAsync(HttpContext context, int most)
    {
        if (await AuthenticateAsync(context) is not { } app)
        {
            return null;
        }

        if (!context.Request.HasJsonContentType())
        {
            await Problem.WriteAsync(context, StatusCodes.Status415UnsupportedMediaType, "json_expected", "Send application/json.");
            return null;
        }

        if (await BoundedBody.ReadAsync(context.Request, most, context.RequestAborted) is not { } body)
        {
            await Problem.WriteAsync(context, StatusCodes.Status413PayloadTooLarge, "too_large", $"A request has at most {most} bytes.");
            return null;
        }

        return (app, body);
    }

    private static PresentedCredentials Presented(StringValues authorization) =>
        authorization is [{ } only] && only.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
            ? new(StringValues.Empty, StringValues.Empty, StringValues.Empty, ClientAssertion.Type, only[Bearer.Length..])
            : new(authorization, StringValues.Empty, StringValues.Empty, StringValues.Empty, StringValues.Empty);
}
