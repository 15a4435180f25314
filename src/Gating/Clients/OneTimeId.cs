using Gating.Ledger;

namespace Gating.Clients;

/// <summary>Something that may be presented once: the <c>jti</c> of a client assertion or of a DPoP proof, with its owner.</summary>
/// <param name="Key">Names the row that a transaction inserts for it, and its place in <see cref="UsedIds"/>.</param>
/// <param name="Until">Presented at this time or later it is refused for its age, so nothing need be remembered any more.</param>
public sealed record OneTimeId(KeyHash Key, DateTimeOffset Until)
{
    public const int MaxCharacters = 128;

    internal static OneTimeId OfAssertion(string clientId, string jti, DateTimeOffset until) => new(KeyHash.Of("assertion", clientId, jti), until);

    internal static OneTimeId OfProof(string thumbprint, string jti, DateTimeOffset until) => new(KeyHash.Of("proof", thumbprint, jti), until);
}
