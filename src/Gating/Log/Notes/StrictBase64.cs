using System.Buffers;
using System.Buffers.Text;

namespace Gating.Log.Notes;

/// <summary>Standard base64 (RFC 4648 section 4) with padding, as the one text that its bytes have: no white space, no stray bits, so that no signed thing has a second form.</summary>
internal static class StrictBase64
{
    public static byte[]? Decode(ReadOnlySpan<byte> text)
    {
        if (text.Length % 4 != 0)
        {
            return null;
        }

        var bytes = new byte[Base64.GetMaxDecodedFromUtf8Length(text.Length)];
        if (Base64.DecodeFromUtf8(text, bytes, out var consumed, out var written) != OperationStatus.Done || consumed != text.Length)
        {
            return null;
        }

        Array.Resize(ref bytes, written);
        var again = ArrayPool<byte>.Shared.Rent(text.Length);
        var isCanonical = Base64.EncodeToUtf8(bytes, again, out _, out var length) == OperationStatus.Done && again.AsSpan(0, length).SequenceEqual(text);
        ArrayPool<byte>.Shared.Return(again);
        return isCanonical ? bytes : null;
    }
}
