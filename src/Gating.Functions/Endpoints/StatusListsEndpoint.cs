using System.Globalization;
using Gating.Functions.Http;
using Gating.StatusLists;
using Microsoft.Net.Http.Headers;

namespace Gating.Functions.Endpoints;

/// <summary>
/// <c>GET /statuslists/{id}</c>: whether grants are still good, for whoever holds one (Token Status List, 8.1). <c>GET /statuslists</c>: which lists there are (9.3). Public, and readable for scripts of any origin: a list says how
/// many grants were revoked and never whose.
/// </summary>
internal sealed class StatusListsEndpoint(PublishedStatusLists lists)
{
    private static readonly string Cache = string.Create(CultureInfo.InvariantCulture, $"public, max-age={PublishedStatusLists.TimeToLive.TotalSeconds:0}");

    public async Task GetAsync(HttpContext context)
    {
        var (request, headers) = (context.Request, context.Response.Headers);
        headers.AccessControlAllowOrigin = "*";
        if (request.Query.ContainsKey("time"))
        {
            await Problem.WriteAsync(context, StatusCodes.Status501NotImplemented, "no_history", "Only what holds now is served here; what held before stands in the log.");
            return;
        }

        if (!Accepts(request))
        {
            await Problem.WriteAsync(context, StatusCodes.Status406NotAcceptable, "not_acceptable", $"A status list is served as {MediaTypes.StatusList} alone.");
            return;
        }

        if (!StatusListId.TryParse(context.GetRouteValue("id") as string, out var id) || await lists.FindAsync(id, context.RequestAborted) is not { } token)
        {
            await Problem.WriteAsync(context, StatusCodes.Status404NotFound, "no_such_list", "There is no such status list, or not any more: no grant that names it is good.");
            return;
        }

        headers.CacheControl = Cache;
        headers.ETag = token.Tag;
        headers.Vary = "Accept";
        if (request.GetTypedHeaders().IfNoneMatch.Any(tag => tag.Compare(new(token.Tag), useStrongComparison: false) || tag.Equals(EntityTagHeaderValue.Any)))
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        await BytesAnswer.WriteAsync(context.Response, token.Token, MediaTypes.StatusList, Cache, context.RequestAborted);
    }

    public async Task ListAsync(HttpContext context)
    {
        var uris = await lists.ListAsync(context.RequestAborted);
        context.Response.Headers.AccessControlAllowOrigin = "*";
        context.Response.Headers.CacheControl = Cache;
        await JsonAnswer.WriteAsync(context.Response, StatusCodes.Status200OK, MediaTypes.Json, uris, static (json, uris) =>
        {
            json.WriteStartArray("status_lists"u8);
            foreach (var uri in uris)
            {
                json.WriteStringValue(uri);
            }

            json.WriteEndArray();
        }, context.RequestAborted);
    }

    // Who does not say takes it; a quality of nought says no (RFC 9110, 12.5.1).
    private static bool Accepts(HttpRequest request)
    {
        var wanted = request.GetTypedHeaders().Accept;
        return wanted is not { Count: > 0 } || wanted.Any(static type => type.Quality is not 0 && (type.MatchesAllTypes || type.MediaType.Equals(MediaTypes.StatusList, StringComparison.OrdinalIgnoreCase) || type.MediaType.Equals("application/*", StringComparison.Ordinal)));
    }
}
