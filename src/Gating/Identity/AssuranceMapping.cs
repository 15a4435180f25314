using System.Globalization;
using System.Text.Json;
using Gating.Registry;

namespace Gating.Identity;

/// <summary>
/// From an issuer's words to a level. Only the registry's rules count: a claim that no rule names proves nothing, and <c>acr</c> (how strong
/// the log-in was) is no proof of who the person is whatever a rule says.
/// </summary>
public static class AssuranceMapping
{
    private static readonly string[] TimeFormats =
    [
        "yyyy-MM-dd'T'HH:mm'Z'", "yyyy-MM-dd'T'HH:mmzzz", "yyyy-MM-dd'T'HH:mm:ss'Z'", "yyyy-MM-dd'T'HH:mm:sszzz",
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz",
    ];

    /// <summary>
    /// The highest level of all matching rules; of equal levels the one proven last. A time that lies more than the skew after
    /// <paramref name="now"/> or cannot be read is no time. <paramref name="payload"/>: the claims of a token whose signature was verified.
    /// </summary>
    public static Assurance Of(JsonElement payload, Issuer issuer, DateTimeOffset now)
    {
        var best = Assurance.None;
        foreach (var rule in issuer.AssuranceRules)
        {
            if (rule.TrustFramework is not null)
            {
                foreach (var verification in Verifications(payload))
                {
                    best = Better(best, OfVerification(verification, rule, now));
                }
            }
            else
            {
                best = Better(best, OfClaim(payload, rule, now));
            }
        }

        return best;
    }

    /// <summary>What a level of a trust framework is worth here, by the issuer's rules for <c>verified_claims</c>; <see cref="AssuranceLevel.None"/> where no rule names it.</summary>
    internal static AssuranceLevel LevelOf(string framework, string level, Issuer issuer)
    {
        var best = AssuranceLevel.None;
        foreach (var rule in issuer.AssuranceRules)
        {
            if (string.Equals(rule.TrustFramework, framework, StringComparison.Ordinal) && (rule.AssuranceLevelValue is null || string.Equals(rule.AssuranceLevelValue, level, StringComparison.Ordinal)) && rule.Level > best)
            {
                best = rule.Level;
            }
        }

        return best;
    }

    // OpenID Connect for Identity Assurance 1.0, section 5: one object or an array of them; an element without claims verifies nothing.
    private static IEnumerable<JsonElement> Verifications(JsonElement payload)
    {
        if (!payload.TryGetProperty("verified_claims", out var verified))
        {
            return [];
        }

        return (verified.ValueKind switch
        {
            JsonValueKind.Object => [verified],
            JsonValueKind.Array => verified.EnumerateArray(),
            _ => Enumerable.Empty<JsonElement>(),
        }).Select(Verification).OfType<JsonElement>();
    }

    private static JsonElement? Verification(JsonElement element) =>
        element.ValueKind == JsonValueKind.Object
        && element.TryGetProperty("claims", out var claims) && claims.ValueKind == JsonValueKind.Object && claims.GetPropertyCount() > 0
        && element.TryGetProperty("verification", out var verification) && verification.ValueKind == JsonValueKind.Object
            ? verification
            : null;

    private static Assurance OfVerification(JsonElement verification, AssuranceRule rule, DateTimeOffset now)
    {
        if (!Is(verification, "trust_framework", rule.TrustFramework!)
            || (rule.AssuranceLevelValue is { } level && !Is(verification, "assurance_level", level)))
        {
            return Assurance.None;
        }

        return new Assurance(rule.Level, rule.Method ?? EvidenceType(verification) ?? rule.TrustFramework, ReadTime(verification, "time", now));
    }

    private static Assurance OfClaim(JsonElement payload, AssuranceRule rule, DateTimeOffset now)
    {
        if (rule.Claim is null or "acr" || rule.Value is null || !Is(payload, rule.Claim, rule.Value))
        {
            return Assurance.None;
        }

        return new Assurance(rule.Level, rule.Method, rule.TimeClaim is null ? null : ReadTime(payload, rule.TimeClaim, now));
    }

    private static Assurance Better(Assurance held, Assurance found)
    {
        var later = found.Level == held.Level && found.VerifiedAt is { } at && (held.VerifiedAt is not { } before || at > before);
        return found.Level > held.Level || (later && found.Level != AssuranceLevel.None) ? found : held;
    }

    // Text equals text; a number or a boolean equals the way it is written.
    private static bool Is(JsonElement parent, string name, string expected) =>
        parent.TryGetProperty(name, out var value) && value.ValueKind switch
        {
            JsonValueKind.String => value.ValueEquals(expected),
            JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => string.Equals(value.GetRawText(), expected, StringComparison.Ordinal),
            _ => false,
        };

    private static string? EvidenceType(JsonElement verification)
    {
        if (!verification.TryGetProperty("evidence", out var evidence) || evidence.ValueKind != JsonValueKind.Array)
        {
            return null;
        }

        foreach (var piece in evidence.EnumerateArray())
        {
            if (piece.ValueKind == JsonValueKind.Object && Jose.Claims.Text(piece, "type", MaxMethodCharacters, out var type) == Jose.ClaimState.Present)
            {
                return type;
            }
        }

        return null;
    }

    private const int MaxMethodCharacters = 64;

    private static DateTimeOffset? ReadTime(JsonElement parent, string name, DateTimeOffset now)
    {
        DateTimeOffset read;
        if (Jose.Claims.Time(parent, name, out var seconds) == Jose.ClaimState.Present)
        {
            read = seconds;
        }
        else if (Jose.Jwk.Text(parent, name) is not { } text
            || !DateTimeOffset.TryParseExact(text, TimeFormats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out read))
        {
            return null;
        }

        return read - now > IdentityVerifier.Skew ? null : read.ToUniversalTime();
    }
}
