using System.Buffers;

namespace Gating.Ledger;

/// <summary>The random name of one ledger: of a person, an app, a regulator or the operator. 128 bits; says nothing about whom it names.</summary>
public readonly record struct StreamId(Bits128 Value)
{
    /// <summary>Bytes of the canonical form.</summary>
    public const int Size = 16;

    private static readonly SearchValues<char> LowerHex = SearchValues.Create("0123456789abcdef");

    /// <summary>A fresh id. For the edge only: a decision gets its ids as values.</summary>
    public static StreamId Create()
    {
        Span<byte> bytes = stackalloc byte[Size];
        RandomBytes.Fill(bytes);
        return FromBytes(bytes);
    }

    public static StreamId FromBytes(ReadOnlySpan<byte> bytes) => new(Bits128.FromBytes(bytes));

    /// <summary>Reads the 32 lower-case hex digits that <see cref="ToString"/> writes, and nothing else.</summary>
    public static bool TryParse(string? text, out StreamId id)
    {
        id = default;
        if (text is not { Length: 2 * Size } || text.AsSpan().ContainsAnyExcept(LowerHex))
        {
            return false;
        }

        id = FromBytes(Convert.FromHexString(text));
        return true;
    }

    public void Write(Span<byte> destination) => Value.Write(destination);

    public byte[] ToBytes()
    {
        var bytes = new byte[Size];
        Write(bytes);
        return bytes;
    }

    public override string ToString() => Value.ToString();
}
