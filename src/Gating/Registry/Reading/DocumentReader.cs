using System.Text.Json;

namespace Gating.Registry.Reading;

/// <summary>The seed file: all items in one document.</summary>
internal static class DocumentReader
{
    private const int MostItems = 2000;

    public static void Read(JsonPlace root, RegistryDraft draft)
    {
        var fields = JsonFields.Of(root, "$schema", "version", "apps", "tools", "issuers", "moderators", "policy");
        fields.OptionalText("$schema", TextRules.Value);
        RowReader.DemandVersion(fields);
        foreach (var app in fields.Items("apps", 0, MostItems))
        {
            Add(RegistryWords.App, AppReader.Read(app, draft), app, draft);
        }

        foreach (var tool in fields.Items("tools", 0, MostItems))
        {
            Add(RegistryWords.Tool, ToolReader.Read(tool, draft), tool, draft);
        }

        foreach (var issuer in fields.Items("issuers", 0, MostItems))
        {
            Add(RegistryWords.Issuer, IssuerReader.Read(issuer, draft), issuer, draft);
        }

        // Without one in seeds from before there were any.
        foreach (var moderator in fields.Optional("moderators")?.Items(0, MostItems) ?? [])
        {
            Add(RegistryWords.Moderator, ModeratorReader.Read(moderator, draft), moderator, draft);
        }

        if (fields.Required("policy") is { } policy)
        {
            Add(RegistryWords.Policy, PolicyReader.Read(policy, draft), policy, draft);
        }
    }

    private static void Add(string kind, string name, JsonPlace place, RegistryDraft draft)
    {
        // What is no object was reported, and has no row.
        if (place.Value.ValueKind is not JsonValueKind.Object)
        {
            return;
        }

        try
        {
            draft.Rows.Add(new(RowReader.Write(kind, name, place.Value), place));
        }
        catch (InvalidOperationException)
        {
            // JSON can spell half a surrogate pair; what reads texts has reported where. Such an item cannot be written.
            place.RefuseAs("text that is not Unicode", "Unicode");
        }
    }
}
