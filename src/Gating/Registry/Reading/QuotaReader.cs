using System.Collections.Immutable;
using System.Text.Json;
using Gating.Usage;

namespace Gating.Registry.Reading;

internal static class QuotaReader
{
    private const int MostQuotas = 16;

    private enum Kind
    {
        Calendar = 1,
        Rolling = 2,
        Burst = 3,
    }

    private static readonly Choices<Kind> Kinds = new(("calendar", Kind.Calendar), ("rolling", Kind.Rolling), ("burst", Kind.Burst));

    /// <summary>The quotas of a tool or of the policy: their scopes differ, and their names must not repeat.</summary>
    public static ImmutableArray<Quota> ReadAll(JsonFields owner, string member, Choices<QuotaScope> scopes)
    {
        var quotas = ImmutableArray.CreateBuilder<Quota>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var place in owner.Items(member, 0, MostQuotas))
        {
            if (Read(place, scopes) is not { } quota)
            {
                continue;
            }

            quotas.Add(quota);
            if (!names.Add(quota.Name))
            {
                place.Member("name", place.Value.GetProperty("name")).Refuse("each name only once: use is counted under it");
            }
        }

        return quotas.ToImmutable();
    }

    private static Quota? Read(JsonPlace place, Choices<QuotaScope> scopes)
    {
        // The kind says which members there are; without it only the kind is reported.
        if (KindOf(place) is not { } kind)
        {
            return null;
        }

        var length = kind switch
        {
            Kind.Calendar => "period",
            Kind.Rolling => "windowSeconds",
            Kind.Burst => "refillSeconds",
        };
        var fields = JsonFields.Of(place, "name", "scope", "limit", "kind", length, "shadow");
        var name = fields.Text("name", TextRules.QuotaName);
        var scope = fields.Choice("scope", scopes);
        var limit = fields.Integer("limit", 1, Quota.MaxLimit);
        if (kind is Kind.Burst && scope is QuotaScope.App or QuotaScope.Tool)
        {
            place.Member("kind", place.Value.GetProperty("kind")).RefuseAs("a burst that everybody shares", "calendar or rolling: what is leased in blocks cannot keep to a burst");
        }

        var isShadow = fields.OptionalFlag("shadow");
        if (isShadow && scope is QuotaScope.App or QuotaScope.Tool)
        {
            place.Member("shadow", place.Value.GetProperty("shadow")).RefuseAs("a shadow that everybody shares", "shadow beside quotas of persons alone");
        }

        Quota quota = kind switch
        {
            Kind.Calendar => new Quota.Calendar(name, scope, limit, fields.Choice(length, RegistryWords.Periods)),
            Kind.Rolling => new Quota.Rolling(name, scope, limit, fields.Seconds(length, Quota.MinWindow, Quota.MaxWindow)),
            Kind.Burst => new Quota.Burst(name, scope, limit, fields.Seconds(length, Quota.MinWindow, Quota.MaxWindow)),
        };
        return name.Length == 0 ? null : quota with { IsShadow = isShadow };
    }

    private static Kind? KindOf(JsonPlace place)
    {
        var kinds = JsonFields.Members(place with { Errors = new() }).Where(member => string.Equals(member.Name, "kind", StringComparison.Ordinal)).ToList();
        if (kinds is [var kind])
        {
            return (kind.Value with { Errors = place.Errors }).Choice(Kinds);
        }

        (place.Value.ValueKind is JsonValueKind.Object ? place.Member("kind", default) : place).Refuse($"an object with a kind: {Kinds.Allowed}");
        return null;
    }
}
