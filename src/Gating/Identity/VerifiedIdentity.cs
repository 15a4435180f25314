namespace Gating.Identity;

/// <summary>What an identity token that passed every check says. Personal data: it goes into sealed parts only, never into a log line.</summary>
/// <param name="Issuer">The issuer's identifier, byte for byte as registered.</param>
/// <param name="Subject">The token's <c>sub</c>, byte for byte.</param>
/// <param name="NaturalPerson">The claim by which the registry recognises one human across accounts, where the issuer is trusted for it.</param>
/// <param name="AuthenticatedAt"><c>auth_time</c>, where the token has it.</param>
public sealed record VerifiedIdentity(
    string Issuer,
    string Subject,
    string? NaturalPerson,
    Assurance Assurance,
    DateTimeOffset? AuthenticatedAt,
    DateTimeOffset ExpiresAt)
{
    /// <summary>Thumbprint (RFC 7638) of the issuer's key that signed the token.</summary>
    public string? SignedWith { get; init; }
}
