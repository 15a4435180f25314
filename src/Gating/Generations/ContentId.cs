using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Gating.Generations;

/// <summary>
/// The number of one output: <c>ProduceID</c> of its label, name of its blob. 26 characters of Crockford's base 32: 48 bits of milliseconds, so that they sort by time, then 80 random
/// bits, so that nobody finds one by trying. It says when the generation began and nothing else; it may stand in a label, a URL and a key.
/// </summary>
public readonly record struct ContentId
{
    public const int Length = 26;

    private const int Size = 16;
    internal const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    private static readonly SearchValues<char> Characters = SearchValues.Create(Alphabet);

    private ContentId(string text) => Text = text;

    public string Text { get; }

    /// <summary>A fresh one. For the edge only: a decision gets its ids as values.</summary>
    public static ContentId Create(DateTimeOffset now)
    {
        Span<byte> bytes = stackalloc byte[Size];
        RandomBytes.Fill(bytes);
        return Of(now, bytes[6..]);
    }

    /// <summary>Reads what <see cref="ToString"/> writes, and nothing else.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out ContentId id)
    {
        // 26 characters hold 130 bits: the first one stands for the upper three only.
        var isOne = text is { Length: Length } && text[0] <= '7' && !text.AsSpan().ContainsAnyExcept(Characters);
        id = isOne ? new(text!) : default;
        return isOne;
    }

    public override string ToString() => Text;

    internal static ContentId Of(DateTimeOffset now, ReadOnlySpan<byte> random)
    {
        Span<byte> bytes = stackalloc byte[Size];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, (ulong)now.ToUnixTimeMilliseconds() << 16);
        random.CopyTo(bytes[6..]);
        return new(string.Create(Length, BinaryPrimitives.ReadUInt128BigEndian(bytes), static (text, value) =>
        {
            for (var i = Length - 1; i >= 0; i--, value >>= 5)
            {
                text[i] = Alphabet[(int)(value & 31)];
            }
        }));
    }
}
