using System.Text.Json;
using Gating.Clients;
using Gating.Identity.Jose;
using Gating.Registry;

namespace Gating.Moderators;

/// <summary>
/// Reads moderation receipts: a compact JWS of type <c>moderation-receipt+jwt</c>, signed with a registered key of the moderator that its <c>iss</c> names, for us (<c>aud</c>), with <c>iat</c>, <c>input_digest</c>, <c>verdict</c>
/// and <c>rules</c>. Pure. Whether it is fresh, and what its verdict is worth, is for the rules.
/// </summary>
/// <param name="issuer">Our issuer identifier: the only audience. A receipt that was made for somebody else's gate is none here.</param>
public sealed class ModerationReceipts(string issuer)
{
    /// <summary>Characters of the version of a moderator's rules.</summary>
    public const int MaxRules = 128;

    private const string Type = "moderation-receipt+jwt";
    private const int MaxId = 64;
    private const int DigestLength = 43;

    /// <summary>What a tool that demands moderation is shown; nothing is read for one that does not.</summary>
    public ModerationFinding Read(string? text, ModerationDemand? demand, RegistrySnapshot registry)
    {
        if (text is null || demand is null)
        {
            return ModerationFinding.None;
        }

        if (CompactJws.Parse(text, out var jws) is not null || !string.Equals(jws.Header.Type, Type, StringComparison.Ordinal) || jws.Header.Jwk is not null
            || !StrictJson.TryParseObject(jws.Payload, Claims.MaxPayloadDepth, out var document))
        {
            return new ModerationFinding.Invalid();
        }

        using (document)
        {
            return SigningAlgorithms.Parse(jws.Header.Algorithm) is { } algorithm and (SigningAlgorithm.ES256 or SigningAlgorithm.RS256 or SigningAlgorithm.PS256)
                && Read(document.RootElement) is { } receipt
                && registry.Moderators.GetValueOrDefault(receipt.Moderator) is { Status: RegistryStatus.Active } moderator
                && (demand.Moderators.IsEmpty || demand.Moderators.Contains(moderator.Id, StringComparer.Ordinal))
                && ClientKeys.Of(moderator).Find(jws.Header.KeyId, algorithm, out var key) is KeyMatch.Found && jws.IsSignedBy(key, algorithm)
                ? new ModerationFinding.Attested(receipt)
                : new ModerationFinding.Invalid();
        }
    }

    private ModerationReceipt? Read(JsonElement payload) =>
        Claims.Text(payload, "iss", MaxId, out var moderator) is ClaimState.Present
        && Claims.Audiences(payload, out var audiences) is ClaimState.Present && audiences is [var only] && string.Equals(only, issuer, StringComparison.Ordinal)
        && Claims.Time(payload, "iat", out var at) is ClaimState.Present
        && Claims.Text(payload, "input_digest", DigestLength, out var digest) is ClaimState.Present && digest.Length == DigestLength
        && Claims.Text(payload, "rules", MaxRules, out var rules) is ClaimState.Present
        && Claims.Text(payload, "verdict", MaxId, out var word) is ClaimState.Present && VerdictOf(word) is { } verdict
            ? new(moderator, digest, verdict, rules, at)
            : null;

    private static ModerationVerdict? VerdictOf(string word) => word switch
    {
        "allowed" => ModerationVerdict.Allowed,
        "flagged" => ModerationVerdict.Flagged,
        "blocked" => ModerationVerdict.Blocked,
        _ => null,
    };
}
