using System.Security.Cryptography;

namespace Gating.Ledger;

/// <summary>What is authenticated; part of the bytes, so that one can never stand for another.</summary>
public enum RowMacKind
{
    /// <summary>A head, in its stream's place.</summary>
    Head = 1,

    /// <summary>The state of the log.</summary>
    LogState = 2,

    /// <summary>The stream's id under a name, in the name's place.</summary>
    Name = 3,

    /// <summary>A row of the registry, which says by itself what it is of.</summary>
    RegistryRow = 4,

    /// <summary>The registry's stamp, with the digest of all rows that it stands for.</summary>
    RegistryStamp = 5,
}

/// <summary>
/// Authenticates stored bytes that no entry of a ledger and no signature vouches for: HMAC-SHA-256 (RFC 2104) over <c>kind(1) ‖ place ‖ bytes</c> under a key of its own from the operator's data
/// key, cut to 128 bits (RFC 2104, section 5). Who can write to storage and has no data key can neither give back what was used up, nor lift what was stopped, nor lead a name to another stream, nor register anything. It does
/// not tell an older state from the newest: what was set back contradicts its entries and the log. Safe for concurrent use.
/// </summary>
public sealed class RowMac(OperatorKey key)
{
    public const int Size = 16;

    private readonly MacKey _key = new(key.RowKey());

    /// <param name="place">Where the bytes stand, of a length that is fixed for the kind.</param>
    public byte[] Of(RowMacKind kind, ReadOnlySpan<byte> place, ReadOnlySpan<byte> bytes)
    {
        Span<byte> whole = stackalloc byte[HMACSHA256.HashSizeInBytes];
        Compute(kind, place, bytes, whole);
        return whole[..Size].ToArray();
    }

    /// <summary>Whether <paramref name="mac"/> is of these bytes in this place; in constant time.</summary>
    public bool Holds(RowMacKind kind, ReadOnlySpan<byte> place, ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> mac)
    {
        Span<byte> whole = stackalloc byte[HMACSHA256.HashSizeInBytes];
        Compute(kind, place, bytes, whole);
        return CryptographicOperations.FixedTimeEquals(whole[..Size], mac);
    }

    private void Compute(RowMacKind kind, ReadOnlySpan<byte> place, ReadOnlySpan<byte> bytes, Span<byte> mac) => _key.Compute(mac, [(byte)kind], place, bytes);
}
