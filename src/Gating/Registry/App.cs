using System.Collections.Frozen;
using System.Collections.Immutable;
using Gating.Usage;

namespace Gating.Registry;

/// <summary>Whether something registered may be used. A stop is immediate at the gate, a suspension is a stop that is meant to end.</summary>
public enum RegistryStatus
{
    Active = 0,
    Stopped = 1,
}

/// <summary>An OAuth client: the application of a synthetic-media platform.</summary>
/// <param name="Id">The <c>client_id</c>: 1 to 64 characters of <c>A-Z a-z 0-9 . _ -</c>.</param>
/// <param name="SecretDigests">SHA-256 of the secrets that <c>client_secret_basic</c> may present; two while one is being rotated, none to forbid it.</param>
/// <param name="Keys">Public keys (JWK) for <c>private_key_jwt</c>: ES256 or RS256/PS256 of 2048 bits or more; none to forbid it.</param>
/// <param name="Audiences">Per issuer, the client ids under which this app's users log in there: the only <c>aud</c> values that its identity tokens may carry.</param>
/// <param name="Tools">Resource URIs of the tools that the app may ask for.</param>
/// <param name="MayReleaseUnlabelled">Outputs without the label that people see, where the tool allows it too (Labelling Measures Art. 9).</param>
public sealed record App(
    string Id,
    string Name,
    RegistryStatus Status,
    ImmutableArray<ReadOnlyMemory<byte>> SecretDigests,
    ImmutableArray<ClientKey> Keys,
    FrozenDictionary<string, ImmutableArray<string>> Audiences,
    FrozenSet<string> Tools,
    bool MayReleaseUnlabelled = false)
{
    /// <summary>Limits of everybody's use through the app (<see cref="QuotaScope.App"/>).</summary>
    public ImmutableArray<Quota> Quotas { get; init; } = [];

    /// <summary>Thumbprints (RFC 7638) of keys that are stopped, this app's or anybody's.</summary>
    public FrozenSet<string> StoppedKeys { get; init; } = FrozenSet<string>.Empty;
}

/// <summary>One public key of an app, as its JWK text.</summary>
public sealed record ClientKey(string KeyId, string Algorithm, string Jwk);
