using System.Text.Json;
using Gating.Functions.Http;
using Gating.Grants;
using Gating.Revocation;

namespace Gating.Functions.Endpoints;

/// <summary>
/// <c>POST /oauth2/introspect</c> (RFC 7662): whether a grant is good now, for the app that it was made for. Whatever is not, for whichever reason, is <c>{"active":false}</c> and nothing else. Who asks for
/// <c>application/token-introspection+jwt</c> gets the same as a signed token for himself (RFC 9701), which he can keep as evidence. Tools have no credentials here: they verify a grant offline.
/// </summary>
internal sealed class IntrospectEndpoint(FormCaller callers, GrantInspector inspector, AppHandles handles, SigningKeyRing keys, PublicUrls urls, TimeProvider time)
{
    private readonly JwsSigner _signer = new(keys, "token-introspection+jwt");

    public async Task PostAsync(HttpContext context)
    {
        if (await callers.ReadAsync(context) is not var (app, token))
        {
            return;
        }

        var found = await inspector.InspectAsync(token, app.Id, context.RequestAborted);
        context.Response.Headers.Vary = "Accept";
        if (!WantsSigned(context.Request))
        {
            await JsonAnswer.WriteAsync(context.Response, StatusCodes.Status200OK, MediaTypes.Json, (found, this), static (json, state) => state.Item2.Write(json, state.found), context.RequestAborted);
            return;
        }

        var signed = _signer.Sign(JsonBytes.OfObject((found, app.Id, this), static (json, state) => state.Item3.WriteSigned(json, state.found, state.Id)));
        await BytesAnswer.WriteAsync(context.Response, signed, MediaTypes.Introspection, "no-store", context.RequestAborted);
    }

    // Plain JSON is what who does not say gets, and who takes both alike.
    private static bool WantsSigned(HttpRequest request)
    {
        var wanted = request.GetTypedHeaders().Accept;
        double QualityOf(string type) => wanted.Where(one => one.MediaType.Equals(type, StringComparison.OrdinalIgnoreCase)).Select(static one => one.Quality ?? 1).DefaultIfEmpty(0).Max();
        return QualityOf(MediaTypes.Introspection) is > 0 and var signed && signed > QualityOf(MediaTypes.Json);
    }

    // RFC 9701, 5: no claim of the answer stands beside the token's own, so that it cannot be taken for a grant.
    private void WriteSigned(Utf8JsonWriter json, ActiveGrant? found, string app)
    {
        json.WriteString("iss"u8, urls.Issuer);
        json.WriteString("aud"u8, app);
        json.WriteNumber("iat"u8, time.GetUtcNow().ToUnixTimeSeconds());
        json.WriteStartObject("token_introspection"u8);
        Write(json, found);
        json.WriteEndObject();
    }

    private void Write(Utf8JsonWriter json, ActiveGrant? found)
    {
        json.WriteBoolean("active"u8, found is not null);
        if (found is not null)
        {
            Write(json, found, handles, urls.Issuer);
        }
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
