using System.Collections.Frozen;
using System.Text.Json;
using Gating.Identity.Jose;

namespace Gating.Grants;

/// <summary>
/// Reads grants that come back (RFC 9068): our own type, algorithm, keys and issuer, and nothing else. What passes was written by <see cref="GrantSigner"/>. Neither its time nor
/// its person's standing is judged here: both belong into the decision.
/// </summary>
public sealed class GrantVerifier(SigningKeyRing keys, AppHandles handles, string issuer)
{
    private const string Type = "at+jwt";
    private const int MaxDepth = 8;

    private readonly FrozenDictionary<string, VerificationKey> _keys = keys.Published.ToFrozenDictionary(
        static key => key.KeyId, static key => key.ToVerificationKey(), StringComparer.Ordinal);

    /// <summary>Null for anything that is no grant of ours.</summary>
    public PresentedGrant? Read(string token)
    {
        if (CompactJws.Parse(token, out var jws) is not null
            || !string.Equals(jws.Header.Type, Type, StringComparison.Ordinal)
            || SigningAlgorithms.Parse(jws.Header.Algorithm) is not SigningAlgorithm.ES256
            || jws.Header.KeyId is not { } id || !_keys.TryGetValue(id, out var key)
            || !jws.IsSignedBy(key, SigningAlgorithm.ES256)
            || !StrictJson.TryParseObject(jws.Payload, MaxDepth, out var document))
        {
            return null;
        }

        using (document)
        {
            return Read(document.RootElement);
        }
    }

    /// <summary>Null for anything that is no grant of ours, or another app's.</summary>
    public PresentedGrant? ReadOf(string app, string token)
    {
        var grant = Read(token);
        return string.Equals(grant?.App, app, StringComparison.Ordinal) ? grant : null;
    }

    private PresentedGrant? Read(JsonElement claims)
    {
        if (!string.Equals(claims.GetProperty("iss").GetString(), issuer, StringComparison.Ordinal)
            || claims.GetProperty("client_id").GetString() is not { } app
            || !handles.TryOpenGrant(app, claims.GetProperty("jti").GetString()!, out var grant))
        {
            return null;
        }

        var detail = claims.GetProperty("authorization_details")[0];
        return new(
            grant.Person,
            grant.Seq,
            app,
            claims.GetProperty("aud").GetString()!,
            detail.GetProperty("operation").GetString()!,
            detail.TryGetProperty("units", out var units) ? units.GetInt32() : 1,
            DateTimeOffset.FromUnixTimeSeconds(claims.GetProperty("exp").GetInt64()),
            claims.TryGetProperty("cnf", out var confirmation) ? confirmation.GetProperty("jkt").GetString() : null)
        {
            ConsentIds = detail.TryGetProperty("consent_ids", out var consents) ? [.. consents.EnumerateArray().Select(static id => id.GetString()!)] : [],
        };
    }
}
