using Gating.Tests.Usage;

namespace Gating.Mutants.Rules;

/// <summary>Quotas that are not in force: judged and told, and in nobody's way.</summary>
internal static class ShadowMutants
{
    private const string Plan = "Usage/QuotaPlan.cs";
    private const string InNobodysWay = "A shadow is in nobody's way";
    private const string Counts = "A shadow counts what it would have let in";

    public static Mutant[] All =>
    [
        new(InNobodysWay, "it refuses", Plan,
            "_rules = [.. rules.Where(static rule => !rule.Quota.IsShadow)];", "_rules = rules;",
            Guard.Of<ShadowQuotaTests>(nameof(ShadowQuotaTests.What_it_would_have_refused_is_charged_all_the_same_and_told))),
        new(InNobodysWay, "somebody is refused because its windows fill the head", Plan,
            "windows = windows.RemoveAll(static window => QuotaRules.IsShadow(window.Id));", "",
            Guard.Of<ShadowQuotaTests>(nameof(ShadowQuotaTests.Nobody_is_refused_for_one_even_where_a_head_is_full))),
        new(Counts, "it counts what it would have refused, too", Plan,
            "else if (buffer.Rows.Length < Head.MaxWindows)", "if (buffer.Rows.Length < Head.MaxWindows)",
            Guard.Of<ShadowQuotaTests>(nameof(ShadowQuotaTests.What_it_refuses_takes_no_room_in_it))),
        new(Counts, "nobody is told what it would have refused", Plan,
            "shadowed = shadowed.Add(rule.Quota);", "",
            Guard.Of<ShadowQuotaTests>(nameof(ShadowQuotaTests.What_it_would_have_refused_is_charged_all_the_same_and_told))),
        new(Counts, "units come back to one that was not charged", Plan,
            "if (charge.Ids.Contains(rule.Id))", "if (rule.Quota.IsShadow || charge.Ids.Contains(rule.Id))",
            Guard.Of<ShadowQuotaTests>(nameof(ShadowQuotaTests.Units_come_back_to_the_shadows_that_were_charged_and_to_no_others))),
        new(Counts, "no units come back to it", Plan,
            "ids = ids.Add(rule.Id);", "",
            Guard.Of<ShadowQuotaTests>(nameof(ShadowQuotaTests.Units_come_back_to_the_shadows_that_were_charged_and_to_no_others))),
        new(Counts, "put in force it goes on from what it counted", "Usage/QuotaRules.cs",
            " | (quota.IsShadow ? ShadowBit : 0)", "",
            Guard.Of<ShadowQuotaTests>(nameof(ShadowQuotaTests.Put_in_force_it_counts_anew))),
    ];
}
