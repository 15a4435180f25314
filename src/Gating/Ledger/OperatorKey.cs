using System.Security.Cryptography;

namespace Gating.Ledger;

/// <summary>
/// The operator's data key, unwrapped once at start: 32 bytes from which every other symmetric key is derived (HKDF-SHA-256, RFC 5869) under a purpose of its own.
/// </summary>
public sealed class OperatorKey
{
    public const int Size = 32;

    private readonly byte[] _key;

    public OperatorKey(ReadOnlySpan<byte> key)
    {
        if (key.Length != Size)
        {
            throw new ArgumentException($"The data key has {Size} bytes, not {key.Length}.", nameof(key));
        }

        _key = key.ToArray();
    }

    /// <summary>32 bytes for <paramref name="purpose"/>; the same salt and purpose give the same bytes.</summary>
    public byte[] Derive(ReadOnlySpan<byte> salt, ReadOnlySpan<byte> purpose)
    {
        var derived = new byte[Size];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, _key, derived, salt, purpose);
        return derived;
    }

    /// <summary>The key that seals and opens the personal data of one stream. Without the salt it cannot be had again: clearing the salt erases.</summary>
    public byte[] SealingKey(ReadOnlySpan<byte> salt) => Derive(salt, "gating/sealed/v1"u8);

    /// <summary>The key under which identities are turned into naming rows.</summary>
    public byte[] NamingKey() => Derive([], "gating/names/v1"u8);

    /// <summary>The key under which rows that change are authenticated (see RowMac.cs).</summary>
    public byte[] RowKey() => Derive([], "gating/rows/v1"u8);

    /// <summary>The key from which a stream's leaves in the log are made (see LeafKey.cs). It outlives the erasure of the stream's personal data.</summary>
    public byte[] LogKey(StreamId stream) => Derive(stream.ToBytes(), "gating/log/v1"u8);
}
