using System.Text;
using Gating.Access;
using Gating.Functions.Http;
using Gating.Registry.Changes;

namespace Gating.Functions.Endpoints.Desk;

/// <summary>
/// <c>/v1/apps</c>, <c>/v1/tools</c>, <c>/v1/issuers</c>, <c>/v1/moderators</c>, <c>/v1/policies</c>: what is registered, for admins. <c>GET</c> of one is its JSON as the seed file has it, with an ETag; <c>PUT</c> the same back, changed, with <c>If-Match</c>, or
/// with <c>If-None-Match: *</c> where there is none yet; <c>DELETE</c> with <c>If-Match</c>. Where two humans are needed (<see cref="TwoPersonRule"/>) the answer is 202 and the change waits at <c>/v1/changes/{id}</c>.
/// An app's secrets are made and taken away at <c>/v1/apps/{id}/secrets</c>: one is told once, and never again.
/// </summary>
/// <remarks>A name is percent-encoded in the path, its slashes too (<c>https:%2F%2Ftools.example%2Fface-swap</c>).</remarks>
internal sealed class ItemsEndpoint(RoleCaller callers, ChangeDesk desk)
{
    /// <summary>The kinds, by the word in the path.</summary>
    public static readonly (string Path, string Kind)[] Kinds = [("apps", RegistryItem.App), ("tools", RegistryItem.Tool), ("issuers", RegistryItem.Issuer), ("moderators", RegistryItem.Moderator), ("policies", RegistryItem.Policy)];

    public async Task ListAsync(HttpContext context, string kind)
    {
        if (await callers.AdminAsync(context, strong: false) is null)
        {
            return;
        }

        await JsonAnswer.WriteAsync(context.Response, StatusCodes.Status200OK, MediaTypes.Json, await desk.ListAsync(kind, context.RequestAborted), static (json, items) =>
        {
            json.WriteStartArray("items"u8);
            foreach (var item in items)
            {
                json.WriteStartObject();
                ChangeAnswers.Write(json, item);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }, context.RequestAborted);
    }

    public async Task GetAsync(HttpContext context, string kind)
    {
        if (await callers.AdminAsync(context, strong: false) is null)
        {
            return;
        }

        if (await desk.FindAsync(ItemOf(context, kind), context.RequestAborted) is not { } item)
        {
            await ChangeAnswers.RefuseAsync(context, new(ChangeRefusal.NotRegistered));
            return;
        }

        context.Response.Headers.ETag = ChangeAnswers.Quoted(item.Tag);
        context.Response.Headers.CacheControl = "no-store";
        context.Response.ContentType = MediaTypes.Json;
        await context.Response.Body.WriteAsync(item.Open, context.RequestAborted);
    }

    public async Task PutAsync(HttpContext context, string kind)
    {
        if (await callers.AdminAsync(context, strong: true) is not { } admin || await ExpectedAsync(context, mayBeNew: true) is not { } expected)
        {
            return;
        }

        var body = await BoundedBody.ReadAsync(context.Request, ItemEdit.Put.MaxSize, context.RequestAborted);
        await ChangeAsync(context, ItemOf(context, kind), expected, new ItemEdit.Put(body ?? []), admin.Who);
    }

    public async Task DeleteAsync(HttpContext context, string kind)
    {
        if (await callers.AdminAsync(context, strong: true) is not { } admin || await ExpectedAsync(context, mayBeNew: false) is not { } expected)
        {
            return;
        }

        await ChangeAsync(context, ItemOf(context, kind), expected, new ItemEdit.Remove(), admin.Who);
    }

    public async Task GetSecretsAsync(HttpContext context)
    {
        if (await callers.AdminAsync(context, strong: false) is null)
        {
            return;
        }

        if (await desk.FindAsync(ItemOf(context, RegistryItem.App), context.RequestAborted) is not { } app)
        {
            await ChangeAnswers.RefuseAsync(context, new(ChangeRefusal.NotRegistered));
            return;
        }

        context.Response.Headers.ETag = ChangeAnswers.Quoted(app.Tag);
        await JsonAnswer.WriteAsync(context.Response, StatusCodes.Status200OK, MediaTypes.Json, app, static (json, app) => ChangeAnswers.WriteSecrets(json, app), context.RequestAborted);
    }

    public async Task PostSecretAsync(HttpContext context)
    {
        if (await callers.AdminAsync(context, strong: true) is not { } admin || await ExpectedAsync(context, mayBeNew: false) is not { } expected)
        {
            return;
        }

        // Told in this answer alone. Where the answer is lost nobody knows the secret: it is taken away by its fingerprint, and another one made.
        var secret = AppSecrets.Create();
        var outcome = await desk.ChangeAsync(ItemOf(context, RegistryItem.App), expected.Tag, new ItemEdit.AddSecret(secret), admin.Who, TwoPersonRule.Holds(context), context.RequestAborted);
        await ChangeAnswers.WriteAsync(context, outcome, StatusCodes.Status201Created, secret);
    }

    public async Task DeleteSecretAsync(HttpContext context)
    {
        if (await callers.AdminAsync(context, strong: true) is not { } admin || await ExpectedAsync(context, mayBeNew: false) is not { } expected)
        {
            return;
        }

        await ChangeAsync(context, ItemOf(context, RegistryItem.App), expected, new ItemEdit.RemoveSecret((string)context.Request.RouteValues["fingerprint"]!), admin.Who);
    }

    private async Task ChangeAsync(HttpContext context, RegistryItem item, Expected expected, ItemEdit edit, Official by) =>
        await ChangeAnswers.WriteAsync(
            context, await desk.ChangeAsync(item, expected.Tag, edit, by, TwoPersonRule.Holds(context), context.RequestAborted), expected.Tag is null ? StatusCodes.Status201Created : StatusCodes.Status200OK);

    // Of what is percent-encoded in a path the server leaves slashes alone.
    internal static RegistryItem ItemOf(HttpContext context, string kind) => new(kind, ((string)context.Request.RouteValues["id"]!).Replace("%2F", "/", StringComparison.OrdinalIgnoreCase));

    /// <summary>What the caller takes for granted; null where it does not say, or not so that one thing is meant: then the answer is written.</summary>
    private static async Task<Expected?> ExpectedAsync(HttpContext context, bool mayBeNew)
    {
        switch (context.Request.Headers.IfMatch, context.Request.Headers.IfNoneMatch)
        {
            case ([['"', .. { Length: > 0 and <= 64 } tag, '"']], []) when Ascii.IsValid(tag) && !tag.Contains('"', StringComparison.Ordinal):
                return new(tag);
            case ([], ["*"]) when mayBeNew:
                return new(Tag: null);
            case ([], []):
                await Problem.WriteAsync(
                    context, StatusCodes.Status428PreconditionRequired, "precondition_missing",
                    mayBeNew ? "Send If-Match with the ETag that you read, or If-None-Match: * for what is not there yet." : "Send If-Match with the ETag that you read.");
                return null;
            default:
                await Problem.WriteAsync(context, StatusCodes.Status400BadRequest, "precondition_malformed", "Send one ETag in If-Match, as you read it; If-None-Match: * is for PUT alone.");
                return null;
        }
    }

    /// <param name="Tag">Null: nothing is registered under the name.</param>
    private sealed record Expected(string? Tag);
}
