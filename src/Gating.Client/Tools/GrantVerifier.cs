using System.Text.Json;
using Gating.Client.Jose;

namespace Gating.Client.Tools;

/// <summary>
/// Verifies grants for one tool without asking about them: RFC 9068, 4 as narrowed by RFC 8725, DPoP (RFC 9449, 7.1), and the grant's place on its status list. Reads only the gate's keys and lists, which are public, and keeps them
/// for a while. Closed where it cannot know. Safe for concurrent use; one for the life of the process.
/// </summary>
public sealed class GrantVerifier
{
    /// <summary>Proofs within a minute; some 10 MB.</summary>
    private const int RememberedProofs = 100_000;

    private readonly GrantVerifierOptions _options;
    private readonly TimeProvider _time;
    private readonly GateKeys _keys;
    private readonly StatusLists _lists;
    private readonly ProofMemory _proofs;

    /// <summary>Throws <see cref="ArgumentException"/> where the options are wrong; asks nothing.</summary>
    /// <param name="http">The caller's, which should follow no redirects: what they lead to is not believed.</param>
    public GrantVerifier(HttpClient http, GrantVerifierOptions options, TimeProvider time)
    {
        if (options.Problem() is { } problem)
        {
            throw new ArgumentException(problem, nameof(options));
        }

        (_options, _time) = (options, time);
        var fetch = new BoundedFetch(http, options.FetchTimeout, time);
        _keys = new(fetch, options.Issuer, time);
        _lists = new(fetch, _keys, options, time);
        _proofs = new(RememberedProofs, DpopCheck.MaxAge + DpopCheck.Ahead, time);
    }

    /// <summary>Throws for cancellation alone. A proof is used up only where the grant is <see cref="GrantOutcome.Valid"/>.</summary>
    public async ValueTask<GrantOutcome> VerifyAsync(PresentedGrant presented, CancellationToken cancellation)
    {
        if (CompactToken.Parse(presented.Token) is not { } token)
        {
            return Invalid(GrantFault.Malformed);
        }

        if (await CheckSignatureAsync(token, cancellation) is { } unsigned)
        {
            return unsigned;
        }

        if (ReadClaims(token.Payload, out var grant, out var status) is { } fault)
        {
            return Invalid(fault);
        }

        if (CheckBinding(presented, grant.KeyThumbprint, out var jti) is { } unproven)
        {
            return Invalid(unproven);
        }

        if (await _lists.CheckAsync(status.Uri, status.Index, cancellation) is { } notGood)
        {
            return notGood;
        }

        return (grant.KeyThumbprint is { } thumbprint ? _proofs.Use(thumbprint, jti) : true) switch
        {
            true => new GrantOutcome.Valid(grant),
            false => Invalid(GrantFault.ProofReplayed),
            null => new GrantOutcome.Unavailable(GrantDoubt.TooManyProofs),
        };
    }

    /// <summary>Type and algorithm before any key is looked for: neither is the sender's to choose.</summary>
    private async ValueTask<GrantOutcome?> CheckSignatureAsync(CompactToken token, CancellationToken cancellation)
    {
        if (token.Type is not "at+jwt")
        {
            return Invalid(GrantFault.WrongType);
        }

        if (token.Algorithm is not "ES256")
        {
            return Invalid(GrantFault.AlgorithmNotAllowed);
        }

        if (token.KeyId is not { } id)
        {
            return Invalid(GrantFault.UnknownKey);
        }

        return await _keys.FindAsync(id, cancellation) switch
        {
            KeyAnswer.Found { Key: var key } => token.IsSignedBy(key) ? null : Invalid(GrantFault.BadSignature),
            KeyAnswer.Unknown => Invalid(GrantFault.UnknownKey),
            _ => new GrantOutcome.Unavailable(GrantDoubt.KeysUnreachable),
        };
    }

    private GrantFault? ReadClaims(JsonElement claims, out VerifiedGrant grant, out (string Uri, long Index) status)
    {
        (grant, status) = (null!, default);
        if (claims.Text("iss") is not { } issuer || claims.Text("sub") is not { } subject || claims.Text("client_id") is not { } app || claims.Text("jti") is not { } id
            || claims.Time("iat") is not { } issued || claims.Time("exp") is not { } expires || Audiences(claims) is not { } audiences
            || GrantedDetail.Read(claims) is not { } detail || !TryReadKey(claims, out var thumbprint))
        {
            return GrantFault.ClaimMissing;
        }

        var now = _time.GetUtcNow();
        if (CheckStanding(issuer, audiences, issued, expires, now) is { } fault)
        {
            return fault;
        }

        if (detail.Tool is { } tool && !string.Equals(tool, _options.Resource, StringComparison.Ordinal))
        {
            return GrantFault.WrongAudience;
        }

        // A grant that names no list is one whose revocation nobody could see.
        if (!claims.TryGetObject("status", out var named) || !named.TryGetObject("status_list", out var list) || list.Text("uri") is not { } uri || list.Number("idx") is not { } index)
        {
            return GrantFault.StatusListForeign;
        }

        status = (uri, index);
        grant = new(subject, app, id, detail.Operation, detail.Units, detail.InputDigest, detail.ConsentIds, issued, expires, thumbprint, detail.All);
        return null;
    }

    private GrantFault? CheckStanding(string issuer, IReadOnlyList<string> audiences, DateTimeOffset issued, DateTimeOffset expires, DateTimeOffset now) =>
        !string.Equals(issuer, _options.Issuer, StringComparison.Ordinal) ? GrantFault.WrongIssuer
        : !audiences.Contains(_options.Resource, StringComparer.Ordinal) ? GrantFault.WrongAudience
        : now - expires >= _options.ClockSkew ? GrantFault.Expired
        : issued - now > _options.ClockSkew ? GrantFault.NotYetValid
        : null;

    private GrantFault? CheckBinding(PresentedGrant presented, string? thumbprint, out string jti)
    {
        jti = string.Empty;
        return thumbprint is null != presented.Target is null ? GrantFault.WrongScheme
            : thumbprint is not null ? DpopCheck.Check(presented, thumbprint, _time.GetUtcNow(), out jti)
            : _options.DemandsDpop ? GrantFault.DpopDemanded
            : null;
    }

    // One text, or several (RFC 7519, 4.1.3).
    private static IReadOnlyList<string>? Audiences(JsonElement claims) =>
        claims.Text("aud") is { } only ? [only]
        : claims.TryGetProperty("aud", out var several) && several.ValueKind is JsonValueKind.Array ? claims.Texts("aud")
        : null;

    // A confirmation of a kind that is not known here must not turn a bound grant into a plain one (RFC 7800, 3.1).
    private static bool TryReadKey(JsonElement claims, out string? thumbprint)
    {
        thumbprint = null;
        if (!claims.TryGetProperty("cnf", out var confirmation))
        {
            return true;
        }

        thumbprint = confirmation.ValueKind is JsonValueKind.Object ? confirmation.Text("jkt") : null;
        return thumbprint is not null;
    }

    private static GrantOutcome.Invalid Invalid(GrantFault reason) => new(reason);
}
