using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Gating.Identity.Jose;
using Microsoft.Extensions.Primitives;

namespace Gating.Clients;

/// <summary>What a proof must be about.</summary>
/// <param name="Target">The address of the endpoint as clients know it, from configuration: behind a proxy the request's own host is hearsay.</param>
/// <param name="AccessToken">The token it accompanies, which <c>ath</c> must then name; null at the token endpoint.</param>
/// <param name="Nonces">Those that are good now; empty where none is asked for.</param>
public readonly record struct DpopDemand(string Method, Uri Target, string? AccessToken, IReadOnlyList<string> Nonces);

/// <summary>
/// Proof of possession (RFC 9449 section 4.3): decided on values alone. ES256 only. Presentable from 10 s before its <c>iat</c> until 60 s after.
/// That it was not presented before is the caller's to establish, with the id in the answer.
/// </summary>
public static class DpopProof
{
    public const string Type = "dpop+jwt";
    private const int MaxTextCharacters = 2048;

    public static DpopOutcome Check(StringValues header, in DpopDemand demand, DateTimeOffset now)
    {
        if (header.Count != 1)
        {
            return Refuse(header.Count == 0 ? DpopRefusal.Missing : DpopRefusal.Repeated);
        }

        if (CompactJws.Parse(header.ToString(), out var jws) is { } fault)
        {
            return Refuse(Refusal(fault));
        }

        if (CheckHeader(jws.Header, out var jwk) is { } wrongHeader)
        {
            return Refuse(wrongHeader);
        }

        if (!StrictJson.TryParseObject(jws.Payload, Claims.MaxPayloadDepth, out var document))
        {
            return Refuse(DpopRefusal.Malformed);
        }

        using (document)
        {
            if (CheckClaims(document.RootElement, demand, now, out var jti, out var issuedAt) is { } wrongClaim)
            {
                return Refuse(wrongClaim);
            }

            if (CheckSignature(jws, jwk, out var thumbprint) is { } unsigned)
            {
                return Refuse(unsigned);
            }

            return new DpopOutcome.Proven(thumbprint, OneTimeId.OfProof(thumbprint, jti, issuedAt + ClientTimes.MaxLife));
        }
    }

    private static DpopRefusal? CheckHeader(JwsHeader header, out JsonElement jwk)
    {
        jwk = header.Jwk.GetValueOrDefault();
        if (!header.Type.Equals(Type, StringComparison.OrdinalIgnoreCase))
        {
            return DpopRefusal.WrongType;
        }

        if (SigningAlgorithms.Parse(header.Algorithm) is not SigningAlgorithm.ES256)
        {
            return DpopRefusal.AlgorithmNotAllowed;
        }

        return header.Jwk is null ? DpopRefusal.KeyMissing : null;
    }

    private static DpopRefusal? CheckClaims(JsonElement payload, in DpopDemand demand, DateTimeOffset now, out string jti, out DateTimeOffset issuedAt)
    {
        var named = Claims.Text(payload, "jti", OneTimeId.MaxCharacters, out jti);
        var dated = Claims.Time(payload, "iat", out issuedAt);
        var bound = Claims.Text(payload, "htm", MaxTextCharacters, out var method);
        var aimed = Claims.Text(payload, "htu", MaxTextCharacters, out var target);
        if ((Refusal(named) ?? Refusal(dated) ?? Refusal(bound) ?? Refusal(aimed)) is { } missing)
        {
            return missing;
        }

        return now switch
        {
            _ when !string.Equals(method, demand.Method, StringComparison.Ordinal) => DpopRefusal.WrongMethod,
            _ when !DpopTarget.Matches(target, demand.Target) => DpopRefusal.WrongTarget,
            _ when now - issuedAt >= ClientTimes.MaxLife => DpopRefusal.TooOld,
            _ when issuedAt - now > ClientTimes.Ahead => DpopRefusal.NotYetValid,
            _ => CheckToken(payload, demand.AccessToken) ?? CheckNonce(payload, demand.Nonces),
        };
    }

    private static DpopRefusal? CheckToken(JsonElement payload, string? accessToken)
    {
        if (accessToken is null)
        {
            return null;
        }

        if (Refusal(Claims.Text(payload, "ath", MaxTextCharacters, out var hash)) is { } missing)
        {
            return missing;
        }

        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(accessToken), digest);
        return string.Equals(hash, Base64Url.EncodeToString(digest), StringComparison.Ordinal) ? null : DpopRefusal.WrongToken;
    }

    private static DpopRefusal? CheckNonce(JsonElement payload, IReadOnlyList<string> nonces)
    {
        if (nonces.Count == 0)
        {
            return null;
        }

        return Claims.Text(payload, "nonce", MaxTextCharacters, out var nonce) == ClaimState.Present && nonces.Contains(nonce, StringComparer.Ordinal)
            ? null
            : DpopRefusal.NonceWanted;
    }

    private static DpopRefusal? CheckSignature(CompactJws jws, JsonElement jwk, out string thumbprint)
    {
        thumbprint = "";
        if (DpopKeys.Read(jwk, out var key) is { } unfit)
        {
            return unfit;
        }

        if (!jws.IsSignedBy(key.Key, SigningAlgorithm.ES256))
        {
            return DpopRefusal.BadSignature;
        }

        DpopKeys.Remember(key);
        thumbprint = key.Thumbprint;
        return null;
    }

    private static DpopRefusal? Refusal(ClaimState state) => state switch
    {
        ClaimState.Absent => DpopRefusal.MissingClaim,
        ClaimState.Invalid => DpopRefusal.InvalidClaim,
        ClaimState.Present => null,
    };

    private static DpopRefusal Refusal(JwsFault fault) => fault switch
    {
        JwsFault.TooLarge => DpopRefusal.TooLarge,
        JwsFault.Malformed => DpopRefusal.Malformed,
        JwsFault.ExtensionNotSupported => DpopRefusal.ExtensionNotSupported,
        JwsFault.BringsOwnKey => DpopRefusal.PointsToKey,
    };

    private static DpopOutcome.Refused Refuse(DpopRefusal reason) => new(reason);
}
