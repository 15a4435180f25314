using System.Collections.Frozen;

namespace Gating.Registry.Reading;

internal static class ToolReader
{
    private const int MostOperations = 64;
    private const int MostUnits = 1_000_000;
    private const int MostModerators = 16;

    private static readonly TimeSpan MinModerated = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan MaxModerated = TimeSpan.FromDays(1);
    private static readonly TimeSpan MinHeartbeat = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan MaxHeartbeat = TimeSpan.FromHours(1);
    private static readonly TimeSpan MinLifetime = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan MinAge = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan MaxAge = TimeSpan.FromDays(3660);

    public static string Read(JsonPlace place, RegistryDraft draft)
    {
        var fields = JsonFields.Of(
            place,
            "resource", "name", "status", "dossier", "operations", "assurance", "demandsDpop", "demandsConsent", "demandsModeration", "moderation", "filterHeartbeatSeconds", "maxUnits", "grantLifetimeSeconds", "quotas", "labelling");
        var tool = new Tool(
            fields.Text("resource", UrlRules.Resource(draft.Mode)),
            fields.Text("name", TextRules.Label),
            fields.Choice("status", RegistryWords.Status),
            fields.Required("dossier") is { } dossier ? ReadDossier(dossier) : new(null, null, null),
            fields.Texts("operations", 1, MostOperations, TextRules.Operation).Select(operation => operation.Value).ToFrozenSet(StringComparer.Ordinal),
            fields.Required("assurance") is { } assurance ? ReadAssurance(assurance) : new(default, null),
            fields.Flag("demandsDpop"),
            fields.Flag("demandsConsent"),
            ReadModeration(fields, draft),
            (int)fields.Integer("maxUnits", 1, MostUnits),
            fields.Seconds("grantLifetimeSeconds", MinLifetime, Tool.LongestGrant),
            QuotaReader.ReadAll(fields, "quotas", RegistryWords.ToolScopes),
            fields.Optional("labelling") is { } labelling ? LabellingReader.Read(labelling) : null)
        {
            FilterHeartbeat = fields.OptionalSeconds("filterHeartbeatSeconds", MinHeartbeat, MaxHeartbeat),
        };
        draft.Tools.Add(new(tool, place));
        return tool.Resource;
    }

    private static Dossier ReadDossier(JsonPlace place)
    {
        var fields = JsonFields.Of(place, "filingNumber", "securityAssessmentUntil", "datasetAuditUntil");
        return new(fields.OptionalText("filingNumber", TextRules.Label), fields.OptionalDate("securityAssessmentUntil"), fields.OptionalDate("datasetAuditUntil"));
    }

    private static ModerationDemand? ReadModeration(JsonFields fields, RegistryDraft draft)
    {
        var demands = fields.Flag("demandsModeration");
        if (fields.Optional("moderation") is not { } place)
        {
            return demands ? ModerationDemand.Default : null;
        }

        var terms = JsonFields.Of(place, "maxAgeSeconds", "takesFlagged", "moderators");
        var moderators = terms.Optional("moderators") is { } list ? JsonFields.Texts(list, 1, MostModerators, TextRules.AppId) : [];
        draft.ToolModerators.AddRange(moderators);
        var demand = new ModerationDemand(
            terms.OptionalSeconds("maxAgeSeconds", MinModerated, MaxModerated) ?? ModerationDemand.Default.MaxAge, terms.OptionalFlag("takesFlagged"), [.. moderators.Select(static one => one.Value)]);
        return demands ? demand : null;
    }

    private static AssuranceDemand ReadAssurance(JsonPlace place)
    {
        var fields = JsonFields.Of(place, "level", "maxAgeSeconds");
        return new(fields.Choice("level", RegistryWords.Levels), fields.OptionalSeconds("maxAgeSeconds", MinAge, MaxAge));
    }
}
