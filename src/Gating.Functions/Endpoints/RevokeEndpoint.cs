using Gating.Functions.Http;
using Gating.Revocation;

namespace Gating.Functions.Endpoints;

/// <summary><c>POST /oauth2/revoke</c> (RFC 7009): the app that a grant was made for gives it back. 200 also for what is no grant of that app's, was revoked before, or has expired.</summary>
internal sealed class RevokeEndpoint(FormCaller callers, GrantRevoker revoker)
{
    public async Task PostAsync(HttpContext context)
    {
        if (await callers.ReadAsync(context) is not var (app, token))
        {
            return;
        }

        context.Response.Headers.CacheControl = "no-store";
        if (!await revoker.RevokeAsync(token, app.Id, context.RequestAborted))
        {
            // RFC 7009 2.2.1: the client must take it to be good still, and try again.
            await Problem.WriteAsync(context, StatusCodes.Status503ServiceUnavailable, "busy", "The person's record is in heavy use: try again.");
            return;
        }

        context.Response.ContentLength = 0;
    }
}
