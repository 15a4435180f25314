using System.Text.Json;
using Gating.Access;
using Gating.Functions.Http;
using Gating.Ledger;
using Gating.People;
using Gating.Usage;

namespace Gating.Functions.Endpoints.Desk;

/// <summary>
/// <c>GET /v1/people/{id}</c>: how a person stands, for admins: status, stops, holds, use, appeals. <c>{id}</c> is the handle under which answers name the person to admins.
/// </summary>
internal sealed class PeopleEndpoint(RoleCaller callers, PeopleRecords people, DeskHandles handles)
{
    public async Task GetAsync(HttpContext context)
    {
        if (await callers.AdminAsync(context, strong: false) is null)
        {
            return;
        }

        var id = (string)context.Request.RouteValues["id"]!;
        if (handles.OpenPerson(id) is not { } person || await people.FindAsync(person, context.RequestAborted) is not { } record)
        {
            await Problem.WriteAsync(context, StatusCodes.Status404NotFound, "person_unknown", "Nothing is recorded of that person, or the handle is none of the admins'.");
            return;
        }

        await JsonAnswer.WriteAsync(context.Response, StatusCodes.Status200OK, MediaTypes.Json, (id, record), static (json, told) =>
        {
            json.WriteString("person"u8, told.id);
            Write(json, told.record);
        }, context.RequestAborted);
    }

    private static void Write(Utf8JsonWriter json, PersonRecord record)
    {
        json.WriteString("status"u8, record.Status switch
        {
            StreamStatus.Active => "active"u8,
            StreamStatus.Suspended => "suspended"u8,
            StreamStatus.Revoked => "revoked"u8,
            StreamStatus.Erased => "erased"u8,
        });
        if (record.SuspendedUntil is { } until)
        {
            json.WriteString("suspended_until"u8, until);
        }

        json.WriteNumber("stops"u8, record.Stops);
        if (record.NextStop is { } next)
        {
            json.WriteString("next_stop"u8, next);
        }

        json.WriteNumber("holds"u8, record.Holds);
        json.WriteNumber("entries"u8, record.Entries);
        json.WriteString("since"u8, record.Since);
        json.WriteString("last"u8, record.Last);
        json.WriteStartArray("usage"u8);
        foreach (var usage in record.Usage)
        {
            json.WriteStartObject();
            json.WriteString("app"u8, usage.App);
            json.WriteString("tool"u8, usage.Tool);
            json.WriteStartArray("quotas"u8);
            foreach (var quota in usage.Quotas)
            {
                Write(json, quota);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("appeals"u8);
        foreach (var appeal in record.Appeals)
        {
            json.WriteStartObject();
            json.WriteString("app"u8, appeal.App);
            json.WriteString("state"u8, AppealAnswers.Word(appeal.State));
            json.WriteString("filed"u8, appeal.At);
            json.WriteString("deadline"u8, appeal.Deadline);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, QuotaStatus status)
    {
        json.WriteStartObject();
        json.WriteString("name"u8, status.Quota.Name);
        json.WriteString("scope"u8, JsonNamingPolicy.SnakeCaseLower.ConvertName(status.Quota.Scope.ToString()));
        json.WriteNumber("limit"u8, status.Quota.Limit);
        json.WriteNumber("remaining"u8, status.Remaining);
        if (status.Resets is { } resets)
        {
            json.WriteString("resets"u8, resets);
        }

        if (status.Quota.IsShadow)
        {
            json.WriteBoolean("shadow"u8, true);
        }

        json.WriteEndObject();
    }
}
