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
        return JsonAnswer.WriteAsync(context.Response, StatusCodes.Status200OK, MediaTypes.JwkSet, keys, static (json, keys) => keys.WriteKeys(json), context.RequestAborted);
    }
}
