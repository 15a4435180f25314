using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Gating.Ledger;

/// <summary>
/// The name of a short-lived row: 128 bits of SHA-256 over what may be used once (an idempotency key, the <c>jti</c> of a proof or an
/// assertion) with its kind and its owner. Parts are length-prefixed, so no two lists of parts collide by concatenation.
/// </summary>
public readonly record struct KeyHash(Bits128 Value)
{
    public const int Size = 16;

    public static KeyHash Of(string kind, params ReadOnlySpan<string> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, kind);
        foreach (var part in parts)
        {
            Append(hash, part);
        }

        Span<byte> digest = stackalloc byte[32];
        hash.GetHashAndReset(digest);
        return FromBytes(digest[..Size]);
    }

    public static KeyHash FromBytes(ReadOnlySpan<byte> bytes) => new(Bits128.FromBytes(bytes));

    public void Write(Span<byte> destination) => Value.Write(destination);

    public override string ToString() => Value.ToString();

    private static void Append(IncrementalHash hash, string part)
    {
        var bytes = Encoding.UTF8.GetBytes(part);
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length);
        hash.AppendData(length);
        hash.AppendData(bytes);
    }
}
