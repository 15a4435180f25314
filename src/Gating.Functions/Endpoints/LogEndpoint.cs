using System.Text;
using Gating.Functions.Http;
using Gating.Log.Sealing;
using Gating.Log.Tiles;
using Microsoft.AspNetCore.Http.Features;

namespace Gating.Functions.Endpoints;

/// <summary>
/// <c>GET /log/checkpoint</c> and <c>GET /log/tile/…</c> (C2SP tlog-tiles): the log as anybody's verifier reads it. A checkpoint is current for seconds, a tile for ever: what stands before us may
/// answer for us. <c>GET /log/vkeys</c>: the keys that its checkpoints are checked with.
/// </summary>
internal sealed class LogEndpoint(LogStores stores, LogKeys keys)
{
    private const string Prefix = "/log/";
    private const string PlainText = "text/plain; charset=utf-8";
    private const string Seconds = "public, max-age=2";
    private const string Minute = "public, max-age=60";
    private const string Forever = "public, max-age=31536000, immutable";

    /// <summary>
    /// A tile's path has one to six elements after its level, and a partial tile's width is one more (<see cref="TileId"/>). Each depth is a route, since each is a function: on a route for everything the Functions host would
    /// pass on whatever an outsider writes.
    /// </summary>
    public static IEnumerable<string> TileRoutes
    {
        get
        {
            var route = "/log/tile/{level}";
            for (var depth = 0; depth <= TileId.MaxElements; depth++)
            {
                route += $"/{{{(char)('a' + depth)}}}";
                yield return route;
            }
        }
    }

    public async Task GetCheckpointAsync(HttpContext context)
    {
        if (await stores.Published.ReadAsync(context.RequestAborted) is not { } stored)
        {
            await Problem.WriteAsync(context, StatusCodes.Status404NotFound, "log_empty", "Nothing is in the log yet.");
            return;
        }

        await BytesAnswer.WriteAsync(context.Response, stored.Note, PlainText, Seconds, context.RequestAborted);
    }

    /// <summary>A verifier key of C2SP signed-note on each line: those that sign now, Ed25519 first, then those that signed before, of which checkpoints and receipts are still about.</summary>
    public Task GetKeysAsync(HttpContext context) =>
        BytesAnswer.WriteAsync(context.Response, Encoding.UTF8.GetBytes(string.Concat(keys.Verifiers.Select(static key => $"{key}\n"))), PlainText, Minute, context.RequestAborted);

    public async Task GetTileAsync(HttpContext context)
    {
        // As it was sent: a path that only becomes one by decoding would be a second name of a tile in every cache.
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.Split('?', 2)[0];
        if (!target.StartsWith(Prefix, StringComparison.Ordinal)
            || !TileId.TryParse(target.AsSpan(Prefix.Length), out var id)
            || await stores.Log.ReadTileAsync(id, context.RequestAborted) is not { } bytes)
        {
            await Problem.WriteAsync(context, StatusCodes.Status404NotFound, "no_such_tile", "There is no such tile.");
            return;
        }

        await BytesAnswer.WriteAsync(context.Response, bytes, "application/octet-stream", Forever, context.RequestAborted);
    }
}
