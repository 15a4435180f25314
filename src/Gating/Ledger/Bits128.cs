using System.Buffers.Binary;
using System.Globalization;

namespace Gating.Ledger;

/// <summary>
/// 128 bits that name something. Two halves, since code that holds a <see cref="UInt128"/> is not compiled ahead of time (its calling convention is not settled; crossgen2 leaves it to the JIT), and what names a stream or an
/// entry is held by most of what a first grant waits for.
/// </summary>
public readonly record struct Bits128(ulong High, ulong Low) : IComparable<Bits128>
{
    public const int Size = 16;

    /// <param name="bytes">16 or more; big-endian.</param>
    public static Bits128 FromBytes(ReadOnlySpan<byte> bytes) => new(BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]));

    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, High);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], Low);
    }

    /// <summary>The order of their digits.</summary>
    public int CompareTo(Bits128 other) => High.CompareTo(other.High) is not 0 and var high ? high : Low.CompareTo(other.Low);

    /// <summary>32 lower-case hex digits.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{High:x16}{Low:x16}");

    public static bool operator <(Bits128 left, Bits128 right) => left.CompareTo(right) < 0;

    public static bool operator >(Bits128 left, Bits128 right) => left.CompareTo(right) > 0;

    public static bool operator <=(Bits128 left, Bits128 right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Bits128 left, Bits128 right) => left.CompareTo(right) >= 0;
}
