using System.Text.Json;
using Gating.Functions.Http;
using Gating.Grants;
using Gating.Revocation;

namespace Gating.Functions.Endpoints;

/// <summary>
/// <c>POST /oauth2/introspect</c> (RFC 7662): whether a grant is good now, for the app that it was made for. Whatever is not, for whichever reason, is <c>{"active":false}</c> and nothing else. Tools have no credentials here: they verify a grant
/// offline.
/// </summary>
internal sealed class IntrospectEndpoint(FormCaller callers, GrantInspector inspector, AppHandles handles, PublicUrls urls)
{
    public async Task PostAsync(HttpContext context)
    {
        if (await callers.ReadAsync(context) is not var (app, token))
        {
            return;
        }

        var found = await inspector.InspectAsync(token, app.Id, context.RequestAborted);
        await JsonAnswer.WriteAsync(context.Response, StatusCodes.Status200OK, MediaTypes.Json, (found, handles, urls.Issuer), static (json, state) =>
        {
            json.WriteBoolean("active"u8, state.found is not null);
            if (state.found is { } grant)
            {
                Write(json, grant, state.handles, state.Issuer);
            }
        }, context.RequestAborted);
    }

    // RFC 7662 2.2, RFC 9396 9.2, RFC 9449 6.2: what the grant itself says, and of a redeemed one the generation.
    private static void Write(Utf8JsonWriter json, ActiveGrant grant, AppHandles handles, string issuer)
    {
        var terms = grant.Terms;
        GrantSigner.WriteClaims(json, terms, handles, issuer);
        json.WriteString("token_type"u8, terms.KeyThumbprint is null ? "Bearer"u8 : "DPoP"u8);
        if (grant.Generation is { } generation)
        {
            json.WriteString("generation"u8, handles.OfGeneration(terms.App, terms.Person, generation));
        }
    }
}
