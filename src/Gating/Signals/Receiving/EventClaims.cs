using System.Text.Json;
using Gating.Admission;
using Gating.Identity;
using Gating.Identity.Jose;
using Gating.Registry;
using Gating.Revocation;

namespace Gating.Signals.Receiving;

/// <summary>What a security event token claims, every rule but the signature checked (RFC 8417, section 2.2; SSF 1.0, section 4.1). Pure. Believed only after the signature.</summary>
public static class EventClaims
{
    /// <summary>
    /// As long as its effect is remembered by its <c>jti</c>, even where its clock ran ahead of ours: what is older could be one that had its effect, and is never carried out anew. A transmitter tries for less.
    /// </summary>
    public static readonly TimeSpan MaxAge = IdempotencyKey.Lifetime - (2 * IdentityVerifier.Skew);

    private const int MaxId = 255;
    private const int MaxWord = 256;

    internal static EventRefusal? Read(JsonElement payload, Issuer issuer, DateTimeOffset now, out ReportedEvent reported)
    {
        reported = null!;
        return CheckAudience(payload, issuer.Signals!)
            ?? CheckAbsent(payload)
            ?? CheckTime(payload, now, out var at)
            ?? Refusal(Claims.Text(payload, "jti", MaxId, out var id))
            ?? FindEvent(payload, out var kind, out var members)
            ?? ReadEvent(payload, members, new(issuer, id, at, kind, string.Empty, RevocationReason.Other, null), out reported);
    }

    private static EventRefusal? CheckAudience(JsonElement payload, SignalTrust trust) =>
        Refusal(Claims.Audiences(payload, out var audiences)) ?? (audiences.Contains(trust.Audience, StringComparer.Ordinal) ? null : EventRefusal.WrongAudience);

    // What expires is a token that lets somebody in, and what has a sub is an identity token: neither must ever pass for an event, nor an event for one.
    private static EventRefusal? CheckAbsent(JsonElement payload) =>
        payload.TryGetProperty("exp"u8, out _) || payload.TryGetProperty("sub"u8, out _) ? EventRefusal.ForbiddenClaim : null;

    private static EventRefusal? CheckTime(JsonElement payload, DateTimeOffset now, out DateTimeOffset at) =>
        Refusal(Claims.Time(payload, "iat", out at)) ?? (at > now + IdentityVerifier.Skew ? EventRefusal.NotYetValid : now - at > MaxAge ? EventRefusal.TooOld : null);

    private static EventRefusal? FindEvent(JsonElement payload, out ReportedKind kind, out JsonElement members)
    {
        (kind, members) = (default, default);
        if (!payload.TryGetProperty("events"u8, out var events))
        {
            return EventRefusal.MissingClaim;
        }

        if (events.ValueKind is not JsonValueKind.Object || events.EnumerateObject().Take(2).ToList() is not [var only])
        {
            return EventRefusal.NotOneEvent;
        }

        (kind, members) = (ReportedKinds.Of(only.Name), only.Value);
        return members.ValueKind is JsonValueKind.Object ? null : EventRefusal.InvalidEvent;
    }

    private static EventRefusal? ReadEvent(JsonElement payload, JsonElement members, ReportedEvent before, out ReportedEvent reported)
    {
        reported = before;
        if (!payload.TryGetProperty("sub_id"u8, out var subject))
        {
            return EventRefusal.MissingClaim;
        }

        if (before.Kind is ReportedKind.Other)
        {
            return null;
        }

        if (EventSubject.Of(subject, before.Issuer.Id) is not { } account)
        {
            return EventRefusal.SubjectNotSupported;
        }

        var reason = RevocationReason.Other;
        AssuranceChange? assurance = null;
        var refusal = before.Kind switch
        {
            ReportedKind.AccountDisabled => ReadReason(members, out reason),
            ReportedKind.AssuranceLevelChange => ReadAssurance(members, before.Issuer, out assurance),
            _ => null,
        };
        reported = before with { Subject = account, Reason = reason, Assurance = assurance };
        return refusal;
    }

    /// <summary>RISC 1.0, section 2.3: a word of two, or none. Another word is no reason not to act.</summary>
    private static EventRefusal? ReadReason(JsonElement members, out RevocationReason reason)
    {
        var state = Claims.Text(members, "reason", MaxWord, out var word);
        reason = word switch
        {
            "hijacking" => RevocationReason.Hijacking,
            "bulk-account" => RevocationReason.BulkAccount,
            _ => RevocationReason.Other,
        };
        return state is ClaimState.Invalid ? EventRefusal.InvalidEvent : null;
    }

    private static EventRefusal? ReadAssurance(JsonElement members, Issuer issuer, out AssuranceChange? change)
    {
        change = null;
        var before = Claims.Text(members, "previous_level", MaxWord, out var previous);
        var way = Claims.Text(members, "change_direction", MaxWord, out var direction);
        if (Claims.Text(members, "namespace", MaxWord, out var framework) is not ClaimState.Present || Claims.Text(members, "current_level", MaxWord, out var current) is not ClaimState.Present
            || before is ClaimState.Invalid || way is ClaimState.Invalid || (way is ClaimState.Present && direction is not ("increase" or "decrease")))
        {
            return EventRefusal.InvalidEvent;
        }

        change = AssuranceChanges.Of(
            AssuranceMapping.LevelOf(framework, current, issuer),
            before is ClaimState.Present ? AssuranceMapping.LevelOf(framework, previous, issuer) : AssuranceLevel.None,
            direction switch { "increase" => AssuranceDirection.Increase, "decrease" => AssuranceDirection.Decrease, _ => null });
        return null;
    }

    private static EventRefusal? Refusal(ClaimState state) => state switch
    {
        ClaimState.Absent => EventRefusal.MissingClaim,
        ClaimState.Invalid => EventRefusal.InvalidClaim,
        ClaimState.Present => null,
    };
}

/// <summary>What an issuer's change of levels comes to here: pure, on values.</summary>
internal static class AssuranceChanges
{
    /// <param name="current">In our levels; <see cref="AssuranceLevel.None"/>: no rule of the registry says what it is worth.</param>
    /// <param name="previous">As <paramref name="current"/>.</param>
    /// <param name="said">The issuer's own word, which counts where we cannot compare.</param>
    /// <returns>Null where there is nothing to tell: the level means nothing here, or is the same as before.</returns>
    public static AssuranceChange? Of(AssuranceLevel current, AssuranceLevel previous, AssuranceDirection? said) =>
        current is AssuranceLevel.None || current == previous ? null
        : previous is AssuranceLevel.None ? new(current, null, said)
        : new(current, previous, current > previous ? AssuranceDirection.Increase : AssuranceDirection.Decrease);
}
