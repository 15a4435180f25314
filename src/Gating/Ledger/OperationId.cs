using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;

namespace Gating.Ledger;

/// <summary>Names one attempt to change a stream. It is stored in the entry, so that a writer whose answer was lost can recognise its own write.</summary>
public readonly record struct OperationId(UInt128 Value)
{
    public const int Size = 16;

    /// <summary>A fresh id. For the edge only: a decision gets its ids as values.</summary>
    public static OperationId Create()
    {
        Span<byte> bytes = stackalloc byte[Size];
        RandomBytes.Fill(bytes);
        return FromBytes(bytes);
    }

    public static OperationId FromBytes(ReadOnlySpan<byte> bytes) => new(BinaryPrimitives.ReadUInt128BigEndian(bytes));

    public void Write(Span<byte> destination) => BinaryPrimitives.WriteUInt128BigEndian(destination, Value);

    public byte[] ToBytes()
    {
        var bytes = new byte[Size];
        Write(bytes);
        return bytes;
    }

    public override string ToString() => Value.ToString("x32", CultureInfo.InvariantCulture);
}
