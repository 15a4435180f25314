using Gating.Functions.Http;
using Gating.Grants;

namespace Gating.Functions.Endpoints;

/// <summary><c>GET /jwks</c>: the public grant keys (RFC 7517), current, next and previous.</summary>
internal sealed class JwksEndpoint(SigningKeyRing keys)
{
    // Verifiers may keep it as long as a next key is published ahead of its first grant.
    private const string Cache = "public, max-age=300";

    public Task GetAsync(HttpContext context)
    {
        context.Response.Headers.CacheControl = Cache;
        return JsonAnswer.WriteAsync(context.Response, StatusCodes.Status200OK, MediaTypes.JwkSet, keys, static (json, keys) =>
        {
            json.WriteStartArray("keys"u8);
            foreach (var key in keys.Published)
            {
                json.WriteStartObject();
                json.WriteString("kty"u8, "EC"u8);
                json.WriteString("crv"u8, "P-256"u8);
                json.WriteString("x"u8, key.X);
                json.WriteString("y"u8, key.Y);
                json.WriteString("use"u8, "sig"u8);
                json.WriteString("alg"u8, "ES256"u8);
                json.WriteString("kid"u8, key.KeyId);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }, context.RequestAborted);
    }
}
