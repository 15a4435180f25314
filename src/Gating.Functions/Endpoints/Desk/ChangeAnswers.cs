using System.Text.Json;
using Gating.Functions.Http;
using Gating.Registry;
using Gating.Registry.Changes;

namespace Gating.Functions.Endpoints.Desk;

/// <summary>Changes of the registry as JSON: who, what before, what after; never a secret, nor a digest of one.</summary>
internal static class ChangeAnswers
{
    public static string Quoted(string tag) => $"\"{tag}\"";

    /// <param name="status">Of a change that was carried out; one that waits is 202 (RFC 9110, section 15.3.3).</param>
    /// <param name="secret">What was made, to be told now or never.</param>
    public static Task WriteAsync(HttpContext context, ChangeOutcome outcome, int status, string? secret = null)
    {
        switch (outcome)
        {
            case ChangeOutcome.Unchanged unchanged:
                context.Response.Headers.ETag = Quoted(unchanged.Tag);
                return JsonAnswer.WriteAsync(context.Response, StatusCodes.Status200OK, MediaTypes.Json, false, static (json, _) => json.WriteString("standing"u8, "unchanged"u8), context.RequestAborted);
            case ChangeOutcome.Done done:
                var waits = done.Standing is ChangeStanding.Proposed && context.Request.Method is not "GET";
                if (done.Tag is not null)
                {
                    context.Response.Headers.ETag = Quoted(done.Tag);
                }

                if (waits)
                {
                    context.Response.Headers.Location = $"/v1/changes/{RecordedChange.Text(done.Change.Id)}";
                }

                return JsonAnswer.WriteAsync(context.Response, waits ? StatusCodes.Status202Accepted : status, MediaTypes.Json, (done, secret), static (json, state) =>
                {
                    if (state.secret is not null)
                    {
                        json.WriteString("secret"u8, state.secret);
                    }

                    Write(json, state.done.Change, state.done.Standing);
                }, context.RequestAborted);
            default:
                return RefuseAsync(context, (ChangeOutcome.Refused)outcome);
        }
    }

    public static Task WriteAsync(HttpContext context, ChangePage page) => PageCursor.WriteAsync(
        context, "/v1/changes", "changes", page.Changes, page.Next is { } id ? RecordedChange.Text(id) : null, static (json, one) => Write(json, one.Change, one.Standing));

    public static Task RefuseAsync(HttpContext context, ChangeOutcome.Refused refused)
    {
        if (refused.Reason is ChangeRefusal.Invalid)
        {
            return Problem.WriteAsync(context, StatusCodes.Status400BadRequest, "registry_invalid", "The registry would not be valid with this.", refused.Errors);
        }

        var (status, reason, detail) = refused.Reason switch
        {
            ChangeRefusal.Unknown => (404, "change_unknown", "There is no such change."),
            ChangeRefusal.NotRegistered => (404, "not_registered", "Nothing is registered under that name."),

            // RFC 9110, section 13.1.1: by a precondition of the request; a change that was approved too late had its own.
            ChangeRefusal.Stale when context.Request.Method is "POST" && context.Request.Headers.IfMatch.Count == 0 => (409, "change_stale", "What the change is about was changed after it was proposed: propose it again."),
            ChangeRefusal.Stale => (412, "precondition_failed", "It is not as you read it any more: read it again."),
            ChangeRefusal.SameHuman => (403, "second_human_needed", "You proposed it: another admin has to approve it."),
            ChangeRefusal.Decided => (409, "change_decided", "It was decided already."),
            ChangeRefusal.LocksOut => (409, "own_issuer", "You are an admin by the word of an issuer that would not say so of anybody then."),
            ChangeRefusal.SecretsFull => (409, "secrets_full", $"The app has {AppSecrets.Most} secrets: take one away first."),
            ChangeRefusal.SecretUnknown => (404, "secret_unknown", "The app has no secret of that fingerprint."),
            _ => (503, "busy", "The record is in heavy use: try again."),
        };
        return Problem.WriteAsync(context, status, reason, detail);
    }

    public static void Write(Utf8JsonWriter json, RegisteredItem item)
    {
        json.WriteString("name"u8, item.Item.Name);
        json.WriteString("etag"u8, Quoted(item.Tag));
        json.WritePropertyName("item"u8);
        json.WriteRawValue(item.Open.Span, skipInputValidation: true);
        if (string.Equals(item.Item.Kind, RegistryItem.App, StringComparison.Ordinal))
        {
            WriteSecrets(json, item);
        }
    }

    /// <summary>Of each the fingerprint: the beginning of its SHA-256, by which it is taken away.</summary>
    public static void WriteSecrets(Utf8JsonWriter json, RegisteredItem app)
    {
        json.WriteStartArray("secrets"u8);
        foreach (var fingerprint in app.Secrets)
        {
            json.WriteStringValue(fingerprint);
        }

        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, RecordedChange change, ChangeStanding standing)
    {
        json.WriteString("change"u8, RecordedChange.Text(change.Id));
        json.WriteString("standing"u8, standing switch
        {
            ChangeStanding.Proposed => "proposed"u8,
            ChangeStanding.Approved => "approved"u8,
            ChangeStanding.Declined => "declined"u8,
            ChangeStanding.Applied => "applied"u8,
            ChangeStanding.Dropped => "dropped"u8,
        });
        json.WriteNumber("humans"u8, change.TakesTwo ? 2 : 1);
        json.WriteString("kind"u8, change.Item.Kind);
        json.WriteString("name"u8, change.Item.Name);
        json.WriteString("at"u8, change.At);
        json.WriteOfficial("by", change.By);
        Write(json, "before", change.Before, change.BeforeTag);
        Write(json, "after", change.After, null);
    }

    // A change keeps of what was before it the content and the tag, not which change made it: the tag cannot be made again.
    private static void Write(Utf8JsonWriter json, string member, RegistryRow? row, string? tag)
    {
        if (row is null)
        {
            json.WriteNull(member);
            return;
        }

        json.WriteStartObject(member);
        var item = RegisteredItem.Of(row);
        Write(json, tag is null ? item : item with { Tag = tag });
        json.WriteEndObject();
    }
}
