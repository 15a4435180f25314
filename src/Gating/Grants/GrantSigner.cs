using System.Text.Json;
using Gating.StatusLists;

namespace Gating.Grants;

/// <summary>
/// Writes grants: RFC 9068 <c>at+jwt</c>, ES256, with RFC 9396 <c>authorization_details</c> and RFC 9449 <c>cnf</c>. The claims follow from the terms alone,
/// so signing again gives the same grant under the same <c>jti</c> (the signature differs: ECDSA is randomised).
/// </summary>
public sealed class GrantSigner(SigningKeyRing keys, AppHandles handles, string issuer)
{
    private readonly JwsSigner _signer = new(keys, "at+jwt");

    /// <summary>The compact serialisation, ASCII.</summary>
    public byte[] Sign(GrantTerms terms) => _signer.Sign(JsonBytes.OfObject((terms, handles, issuer), static (json, grant) => WriteClaims(json, grant.terms, grant.handles, grant.issuer)));

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

        if (terms.Status is { } place)
        {
            // Token Status List, 6.1.
            json.WriteStartObject("status"u8);
            json.WriteStartObject("status_list"u8);
            json.WriteNumber("idx"u8, place.Index);
            json.WriteString("uri"u8, PublishedStatusLists.UriOf(issuer, place.List));
            json.WriteEndObject();
            json.WriteEndObject();
        }
    }
}
