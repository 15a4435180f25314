namespace Gating.Ledger;

/// <summary>Names one attempt to change a stream. It is stored in the entry, so that a writer whose answer was lost can recognise its own write.</summary>
public readonly record struct OperationId(Bits128 Value)
{
    public const int Size = 16;

    /// <summary>A fresh id. For the edge only: a decision gets its ids as values.</summary>
    public static OperationId Create()
    {
        Span<byte> bytes = stackalloc byte[Size];
        RandomBytes.Fill(bytes);
        return FromBytes(bytes);
    }

    public static OperationId FromBytes(ReadOnlySpan<byte> bytes) => new(Bits128.FromBytes(bytes));

    /// <summary>Reads the 32 hex digits that <see cref="ToString"/> writes; <see cref="FormatException"/> for anything else.</summary>
    public static OperationId Parse(string text) =>
        text.Length == 2 * Size ? FromBytes(Convert.FromHexString(text)) : throw new FormatException($"An operation id has {2 * Size} hex digits, not {text.Length}.");

    public void Write(Span<byte> destination) => Value.Write(destination);

    public byte[] ToBytes()
    {
        var bytes = new byte[Size];
        Write(bytes);
        return bytes;
    }

    public override string ToString() => Value.ToString();
}
