using System.Security.Cryptography;
using Gating.Identity.Jose;

namespace Gating.Identity;

/// <summary>
/// Remembers that a signature verified, so that a token that is shown again costs a hash (about a microsecond) instead of a public-key operation (20 to 60). It remembers nothing else: which key has to have signed, and every
/// claim and time, is found anew each time, so that nothing here has to be forgotten when a key is withdrawn or stopped, and a signature's twin is merely another one. A new key set is new keys, even where they are the same:
/// what was remembered of the old ones serves nobody then. Positive answers only: whoever sends rubbish fills nothing. Bounded, and safe for concurrent use.
/// </summary>
/// <param name="capacity">Signatures remembered, a power of two, at some 150 bytes each; a newer one may take an older one's place before. 0: none.</param>
public sealed class VerifiedSignatures(int capacity)
{
    private readonly Seen?[] _seen = new Seen?[capacity];
    private long _hits;

    /// <summary>Signatures that were not verified again.</summary>
    public long Hits => Interlocked.Read(ref _hits);

    /// <summary>Remembers nothing: for what is shown once.</summary>
    public static VerifiedSignatures None { get; } = new(0);

    /// <summary>Of one instance: as many tokens as are in use within their minutes at some thousand grants a second, and 2.5 MB.</summary>
    public static VerifiedSignatures OfAnInstance() => new(16_384);

    /// <summary>Whether <paramref name="key"/> made the signature of <paramref name="jws"/> with <paramref name="algorithm"/>.</summary>
    public bool Verify(CompactJws jws, VerificationKey key, SigningAlgorithm algorithm)
    {
        if (_seen.Length == 0)
        {
            return jws.IsSignedBy(key, algorithm);
        }

        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        jws.HashTo(digest);
        ref var slot = ref _seen[BitConverter.ToUInt32(digest) & (uint)(_seen.Length - 1)];
        if (Volatile.Read(ref slot) is { } seen && ReferenceEquals(seen.Key, key) && seen.Algorithm == algorithm && digest.SequenceEqual(seen.Digest))
        {
            Interlocked.Increment(ref _hits);
            return true;
        }

        if (!jws.IsSignedBy(key, algorithm))
        {
            return false;
        }

        Volatile.Write(ref slot, new(key, algorithm, digest.ToArray()));
        return true;
    }

    /// <param name="Digest">SHA-256 of the text.</param>
    private sealed record Seen(VerificationKey Key, SigningAlgorithm Algorithm, byte[] Digest);
}
