using System.Buffers.Text;
using System.Text;

namespace Gating.Grants;

/// <summary>Writes compact JWS (RFC 7515, 3.1) of one type, ES256 under the ring's current key. Safe for concurrent use.</summary>
/// <param name="type">The header's <c>typ</c>: what keeps a token of one kind from being taken for another (RFC 8725, 3.11).</param>
public sealed class JwsSigner(SigningKeyRing keys, string type)
{
    private const int SignatureSize = 64;

    private readonly byte[] _head = Encoding.ASCII.GetBytes(
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes($$"""{"typ":"{{type}}","alg":"ES256","kid":"{{keys.Current.KeyId}}"}""")) + ".");

    /// <summary>ASCII. The signature differs each time: ECDSA is randomised.</summary>
    public byte[] Sign(ReadOnlySpan<byte> payload)
    {
        var signed = _head.Length + Base64Url.GetEncodedLength(payload.Length);
        var token = new byte[signed + 1 + Base64Url.GetEncodedLength(SignatureSize)];
        _head.CopyTo(token, 0);
        Base64Url.EncodeToUtf8(payload, token.AsSpan(_head.Length));
        Span<byte> signature = stackalloc byte[SignatureSize];
        keys.Current.Sign(token.AsSpan(0, signed), signature);
        token[signed] = (byte)'.';
        Base64Url.EncodeToUtf8(signature, token.AsSpan(signed + 1));
        return token;
    }
}
