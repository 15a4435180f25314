using Gating.Admission;
using Gating.Identity;
using Gating.Ledger;
using Gating.Registry;
using Gating.Revocation;

namespace Gating.Signals.Receiving;

/// <summary>How receiving an event ended.</summary>
public abstract record ReceivedOutcome
{
    private ReceivedOutcome()
    {
    }

    /// <summary>What follows from it is so, and recorded; or nothing follows from it.</summary>
    public sealed record Done : ReceivedOutcome;

    /// <summary>It is not believed: sent again it would be refused again.</summary>
    public sealed record Refused(EventRefusal Reason) : ReceivedOutcome;

    /// <summary>The transmitter's keys cannot be had: it has to come again.</summary>
    public sealed record KeysUnavailable : ReceivedOutcome;

    /// <summary>Too much is being asked of a ledger, or too many stops stand: it has to come again.</summary>
    public sealed record Busy : ReceivedOutcome;
}

/// <summary>
/// Takes what issuers report of their accounts (RFC 8935; SSF, CAEP and RISC 1.0). The same event again, or at the same moment on another instance, has one effect, for as long as it is taken at all (<see cref="EventClaims.MaxAge"/>).
/// Throws <see cref="StorageUnavailableException"/>: its effect may be there by then, in part, and the same event again completes it.
/// </summary>
public sealed class EventReceiver(EventVerifier verifier, RegistrySource registry, StreamNames names, RevocationDesk revocations, EnabledAccounts enabled, AssuranceReports assurances)
{
    /// <param name="authorization">The whole value of the header that came with it; null where there was none, or more than one.</param>
    public async Task<ReceivedOutcome> ReceiveAsync(string token, string? authorization, CancellationToken cancellation)
    {
        var reading = await verifier.VerifyAsync(token, authorization, (await registry.GetAsync(cancellation)).Issuers, cancellation);
        return reading switch
        {
            EventReading.Believed believed => await FollowAsync(believed.Event, cancellation),
            EventReading.Refused refused => new ReceivedOutcome.Refused(refused.Reason),
            _ => new ReceivedOutcome.KeysUnavailable(),
        };
    }

    /// <summary>Of whom nothing is recorded nothing becomes known by this.</summary>
    internal async Task<ReceivedOutcome> FollowAsync(ReportedEvent reported, CancellationToken cancellation) =>
        reported.Kind is ReportedKind.Other || await names.FindPersonAsync(reported.Issuer.Id, reported.Subject, cancellation) is not { } person ? new ReceivedOutcome.Done() : reported.Kind switch
        {
            ReportedKind.SessionRevoked or ReportedKind.AccountDisabled or ReportedKind.AccountPurged => await StopAsync(person, reported, cancellation),
            ReportedKind.AccountEnabled => await enabled.LiftAsync(person, reported, cancellation),
            _ => await assurances.RecordAsync(person, reported, cancellation),
        };

    private async Task<ReceivedOutcome> StopAsync(StreamId person, ReportedEvent reported, CancellationToken cancellation)
    {
        var order = new RevocationOrder(new RevocationTarget.OfPerson(person), reported.Reason, EventEntries.Text(reported), EndOf(reported));

        // A jti may have any characters; a key may not.
        var key = IdempotencyKey.TryParse(KeyHash.Of("jti", reported.Id).ToString(), out var parsed) ? parsed : throw new System.Diagnostics.UnreachableException();
        return await revocations.RevokeAsync(order, reported.By, key, cancellation) switch
        {
            RevocationOutcome.Refused { Reason: RevocationRefusal.PersonUnknown or RevocationRefusal.Over } => new ReceivedOutcome.Done(),
            RevocationOutcome.Refused { Reason: RevocationRefusal.KeyTaken } => new ReceivedOutcome.Refused(EventRefusal.IdTaken),
            RevocationOutcome.Refused => new ReceivedOutcome.Busy(),
            _ => new ReceivedOutcome.Done(),
        };
    }

    /// <summary>
    /// Null: until it is lifted. A session that was revoked ends by itself when the last identity token from before has expired, here as there: whoever gets in after that has signed in anew. Counted from when the event was made, so that
    /// the same event is the same stop whenever it comes.
    /// </summary>
    private static DateTimeOffset? EndOf(ReportedEvent reported) => reported.Kind is ReportedKind.SessionRevoked ? reported.At + reported.Issuer.MaxLifetime + IdentityVerifier.Skew : null;
}
