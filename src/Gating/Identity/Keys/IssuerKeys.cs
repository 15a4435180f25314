using System.Collections.Concurrent;
using Gating.Identity.Jose;
using Gating.Registry;
using Microsoft.Extensions.Logging;

namespace Gating.Identity.Keys;

public enum KeyStatus
{
    Found = 1,

    /// <summary>The provider was asked recently enough and does not publish such a key.</summary>
    Unknown = 2,
    Unfit = 3,
    Ambiguous = 4,

    /// <summary>It cannot be known: nothing (young enough) is cached, or the id is new, and the provider does not answer. Neither yes nor no.</summary>
    Unavailable = 5,
}

/// <param name="Key">Set when and only when <paramref name="Status"/> is <see cref="KeyStatus.Found"/>.</param>
public readonly record struct KeyAnswer(KeyStatus Status, VerificationKey? Key);

/// <summary>
/// The public keys of the trusted issuers, each issuer's apart from every other's: cached as immutable sets that are swapped whole, refreshed
/// ahead of need when used (no timer: an idle gate asks nobody), fetched by one request at a time however many wait, and kept to a stated age
/// when the provider fails. Safe for concurrent use.
/// </summary>
public sealed class IssuerKeys(IssuerKeysOptions options, TimeProvider time, ILogger<IssuerKeys> logger) : IDisposable
{
    private readonly ProviderDocuments documents = new(options, time);
    private readonly ConcurrentDictionary<string, IssuerKeyCache> caches = new(StringComparer.Ordinal);

    /// <summary>
    /// The key of <paramref name="issuer"/> that must have signed a token with this header. Completes synchronously while the cached keys answer.
    /// <paramref name="cancellation"/> ends the waiting, not the fetch that others may be waiting for.
    /// </summary>
    public ValueTask<KeyAnswer> FindAsync(Issuer issuer, string? keyId, SigningAlgorithm algorithm, CancellationToken cancellation) =>
        CacheOf(issuer).FindAsync(keyId, algorithm, cancellation);

    /// <summary>
    /// After <paramref name="disproved"/> did not verify a signature: a provider may have put another key under the same id. Asks it again, no more
    /// often than the floor allows, and returns the key that stands there now; null if it is still the same or nobody knows.
    /// </summary>
    public ValueTask<VerificationKey?> FindReplacementAsync(
        Issuer issuer, VerificationKey disproved, SigningAlgorithm algorithm, CancellationToken cancellation) =>
        CacheOf(issuer).FindReplacementAsync(disproved, algorithm, cancellation);

    /// <summary>Fetches the keys of <paramref name="issuer"/> if none are cached, so that the first person does not wait; a failure is logged and left to the first use.</summary>
    public Task WarmAsync(Issuer issuer, CancellationToken cancellation) => CacheOf(issuer).WarmAsync(cancellation);

    public void Dispose() => documents.Dispose();

    // As many caches as issuers were ever registered while this process ran. A changed discovery address starts with no keys of the old one.
    private IssuerKeyCache CacheOf(Issuer issuer)
    {
        if (caches.TryGetValue(issuer.Id, out var cache) && cache.Discovery.Equals(issuer.Discovery))
        {
            return cache;
        }

        return caches.AddOrUpdate(
            issuer.Id,
            _ => new IssuerKeyCache(issuer.Id, issuer.Discovery, documents, options, time, logger),
            (_, current) => current.Discovery.Equals(issuer.Discovery)
                ? current
                : new IssuerKeyCache(issuer.Id, issuer.Discovery, documents, options, time, logger));
    }
}
