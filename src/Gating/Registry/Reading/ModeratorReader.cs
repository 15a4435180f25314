namespace Gating.Registry.Reading;

internal static class ModeratorReader
{
    public static string Read(JsonPlace place, RegistryDraft draft)
    {
        var fields = JsonFields.Of(place, "id", "name", "status", "jwks");
        var moderator = new Moderator(
            fields.Text("id", TextRules.AppId), fields.Text("name", TextRules.Label), fields.Choice("status", RegistryWords.Status), fields.Required("jwks") is { } jwks ? JwkReader.ReadSet(jwks) : []);
        draft.Moderators.Add(new(moderator, place));
        return moderator.Id;
    }
}
