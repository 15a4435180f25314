using System.Text.Json;

namespace Gating.Client.Tools;

/// <summary>What a good grant says. What the tool then does must lie within it.</summary>
/// <param name="Subject">The person, as that app knows it; somebody else's <paramref name="App"/> may have another name for the same.</param>
/// <param name="App">The app's client id.</param>
/// <param name="Id">The grant's <c>jti</c>: one grant, however often it is presented.</param>
/// <param name="Units">At least 1.</param>
/// <param name="InputDigest">SHA-256 of what may go in, base64url; null where any may.</param>
/// <param name="ConsentIds">Consents of the persons depicted.</param>
/// <param name="KeyThumbprint"><c>cnf.jkt</c>: whose proof came with it; null for a bearer grant.</param>
/// <param name="AuthorizationDetails">All of <c>authorization_details</c> (RFC 9396), members that are not known here included.</param>
public sealed record VerifiedGrant(
    string Subject,
    string App,
    string Id,
    string Operation,
    int Units,
    string? InputDigest,
    IReadOnlyList<string> ConsentIds,
    DateTimeOffset IssuedAt,
    DateTimeOffset ExpiresAt,
    string? KeyThumbprint,
    JsonElement AuthorizationDetails);
