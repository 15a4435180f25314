using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Gating.Registry;

/// <summary>The terms on which an issuer is believed when it reports what happened to its accounts (OpenID Shared Signals Framework 1.0).</summary>
/// <param name="Transmitter">The events' <c>iss</c>, compared byte for byte: the issuer itself, unless the registry names another. No two issuers have one.</param>
/// <param name="Metadata">Where the transmitter's metadata is read, which names its keys: the issuer's own discovery, or the transmitter's SSF configuration.</param>
/// <param name="Algorithms">JWS algorithms accepted of events; asymmetric only.</param>
/// <param name="Audience">What we are called there: an <c>aud</c> without it is for somebody else.</param>
/// <param name="SecretDigests">SHA-256 of the whole value of <c>Authorization</c> that has to come with each event; two while one is being exchanged, none to ask for none.</param>
public sealed record SignalTrust(string Transmitter, Uri Metadata, FrozenSet<string> Algorithms, string Audience, ImmutableArray<ReadOnlyMemory<byte>> SecretDigests);
