using System.Text.Json;
using Gating.Access;
using Gating.Functions.Http;
using Gating.Registry.Changes;
using Gating.Replay;

namespace Gating.Functions.Endpoints.Desk;

/// <summary>
/// <c>POST /v1/policies/{id}/replay</c> and <c>POST /v1/tools/{id}/replay</c>: how the decisions of a span of time would have gone if the policy, or the tool, had been as a draft says. Nothing is changed by it.
/// </summary>
internal sealed class ReplaysEndpoint(RoleCaller callers, DecisionReplay replay, DeskHandles handles)
{
    /// <summary>The kinds whose drafts can be tried, by the word in the path.</summary>
    public static readonly (string Path, string Kind)[] Kinds = [("policies", RegistryItem.Policy), ("tools", RegistryItem.Tool)];

    public async Task PostAsync(HttpContext context, string kind)
    {
        if (await callers.AdminAsync(context, strong: false) is null)
        {
            return;
        }

        var (order, errors) = ReplayReader.Read(await BoundedBody.ReadAsync(context.Request, ReplayReader.MaxSize, context.RequestAborted) ?? []);
        await (order is null
            ? Problem.WriteAsync(context, StatusCodes.Status400BadRequest, "replay_malformed", "This cannot be tried.", errors)
            : await replay.RunAsync(ItemsEndpoint.ItemOf(context, kind), order, context.RequestAborted) switch
            {
                ReplayOutcome.Done done => WriteAsync(context, done),
                ReplayOutcome.NotRegistered => ChangeAnswers.RefuseAsync(context, new(ChangeRefusal.NotRegistered)),
                ReplayOutcome.Invalid invalid => ChangeAnswers.RefuseAsync(context, new(ChangeRefusal.Invalid, invalid.Errors)),
                ReplayOutcome.TooMany => Problem.WriteAsync(
                    context, StatusCodes.Status422UnprocessableEntity, "replay_too_large", $"More than {DecisionReplay.MostItems} things are recorded of that span: ask for a shorter one, or for one app."),
                _ => throw new System.Diagnostics.UnreachableException(),
            });
    }

    private Task WriteAsync(HttpContext context, ReplayOutcome.Done done) =>
        JsonAnswer.WriteAsync(context.Response, StatusCodes.Status200OK, MediaTypes.Json, (done, handles), static (json, told) =>
        {
            var (done, handles) = told;
            json.WriteStartObject("people"u8);
            json.WriteNumber("found"u8, done.Found);
            json.WriteNumber("replayed"u8, done.Replayed);
            json.WriteNumber("cut_off"u8, done.CutOff);
            json.WriteEndObject();
            json.WriteNumber("granted"u8, done.Tally.Granted);
            json.WriteNumber("would_refuse"u8, done.Tally.WouldRefuse);
            json.WriteNumber("refused_for_quotas"u8, done.Tally.RefusedForQuotas);
            json.WriteNumber("would_grant"u8, done.Tally.WouldGrant);
            json.WriteNumber("undecided"u8, done.Tally.Undecided);
            json.WriteStartObject("not_replayed"u8);
            json.WriteNumber("other_refusals"u8, done.Tally.OtherRefusals);
            json.WriteNumber("only_counted"u8, done.Tally.Uncounted);
            json.WriteNumber("not_registered"u8, done.Tally.Unregistered);
            json.WriteEndObject();
            json.WriteStartArray("quotas"u8);
            foreach (var ((name, scope), count) in done.Tally.Quotas.OrderByDescending(static quota => quota.Value).ThenBy(static quota => quota.Key))
            {
                json.WriteStartObject();
                json.WriteString("name"u8, name);
                json.WriteString("scope"u8, JsonNamingPolicy.SnakeCaseLower.ConvertName(scope.ToString()));
                json.WriteNumber("would_refuse"u8, count);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteStartArray("shadow"u8);
            foreach (var (name, count) in done.Tally.Shadowed.OrderByDescending(static quota => quota.Value).ThenBy(static quota => quota.Key, StringComparer.Ordinal))
            {
                json.WriteStartObject();
                json.WriteString("name"u8, name);
                json.WriteNumber("would_have_refused"u8, count);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteStartArray("hardest_hit"u8);
            foreach (var (person, refusals) in done.Hardest)
            {
                json.WriteStartObject();
                json.WriteString("person"u8, handles.OfPerson(person));
                json.WriteNumber("would_refuse"u8, refusals);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }, context.RequestAborted);
}
