using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.Json;
using Gating.Identity;

namespace Gating.Registry.Reading;

internal static class IssuerReader
{
    private const int MostRules = 32;
    private const int MostWords = 16;

    private static readonly TimeSpan MinStrong = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan MaxStrong = TimeSpan.FromHours(1);

    private static readonly TimeSpan MinLifetime = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan MaxLifetime = TimeSpan.FromDays(1);

    /// <summary>Asymmetric ones only: with HS256 whoever verifies could sign, and "none" is nobody's signature (RFC 8725, sections 2.1 and 3.2).</summary>
    public static readonly FrozenSet<string> Algorithms = FrozenSet.ToFrozenSet(
        ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"], StringComparer.Ordinal);

    public static readonly TextRule Algorithm = new(Algorithms.Contains, $"asymmetric algorithms: {string.Join(", ", Algorithms.Order(StringComparer.Ordinal))}");

    /// <summary>Other kinds of tokens must not pass for an identity token (RFC 8725, sections 3.11 and 3.12).</summary>
    private static readonly FrozenSet<string> OtherTokens = FrozenSet.ToFrozenSet(
        ["at+jwt", "dpop+jwt", "statuslist+jwt", "logout+jwt", "secevent+jwt", "client-authentication+jwt", "token-introspection+jwt", "oauth-authz-req+jwt"],
        StringComparer.OrdinalIgnoreCase);

    private static readonly TextRule TokenType = new(
        IsTokenType, "up to 64 characters of A-Z a-z 0-9 . + / -, none for an absent typ, and no type of another kind of token");

    // How strong a log-in was, and when it was, says nothing about how well the person was proven.
    private static readonly TextRule AssuranceClaim = TextRules.Ascii.Except(
        new HashSet<string>(StringComparer.Ordinal) { "acr", "amr" }, "not acr or amr: a strong log-in is no proof of identity");

    private static readonly TextRule TimeClaim = TextRules.Ascii.Except(
        new HashSet<string>(StringComparer.Ordinal) { "iat", "nbf", "exp", "auth_time" }, "not a time of the token or the log-in");

    private static readonly TextRule PersonClaim = TextRules.Ascii.Except(
        new HashSet<string>(StringComparer.Ordinal)
        {
            "iss", "aud", "exp", "nbf", "iat", "jti", "nonce", "acr", "amr", "azp", "sid", "auth_time", "at_hash", "c_hash",
            "email", "email_verified", "phone_number", "phone_number_verified", "name", "preferred_username",
        },
        "no claim about the token or the log-in, and none that people share or change");

    private static readonly TextRule RoleClaim = TextRules.Ascii.Except(
        new HashSet<string>(StringComparer.Ordinal) { "iss", "sub", "aud", "exp", "nbf", "iat", "jti", "nonce", "acr", "amr", "azp", "sid", "auth_time" }, "no claim about the token or the log-in");

    public static string Read(JsonPlace place, RegistryDraft draft)
    {
        var fields = JsonFields.Of(
            place, "id", "name", "status", "discovery", "algorithms", "types", "maxLifetimeSeconds", "naturalPersonClaim", "assuranceRules", "acrValues", "roles", "signals");
        var id = fields.Text("id", UrlRules.Issuer(draft.Mode));
        var discovery = DiscoveryOf(id, fields.OptionalText("discovery", UrlRules.Issuer(draft.Mode)));
        var issuer = new Issuer(
            id,
            fields.Text("name", TextRules.Label),
            fields.Choice("status", RegistryWords.Status),
            discovery,
            fields.Texts("algorithms", 1, Algorithms.Count, Algorithm).Select(one => one.Value).ToFrozenSet(StringComparer.Ordinal),
            fields.Texts("types", 1, 8, TokenType, StringComparer.OrdinalIgnoreCase).Select(one => one.Value).ToFrozenSet(StringComparer.OrdinalIgnoreCase),
            fields.Seconds("maxLifetimeSeconds", MinLifetime, MaxLifetime),
            fields.OptionalText("naturalPersonClaim", PersonClaim),
            [.. fields.Items("assuranceRules", 0, MostRules).Select(ReadRule)],
            fields.Optional("acrValues") is { } values ? ReadAcrValues(values) : FrozenDictionary<AssuranceLevel, string>.Empty,
            fields.Optional("roles") is { } roles ? ReadRoles(roles) : null)
        {
            Signals = fields.Optional("signals") is { } signals ? SignalTrustReader.Read(signals, id, discovery, draft.Mode) : null,
        };
        draft.Issuers.Add(new(issuer, place));
        return id;
    }

    /// <summary>OpenID Connect Discovery 1.0, section 4: a slash at the end of the issuer goes before the well-known path is added.</summary>
    private static Uri DiscoveryOf(string id, string? discovery) =>
        Uri.TryCreate(discovery ?? id.TrimEnd('/') + "/.well-known/openid-configuration", UriKind.Absolute, out var url) ? url : new("https://invalid.invalid");

    private static AssuranceRule ReadRule(JsonPlace place)
    {
        var fields = JsonFields.Of(place, "level", "method", "trustFramework", "assuranceLevel", "claim", "value", "timeClaim");
        var level = fields.Choice("level", RegistryWords.ProvenLevels);
        var method = fields.OptionalText("method", TextRules.Label);
        var framework = fields.OptionalText("trustFramework", TextRules.Value);
        var assuranceLevel = fields.OptionalText("assuranceLevel", TextRules.Value);
        var claim = fields.OptionalText("claim", AssuranceClaim);
        var value = fields.OptionalText("value", TextRules.Value);
        var timeClaim = fields.OptionalText("timeClaim", TimeClaim);
        var byFramework = fields.Optional("trustFramework") is not null
            && fields.Optional("claim") is null && fields.Optional("value") is null && fields.Optional("timeClaim") is null;
        var byClaim = fields.Optional("claim") is not null && fields.Optional("value") is not null
            && fields.Optional("trustFramework") is null && fields.Optional("assuranceLevel") is null;
        if (!byFramework && !byClaim && place.Value.ValueKind is JsonValueKind.Object)
        {
            place.RefuseAs("a rule of neither form", "trustFramework with or without assuranceLevel; or claim and value, with or without timeClaim");
        }

        return new(level, method, framework, assuranceLevel, claim, value, timeClaim);
    }

    private static FrozenDictionary<AssuranceLevel, string> ReadAcrValues(JsonPlace place)
    {
        var fields = JsonFields.Of(place, "low", "substantial", "high");
        var values = new Dictionary<AssuranceLevel, string>();
        foreach (var (level, word) in new[] { (AssuranceLevel.Low, "low"), (AssuranceLevel.Substantial, "substantial"), (AssuranceLevel.High, "high") })
        {
            if (fields.OptionalText(word, TextRules.Word) is { } value)
            {
                values[level] = value;
            }
        }

        return values.ToFrozenDictionary();
    }

    private static RoleTrust ReadRoles(JsonPlace place)
    {
        var fields = JsonFields.Of(place, "audiences", "claim", "admin", "regulator", "strongAcr", "strongWithinSeconds");
        return new(
            Texts(fields, "audiences", 1, TextRules.Ascii),
            fields.Text("claim", RoleClaim),
            Texts(fields, "admin", 0, TextRules.Value).ToFrozenSet(StringComparer.Ordinal),
            Texts(fields, "regulator", 0, TextRules.Value).ToFrozenSet(StringComparer.Ordinal),
            Texts(fields, "strongAcr", 0, TextRules.Word),
            fields.Seconds("strongWithinSeconds", MinStrong, MaxStrong));
    }

    private static ImmutableArray<string> Texts(JsonFields fields, string name, int min, TextRule rule) => [.. fields.Texts(name, min, MostWords, rule).Select(static one => one.Value)];

    private static bool IsTokenType(string text)
    {
        var name = text.StartsWith("application/", StringComparison.OrdinalIgnoreCase) ? text["application/".Length..] : text;
        return text.Length <= 64 && text.All(character => char.IsAsciiLetterOrDigit(character) || character is '.' or '+' or '/' or '-') && !OtherTokens.Contains(name);
    }
}
