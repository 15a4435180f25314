using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace Gating.Grants;

/// <summary>
/// Writes grants: RFC 9068 <c>at+jwt</c>, ES256, with RFC 9396 <c>authorization_details</c> and RFC 9449 <c>cnf</c>. The claims follow from the terms alone,
/// so signing again gives the same grant under the same <c>jti</c> (the signature differs: ECDSA is randomised).
/// </summary>
public sealed class GrantSigner(SigningKeyRing keys, AppHandles handles, string issuer)
{
    private const int SignatureSize = 64;

    private readonly byte[] _head = Encoding.ASCII.GetBytes(
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes($$"""{"typ":"at+jwt","alg":"ES256","kid":"{{keys.Current.KeyId}}"}""")) + ".");

    /// <summary>The compact serialisation, ASCII.</summary>
    public byte[] Sign(GrantTerms terms)
    {
        var payload = JsonBytes.OfObject((terms, handles, issuer), static (json, grant) => WriteClaims(json, grant.terms, grant.handles, grant.issuer));
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

    /// <summary>What a grant says, and an introspection of it.</summary>
    public static void WriteClaims(Utf8JsonWriter json, GrantTerms terms, AppHandles handles, string issuer)
    {
        json.WriteString("iss"u8, issuer);
        json.WriteString("aud"u8, terms.Resource);
        json.WriteString("sub"u8, handles.OfPerson(terms.App, terms.Person));
        json.WriteString("client_id"u8, terms.App);
        json.WriteString("jti"u8, handles.OfGrant(terms.App, terms.Person, terms.Seq));
        json.WriteNumber("iat"u8, terms.IssuedAt.ToUnixTimeSeconds());
        json.WriteNumber("exp"u8, terms.ExpiresAt.ToUnixTimeSeconds());
        json.WriteStartArray("authorization_details"u8);
        json.WriteRawValue(terms.Details.Span, skipInputValidation: true);
        json.WriteEndArray();
        if (terms.KeyThumbprint is not null)
        {
            json.WriteStartObject("cnf"u8);
            json.WriteString("jkt"u8, terms.KeyThumbprint);
            json.WriteEndObject();
        }
    }
}
