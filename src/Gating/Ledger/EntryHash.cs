using System.Runtime.InteropServices;

namespace Gating.Ledger;

/// <summary>SHA-256 over the canonical bytes of an entry. The hash before the first entry is all zero.</summary>
public readonly struct EntryHash : IEquatable<EntryHash>
{
    public const int Size = 32;

    private readonly UInt128 _high;
    private readonly UInt128 _low;

    private EntryHash(UInt128 high, UInt128 low) => (_high, _low) = (high, low);

    /// <summary>What the first entry of a stream names as its predecessor.</summary>
    public static EntryHash Genesis => default;

    public static EntryHash FromBytes(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size)
        {
            throw new ArgumentException($"A hash has {Size} bytes, not {bytes.Length}.", nameof(bytes));
        }

        return new(MemoryMarshal.Read<UInt128>(bytes), MemoryMarshal.Read<UInt128>(bytes[16..]));
    }

    public void Write(Span<byte> destination)
    {
        MemoryMarshal.Write(destination, _high);
        MemoryMarshal.Write(destination[16..], _low);
    }

    public byte[] ToBytes()
    {
        var bytes = new byte[Size];
        Write(bytes);
        return bytes;
    }

    public bool Equals(EntryHash other) => _high == other._high && _low == other._low;

    public override bool Equals(object? obj) => obj is EntryHash other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(_high, _low);

    public override string ToString() => Convert.ToHexStringLower(ToBytes());

    public static bool operator ==(EntryHash left, EntryHash right) => left.Equals(right);

    public static bool operator !=(EntryHash left, EntryHash right) => !left.Equals(right);
}
