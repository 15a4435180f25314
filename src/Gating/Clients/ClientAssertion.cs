using System.Collections.Frozen;
using System.Text.Json;
using Gating.Identity.Jose;
using Gating.Registry;

namespace Gating.Clients;

/// <summary>
/// <c>private_key_jwt</c> (RFC 7523 section 3 as narrowed by its 2026 update: our issuer identifier is the only audience). Presentable from
/// 10 s before its <c>iat</c> until its <c>exp</c>, at most 60 s apart.
/// </summary>
/// <param name="KeyThumbprint">Of the key that signed it.</param>
public readonly record struct ClientAssertion(App App, OneTimeId Id, string KeyThumbprint)
{
    public const string Type = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    private const int MaxClientIdCharacters = 64;

    internal static ClientRefusal? Check(
        string text, string issuer, FrozenDictionary<string, App> apps, DateTimeOffset now, out ClientAssertion assertion)
    {
        assertion = default;
        if (CompactJws.Parse(text, out var jws) is { } fault)
        {
            return Refusal(fault);
        }

        if (!StrictJson.TryParseObject(jws.Payload, Claims.MaxPayloadDepth, out var document))
        {
            return ClientRefusal.AssertionMalformed;
        }

        using (document)
        {
            var payload = document.RootElement;
            if (CheckHeader(jws.Header, out var algorithm) is { } wrongHeader)
            {
                return wrongHeader;
            }

            if (FindApp(payload, apps, out var app) is { } noApp)
            {
                return noApp;
            }

            if (CheckClaims(payload, issuer, app, now, out var id) is { } wrongClaim)
            {
                return wrongClaim;
            }

            var refusal = CheckSignature(jws, app, algorithm, out var thumbprint);
            assertion = new ClientAssertion(app, id, thumbprint);
            return refusal;
        }
    }

    private static ClientRefusal? CheckHeader(JwsHeader header, out SigningAlgorithm algorithm)
    {
        var parsed = SigningAlgorithms.Parse(header.Algorithm);
        algorithm = parsed.GetValueOrDefault();
        if (parsed is not (SigningAlgorithm.ES256 or SigningAlgorithm.RS256 or SigningAlgorithm.PS256))
        {
            return ClientRefusal.AlgorithmNotAllowed;
        }

        if (header.Jwk is not null)
        {
            return ClientRefusal.BringsOwnKey;
        }

        return header.Type.Length == 0
            || header.Type.Equals("JWT", StringComparison.OrdinalIgnoreCase)
            || header.Type.Equals("client-authentication+jwt", StringComparison.OrdinalIgnoreCase)
                ? null
                : ClientRefusal.WrongType;
    }

    private static ClientRefusal? FindApp(JsonElement payload, FrozenDictionary<string, App> apps, out App app)
    {
        app = null!;
        if (Refusal(Claims.Text(payload, "iss", MaxClientIdCharacters, out var issuer)) is { } noIssuer)
        {
            return noIssuer;
        }

        if (Refusal(Claims.Text(payload, "sub", MaxClientIdCharacters, out var subject)) is { } noSubject)
        {
            return noSubject;
        }

        if (!string.Equals(issuer, subject, StringComparison.Ordinal))
        {
            return ClientRefusal.SubjectMismatch;
        }

        return apps.TryGetValue(subject, out app!) && string.Equals(app.Id, subject, StringComparison.Ordinal) ? null : ClientRefusal.UnknownClient;
    }

    private static ClientRefusal? CheckClaims(JsonElement payload, string issuer, App app, DateTimeOffset now, out OneTimeId id)
    {
        id = null!;
        if (Refusal(Claims.Audiences(payload, out var audiences)) is { } noAudience)
        {
            return noAudience;
        }

        if (audiences.Count != 1 || !string.Equals(audiences[0], issuer, StringComparison.Ordinal))
        {
            return ClientRefusal.WrongAudience;
        }

        if (CheckTimes(payload, now, out var expiresAt) is { } wrongTime)
        {
            return wrongTime;
        }

        var refusal = Refusal(Claims.Text(payload, "jti", OneTimeId.MaxCharacters, out var jti));
        id = OneTimeId.OfAssertion(app.Id, jti, expiresAt);
        return refusal;
    }

    private static ClientRefusal? CheckTimes(JsonElement payload, DateTimeOffset now, out DateTimeOffset expiresAt)
    {
        var issue = Claims.Time(payload, "iat", out var issuedAt);
        if ((Refusal(Claims.Time(payload, "exp", out expiresAt)) ?? Refusal(issue)) is { } absent)
        {
            return absent;
        }

        if (Claims.Time(payload, "nbf", out var notBefore) == ClaimState.Invalid || expiresAt <= issuedAt)
        {
            return ClientRefusal.InvalidClaim;
        }

        var latest = now + ClientTimes.Ahead;
        return now switch
        {
            _ when expiresAt <= now => ClientRefusal.Expired,
            _ when issuedAt > latest || notBefore > latest => ClientRefusal.NotYetValid,
            _ when expiresAt - issuedAt > ClientTimes.MaxLife => ClientRefusal.LifetimeTooLong,
            _ => null,
        };
    }

    private static ClientRefusal? CheckSignature(CompactJws jws, App app, SigningAlgorithm algorithm, out string thumbprint)
    {
        var match = ClientKeys.Of(app).Find(jws.Header.KeyId, algorithm, out var key);
        thumbprint = match is KeyMatch.Found ? key.Thumbprint : "";
        return match switch
        {
            KeyMatch.Unknown => ClientRefusal.UnknownKey,
            KeyMatch.Unfit => ClientRefusal.UnfitKey,
            KeyMatch.Ambiguous => ClientRefusal.AmbiguousKey,
            KeyMatch.Found => jws.IsSignedBy(key, algorithm) ? null : ClientRefusal.BadSignature,
        };
    }

    private static ClientRefusal? Refusal(ClaimState state) => state switch
    {
        ClaimState.Absent => ClientRefusal.MissingClaim,
        ClaimState.Invalid => ClientRefusal.InvalidClaim,
        ClaimState.Present => null,
    };

    private static ClientRefusal Refusal(JwsFault fault) => fault switch
    {
        JwsFault.TooLarge => ClientRefusal.AssertionTooLarge,
        JwsFault.Malformed => ClientRefusal.AssertionMalformed,
        JwsFault.ExtensionNotSupported => ClientRefusal.ExtensionNotSupported,
        JwsFault.BringsOwnKey => ClientRefusal.BringsOwnKey,
    };
}
