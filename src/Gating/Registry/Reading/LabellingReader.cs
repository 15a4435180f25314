using System.Collections.Frozen;
using Gating.Labels;

namespace Gating.Registry.Reading;

internal static class LabellingReader
{
    private const int MostTypes = 32;
    private const long MostBytes = 4L * 1024 * 1024 * 1024;
    private const long MostDays = 36_600;

    public static Labelling Read(JsonPlace place)
    {
        var fields = JsonFields.Of(place, "providerCode", "system", "systemVersion", "source", "explicit", "mediaTypes", "maxBytes", "retentionDays", "allowsUnlabelled");
        _ = ProviderCode.TryParse(fields.Text("providerCode", TextRules.ProviderCode), out var provider);
        return new(
            provider,
            fields.Text("system", TextRules.Label),
            fields.OptionalText("systemVersion", TextRules.Label),
            fields.Choice("source", RegistryWords.Sources),
            fields.Choice("explicit", RegistryWords.ExplicitDemands),
            fields.Texts("mediaTypes", 1, MostTypes, TextRules.MediaType).Select(type => type.Value).ToFrozenSet(StringComparer.Ordinal),
            fields.Integer("maxBytes", 1, MostBytes),
            TimeSpan.FromDays(fields.Integer("retentionDays", (long)Labelling.LeastRetention.TotalDays, MostDays)),
            fields.OptionalFlag("allowsUnlabelled"));
    }
}
