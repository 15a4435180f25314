using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;
using Gating.Identity;
using Gating.Registry;
using Gating.Testing;
using Shouldly;
using Xunit;

namespace Gating.Tests.Identity;

public sealed class AssuranceMappingTests
{
    private static readonly AssuranceRule Aml = Framework(AssuranceLevel.High, "de_aml", level: null);
    private static readonly AssuranceRule EidasHigh = Framework(AssuranceLevel.High, "eidas", level: "high");
    private static readonly AssuranceRule EidasSubstantial = Framework(AssuranceLevel.Substantial, "eidas", level: "substantial");
    private static readonly AssuranceRule RealName = Claim(AssuranceLevel.Substantial, "real_name_verified", "true", timeClaim: "real_name_at");

    [Theory]
    [InlineData("""{}""", "None")]
    [InlineData("""{"acr":"high"}""", "None")]
    [InlineData("""{"verified_claims":null}""", "None")]
    [InlineData("""{"verified_claims":"eidas"}""", "None")]
    [InlineData("""{"verified_claims":[]}""", "None")]
    [InlineData("""{"verified_claims":[1,null,"x",[]]}""", "None")]
    [InlineData("""{"verified_claims":{"verification":{"trust_framework":"de_aml"}}}""", "None")]
    [InlineData("""{"verified_claims":{"verification":{"trust_framework":"de_aml"},"claims":{}}}""", "None")]
    [InlineData("""{"verified_claims":{"verification":"de_aml","claims":{"a":1}}}""", "None")]
    [InlineData("""{"verified_claims":{"verification":{"trust_framework":"DE_AML"},"claims":{"a":1}}}""", "None")]
    [InlineData("""{"verified_claims":{"verification":{"trust_framework":["de_aml"]},"claims":{"a":1}}}""", "None")]
    [InlineData("""{"verified_claims":{"verification":{"trust_framework":"eidas"},"claims":{"a":1}}}""", "None")]
    [InlineData("""{"verified_claims":{"verification":{"trust_framework":"eidas","assurance_level":"low"},"claims":{"a":1}}}""", "None")]
    [InlineData("""{"verified_claims":{"verification":{"trust_framework":"eidas","assurance_level":"substantial"},"claims":{"a":1}}}""", "Substantial")]
    [InlineData("""{"verified_claims":{"verification":{"trust_framework":"eidas","assurance_level":"high"},"claims":{"a":1}}}""", "High")]
    [InlineData("""{"verified_claims":{"verification":{"trust_framework":"de_aml"},"claims":{"a":1}}}""", "High")]
    [InlineData("""{"verified_claims":[{"verification":{"trust_framework":"eidas","assurance_level":"substantial"},"claims":{"a":1}},{"verification":{"trust_framework":"de_aml"},"claims":{"b":1}}]}""", "High")]
    [InlineData("""{"real_name_verified":true}""", "Substantial")]
    [InlineData("""{"real_name_verified":"true"}""", "Substantial")]
    [InlineData("""{"real_name_verified":false}""", "None")]
    [InlineData("""{"real_name_verified":"TRUE"}""", "None")]
    [InlineData("""{"real_name_verified":1}""", "None")]
    [InlineData("""{"real_name_verified":[true]}""", "None")]
    [InlineData("""{"real_name_verified":true,"verified_claims":{"verification":{"trust_framework":"de_aml"},"claims":{"a":1}}}""", "High")]
    public void The_highest_level_of_all_rules_that_match_counts(string payload, string level) =>
        Of(payload, Aml, EidasHigh, EidasSubstantial, RealName).Level.ToString().ShouldBe(level);

    [Fact]
    public void A_rule_that_names_acr_counts_for_nothing() =>
        Of("""{"acr":"high"}""", Claim(AssuranceLevel.High, "acr", "high", null)).ShouldBe(Assurance.None);

    [Fact]
    public void An_issuer_without_rules_proves_nobody() =>
        Of("""{"verified_claims":{"verification":{"trust_framework":"de_aml"},"claims":{"a":1}}}""").ShouldBe(Assurance.None);

