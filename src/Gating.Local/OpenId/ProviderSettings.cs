using System.Text.Json.Serialization;

namespace Gating.Local.OpenId;

/// <summary>The first line that provider.mjs reads.</summary>
internal sealed record ProviderSettings(
    int Port, string? KeysFile, int IdTokenSeconds, string PersonClaim, IReadOnlyList<OpenIdClient> Clients, IReadOnlyList<ProviderPerson> Persons)
{
    public static ProviderSettings From(OpenIdProviderOptions options, DateTimeOffset now) => new(
        options.Port,
        options.KeysFile is { } file ? Path.GetFullPath(file) : null,
        (int)options.TokenLifetime.TotalSeconds,
        OpenIdProviderOptions.PersonClaim,
        options.Clients,
        [.. options.Persons.Select(person => ProviderPerson.From(person, now))]);
}

internal sealed record ProviderPerson(string Name, string About, string Subject, ProviderClaims Claims)
{
    public static ProviderPerson From(DemoPerson person, DateTimeOffset now) =>
        new(person.Name, person.About, person.Subject, new(person.Proof is { } proof ? VerifiedClaims.From(person, proof, now) : null, person.NaturalPerson));
}

internal sealed record ProviderClaims(
    [property: JsonPropertyName("verified_claims")] VerifiedClaims? VerifiedClaims,
    [property: JsonPropertyName(OpenIdProviderOptions.PersonClaim)] string? NaturalPerson);

/// <summary>OpenID Connect for Identity Assurance 1.0, section 5: what was verified, and how.</summary>
internal sealed record VerifiedClaims(Verification Verification, IReadOnlyDictionary<string, string> Claims)
{
    public static VerifiedClaims From(DemoPerson person, DemoProof proof, DateTimeOffset now) => new(
        new(proof.TrustFramework, proof.Level, (now - proof.Age).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture)),
        new Dictionary<string, string>(StringComparer.Ordinal) { ["given_name"] = person.Name });
}

internal sealed record Verification(
    [property: JsonPropertyName("trust_framework")] string TrustFramework,
    [property: JsonPropertyName("assurance_level")] string AssuranceLevel,
    string Time);

internal sealed record RotateCommand(string Command, bool Retire, bool SameIds);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ProviderSettings))]
[JsonSerializable(typeof(RotateCommand))]
internal sealed partial class ProviderJson : JsonSerializerContext;
