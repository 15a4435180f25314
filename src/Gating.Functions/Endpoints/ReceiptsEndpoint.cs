using System.Security.Cryptography;
using Gating.Functions.Http;
using Gating.Log;
using Gating.Receipts;
using Microsoft.Net.Http.Headers;

namespace Gating.Functions.Endpoints;

/// <summary>
/// <c>GET /v1/receipts/{entry}</c>: the proof that an entry of this app is in the log (C2SP tlog-proof), where <c>{entry}</c> is a grant's <c>jti</c>, a generation's id, an output's content id or a consent's id;
/// <c>GET /v1/receipts/{entry}/{later}</c>: the same for its <c>report</c>, <c>release</c>, <c>removal</c> or <c>withdrawal</c>. 202 until a checkpoint covers it.
/// </summary>
internal sealed class ReceiptsEndpoint(AppCaller callers, AppEntries entries, ReceiptMaker receipts)
{
    /// <summary>When to ask again, in seconds: seals are a second apart.</summary>
    private const string RetrySeconds = "2";

    /// <summary>Where the receipt of an entry that has an id is found. Ids have only characters that stand in a path.</summary>
    public static string PathOf(string id) => $"/v1/receipts/{id}";

    public Task GetAsync(HttpContext context) => AnswerAsync(context, later: null);

    public Task GetLaterAsync(HttpContext context) => (string)context.Request.RouteValues["later"]! switch
    {
        "report" => AnswerAsync(context, LaterEntry.Report),
        "release" => AnswerAsync(context, LaterEntry.Release),
        "removal" => AnswerAsync(context, LaterEntry.Removal),
        "withdrawal" => AnswerAsync(context, LaterEntry.Withdrawal),
        _ => RefuseAsync(context),
    };

    private async Task AnswerAsync(HttpContext context, LaterEntry? later)
    {
        if (await callers.AuthenticateAsync(context) is not { } app)
        {
            return;
        }

        var place = await entries.FindAsync(app.Id, (string)context.Request.RouteValues["entry"]!, later, context.RequestAborted);
        await ((place is { } found ? await receipts.MakeAsync(found, context.RequestAborted) : new ReceiptOutcome.Unknown()) switch
        {
            ReceiptOutcome.Made made => SendAsync(context, made.Receipt),
            ReceiptOutcome.NotSealed => AnswerNotSealedAsync(context),
            ReceiptOutcome.Unknown => RefuseAsync(context),
            _ => throw new System.Diagnostics.UnreachableException(),
        });
    }

    private static Task RefuseAsync(HttpContext context) => Problem.WriteAsync(context, StatusCodes.Status404NotFound, "entry_unknown", "This app has no such entry.");

    // One that was made is good for ever; made again it may lead to a larger tree, under another tag.
    private static async Task SendAsync(HttpContext context, LogProof receipt)
    {
        var bytes = receipt.ToBytes();
        var headers = context.Response.GetTypedHeaders();
        var tag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(bytes))}\"");
        headers.ETag = tag;
        headers.CacheControl = new() { Private = true, MaxAge = TimeSpan.FromDays(1) };
        if (context.Request.GetTypedHeaders().IfNoneMatch.Any(wanted => wanted.Compare(tag, useStrongComparison: false)))
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        context.Response.ContentType = "text/plain; charset=utf-8";
        context.Response.ContentLength = bytes.Length;
        await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
    }

    private static Task AnswerNotSealedAsync(HttpContext context)
    {
        context.Response.Headers.RetryAfter = RetrySeconds;
        return JsonAnswer.WriteAsync(
            context.Response, StatusCodes.Status202Accepted, MediaTypes.Json, 0, static (json, _) => json.WriteString("state"u8, "not_sealed"u8), context.RequestAborted);
    }
}
