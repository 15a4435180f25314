namespace Gating.Registry.Reading;

internal static class PolicyReader
{
    public static string Read(JsonPlace place, RegistryDraft draft)
    {
        var fields = JsonFields.Of(place, "personQuotas");
        draft.PersonQuotas = QuotaReader.ReadAll(fields, "personQuotas", RegistryWords.PersonScopes);
        return RegistryWords.PolicyName;
    }
}
