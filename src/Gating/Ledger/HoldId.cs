namespace Gating.Ledger;

/// <summary>Names one legal hold. Whoever sets it draws it, and sends the same one again where an answer was lost; it serves once.</summary>
public readonly record struct HoldId(Bits128 Value)
{
    public const int Size = 16;

    /// <summary>A fresh id. For the edge only: a decision gets its ids as values.</summary>
    public static HoldId Create()
    {
        Span<byte> bytes = stackalloc byte[Size];
        RandomBytes.Fill(bytes);
        return FromBytes(bytes);
    }

    public static HoldId FromBytes(ReadOnlySpan<byte> bytes) => new(Bits128.FromBytes(bytes));

    public void Write(Span<byte> destination) => Value.Write(destination);

    public override string ToString() => Value.ToString();
}
