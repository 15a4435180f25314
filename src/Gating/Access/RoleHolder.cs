using System.Text.Json;

namespace Gating.Access;

/// <summary>Who somebody with a role is, as the issuer that is trusted for roles says. Personal: it stands only in sealed parts.</summary>
/// <param name="Person">The natural-person claim, where the issuer is trusted for it.</param>
public sealed record Official(string Issuer, string Subject, string? Person)
{
    /// <summary>One human cannot be two pairs of eyes: the same account, or two accounts of which the issuers say that they are one human's.</summary>
    public bool IsSameHumanAs(Official other) =>
        (string.Equals(Issuer, other.Issuer, StringComparison.Ordinal) && string.Equals(Subject, other.Subject, StringComparison.Ordinal))
        || (Person is not null && string.Equals(Person, other.Person, StringComparison.Ordinal));

    internal void Write(Utf8JsonWriter json, string member)
    {
        json.WriteStartObject(member);
        json.WriteString("iss"u8, Issuer);
        json.WriteString("sub"u8, Subject);
        if (Person is not null)
        {
            json.WriteString("person"u8, Person);
        }

        json.WriteEndObject();
    }

    internal static Official Read(JsonElement json) => new(
        json.GetProperty("iss").GetString()!, json.GetProperty("sub").GetString()!, json.TryGetProperty("person", out var person) ? person.GetString() : null);
}

/// <summary>Somebody who holds a role, by a token that passed every check.</summary>
/// <param name="IsStrong">Authenticated strongly and recently, as the registry's terms for the issuer say.</param>
public sealed record RoleHolder(Official Who, bool IsAdmin, bool IsRegulator, bool IsStrong, RoleHolder.StepUp Stronger)
{
    /// <summary>What to ask the issuer for where strong authentication is missing (RFC 9470, section 3).</summary>
    /// <param name="AcrValues">Space-separated; empty where the registry names none.</param>
    public sealed record StepUp(string AcrValues, TimeSpan MaxAge);
}
