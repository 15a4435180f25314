using Gating.Ledger;

namespace Gating.Registry.Reading;

internal static class StopReader
{
    private static readonly TextRule Id = new(static text => text.Length == 2 * KeyHash.Size && text.All(char.IsAsciiHexDigitLower), "32 hexadecimal digits");

    public static string Read(JsonPlace place, RegistryDraft draft)
    {
        var fields = JsonFields.Of(place, "id", "kind", "name", "from");
        var (id, kind, name) = (fields.Text("id", Id), fields.Choice("kind", RegistryWords.Stoppable), fields.Text("name", TextRules.Value));
        var from = Rfc3339.Parse(fields.OptionalText("from", TextRules.Time));
        if (Id.Holds(id))
        {
            draft.Stops.Add(new(KeyHash.FromBytes(Convert.FromHexString(id)), kind, name, from));
        }

        return id;
    }
}
