using Gating.Ledger;
using Gating.StatusLists;

namespace Gating.Grants;

/// <summary>Everything a grant says, as its entry records it: enough to sign the same grant again.</summary>
/// <param name="Details">The granted <c>authorization_details</c> object (RFC 9396), canonical JSON.</param>
/// <param name="KeyThumbprint"><c>cnf.jkt</c> (RFC 9449), null for a bearer grant.</param>
/// <param name="Status">Where its status is published; null for one that was made before there were lists.</param>
public sealed record GrantTerms(
    StreamId Person,
    long Seq,
    string App,
    string Resource,
    DateTimeOffset IssuedAt,
    DateTimeOffset ExpiresAt,
    ReadOnlyMemory<byte> Details,
    string? KeyThumbprint,
    StatusPlace? Status = null);