    [Theory]
    [InlineData("\"2026-11-22T11:00Z\"", "2026-11-22T11:00:00")]
    [InlineData("\"2026-11-22T11:00:30Z\"", "2026-11-22T11:00:30")]
    [InlineData("\"2026-11-22T11:00:30.5Z\"", "2026-11-22T11:00:30.5")]
    [InlineData("\"2026-11-22T13:00+02:00\"", "2026-11-22T11:00:00")]
    [InlineData("\"2026-11-22T13:00:30+02:00\"", "2026-11-22T11:00:30")]
    [InlineData("1795345200", "2026-11-22T11:00:00")]
    [InlineData("\"2026-11-22T12:01Z\"", "2026-11-22T12:01:00")]
    [InlineData("\"2026-11-22T12:01:01Z\"", null)]
    [InlineData("\"2026-11-22T11:00:00\"", null)]
    [InlineData("\"2026-11-22\"", null)]
    [InlineData("\"yesterday\"", null)]
    [InlineData("\" 2026-11-22T11:00Z\"", null)]
    [InlineData("null", null)]
    [InlineData("{}", null)]
    [InlineData("-1", null)]
    [InlineData("1e300", null)]
    public void A_time_is_read_as_written_and_one_that_has_not_come_is_no_time(string time, string? expected)
    {
        DateTimeOffset? at = expected is null ? null : DateTimeOffset.Parse(expected + "Z", CultureInfo.InvariantCulture);

        Of($$$$"""{"verified_claims":{"verification":{"trust_framework":"de_aml","time":{{{{time}}}}},"claims":{"a":1}}}""", Aml)
            .ShouldBe(new Assurance(AssuranceLevel.High, "de_aml", at));
        Of($$"""{"real_name_verified":true,"real_name_at":{{time}}}""", RealName).VerifiedAt.ShouldBe(at);
    }

    [Fact]
    public void Of_equal_levels_the_one_proven_last_counts()
    {
        static string Element(string time) => $$$"""{"verification":{"trust_framework":"de_aml"{{{time}}}},"claims":{"a":1}}""";
        var old = Element(",\"time\":\"2026-01-01T00:00Z\"");
        var fresh = Element(",\"time\":\"2026-06-01T00:00Z\"");
        var undated = Element("");

        foreach (var list in new[] { $"{old},{fresh},{undated}", $"{fresh},{undated},{old}", $"{undated},{old},{fresh}" })
        {
            Of($$"""{"verified_claims":[{{list}}]}""", Aml).VerifiedAt.ShouldBe(new DateTimeOffset(2026, 6, 1, 0, 0, 0, TimeSpan.Zero));
        }
    }

    [Theory]
    [InlineData("[]", "de_aml")]
    [InlineData("""[{"type":"electronic_record"},{"type":"document"}]""", "electronic_record")]
    [InlineData("""[1,{"type":7},{"type":"document"}]""", "document")]
    [InlineData("\"document\"", "de_aml")]
    public void The_method_is_the_evidence_or_else_the_framework(string evidence, string method) =>
        Of($$$$"""{"verified_claims":{"verification":{"trust_framework":"de_aml","evidence":{{{{evidence}}}}},"claims":{"a":1}}}""", Aml).Method.ShouldBe(method);

    [Fact]
    public void A_method_that_the_rule_names_stands() =>
        Of("""{"verified_claims":{"verification":{"trust_framework":"de_aml","evidence":[{"type":"document"}]},"claims":{"a":1}}}""", Aml with { Method = "video" })
            .Method.ShouldBe("video");

    private static AssuranceRule Framework(AssuranceLevel reached, string framework, string? level) => new(reached, null, framework, level, null, null, null);

    private static AssuranceRule Claim(AssuranceLevel reached, string claim, string value, string? timeClaim) => new(reached, null, null, null, claim, value, timeClaim);

    private static Assurance Of(string payload, params AssuranceRule[] rules)
    {
        using var document = JsonDocument.Parse(payload);
        var issuer = new Issuer(
            "https://issuer.example",
            "issuer",
            RegistryStatus.Active,
            new Uri("https://issuer.example/.well-known/openid-configuration"),
            FrozenSet<string>.Empty,
            FrozenSet<string>.Empty,
            TimeSpan.FromHours(1),
            null,
            [.. rules],
            FrozenDictionary<AssuranceLevel, string>.Empty);
        return AssuranceMapping.Of(document.RootElement, issuer, ManualTime.Noon);
    }
}
