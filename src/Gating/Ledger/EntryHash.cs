namespace Gating.Ledger;

/// <summary>SHA-256 over the canonical bytes of an entry. The hash before the first entry is all zero.</summary>
public readonly struct EntryHash : IEquatable<EntryHash>
{
    public const int Size = 32;

    private readonly Bits128 _high;
    private readonly Bits128 _low;

    private EntryHash(Bits128 high, Bits128 low) => (_high, _low) = (high, low);

    /// <summary>What the first entry of a stream names as its predecessor.</summary>
    public static EntryHash Genesis => default;

    public static EntryHash FromBytes(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size)
        {
            throw new ArgumentException($"A hash has {Size} bytes, not {bytes.Length}.", nameof(bytes));
        }

        return new(Bits128.FromBytes(bytes), Bits128.FromBytes(bytes[Bits128.Size..]));
    }

    public void Write(Span<byte> destination)
    {
        _high.Write(destination);
        _low.Write(destination[Bits128.Size..]);
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
