using System.Text.Json;
using Gating.Identity;
using Gating.Identity.Jose;

namespace Gating.Signals.Receiving;

/// <summary>Whose account an event is about (RFC 9493; SSF 1.0, section 3). Pure.</summary>
internal static class EventSubject
{
    private const int MaxFormat = 32;
    private const int MaxIssuer = 2048;

    /// <summary>RFC 9493, section 3.2.8; each is looked at.</summary>
    private const int MostAliases = 16;

    /// <summary>The <c>sub</c> of an account of that issuer; null where it is no such subject. What another issuer calls somebody is none: only that one could say who it is.</summary>
    public static string? Of(JsonElement subject, string issuer) => FormatOf(subject) switch
    {
        "iss_sub" => OfIssuer(subject, issuer),
        "aliases" => OfAliases(subject, issuer),

        // Of a session, a device or a tenant besides we know nothing: what is reported of one of them holds for the user.
        "complex" => subject.TryGetProperty("user"u8, out var user) ? FormatOf(user) switch
        {
            "iss_sub" => OfIssuer(user, issuer),
            "aliases" => OfAliases(user, issuer),
            _ => null,
        }
        : null,
        _ => null,
    };

    private static string? FormatOf(JsonElement subject) =>
        subject.ValueKind is JsonValueKind.Object && Claims.Text(subject, "format", MaxFormat, out var format) is ClaimState.Present ? format : null;

    private static string? OfIssuer(JsonElement subject, string issuer) =>
        Claims.Text(subject, "iss", MaxIssuer, out var said) is ClaimState.Present && string.Equals(said, issuer, StringComparison.Ordinal)
        && Claims.Text(subject, "sub", IdentityClaims.MaxSubjectCharacters, out var sub) is ClaimState.Present
            ? sub
            : null;

    /// <summary>All of them are one subject's names: where two name two accounts here, none is meant more than the other.</summary>
    private static string? OfAliases(JsonElement subject, string issuer)
    {
        if (!subject.TryGetProperty("identifiers"u8, out var identifiers) || identifiers.ValueKind is not JsonValueKind.Array || identifiers.GetArrayLength() > MostAliases)
        {
            return null;
        }

        var names = identifiers.EnumerateArray().Where(static one => FormatOf(one) is "iss_sub").Select(one => OfIssuer(one, issuer)).OfType<string>().Distinct(StringComparer.Ordinal).Take(2).ToList();
        return names is [var name] ? name : null;
    }
}
