using System.Text.Json;
using Gating.Admission;
using Gating.Functions.Http;

namespace Gating.Functions.Endpoints;

/// <summary><c>GET /.well-known/oauth-authorization-server</c> (RFC 8414): only what is really served.</summary>
internal sealed class MetadataEndpoint(PublicUrls urls)
{
    /// <summary>Endpoints at which an app authenticates, all in the same way.</summary>
    private static readonly string[] Authenticated = ["token", "introspection", "revocation"];

    public Task GetAsync(HttpContext context)
    {
        context.Response.Headers.CacheControl = "public, max-age=300";
        return JsonAnswer.WriteAsync(context.Response, StatusCodes.Status200OK, MediaTypes.Json, urls, static (json, urls) =>
        {
            json.WriteString("issuer"u8, urls.Issuer);
            json.WriteString("token_endpoint"u8, urls.Token);
            json.WriteString("introspection_endpoint"u8, urls.Introspect);
            json.WriteString("revocation_endpoint"u8, urls.Revoke);
            json.WriteString("jwks_uri"u8, urls.Jwks);
            json.WriteString("status_list_aggregation_endpoint"u8, urls.StatusLists);
            Strings(json, "grant_types_supported", TokenRequest.GrantType);
            foreach (var endpoint in Authenticated)
            {
                Strings(json, $"{endpoint}_endpoint_auth_methods_supported", "private_key_jwt", "client_secret_basic");
                Strings(json, $"{endpoint}_endpoint_auth_signing_alg_values_supported", "ES256", "RS256", "PS256");
            }

            Strings(json, "introspection_signing_alg_values_supported", "ES256");
            Strings(json, "dpop_signing_alg_values_supported", "ES256");
            Strings(json, "authorization_details_types_supported", MediaDetail.Type);
            Strings(json, "response_types_supported");
        }, context.RequestAborted);
    }

    private static void Strings(Utf8JsonWriter json, string name, params ReadOnlySpan<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }
}

/// <summary>The URLs under which the outside knows us: from settings, never from a request's headers.</summary>
/// <param name="Issuer">Our identifier, an origin without a trailing slash.</param>
internal sealed record PublicUrls(string Issuer)
{
    public string Token { get; } = Issuer + "/oauth2/token";

    public string Introspect { get; } = Issuer + "/oauth2/introspect";

    public string Revoke { get; } = Issuer + "/oauth2/revoke";

    public string Jwks { get; } = Issuer + "/jwks";

    public string StatusLists { get; } = Issuer + "/statuslists";

    public string Generations { get; } = Issuer + "/v1/generations";
}
