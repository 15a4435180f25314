using Gating.Tests.Signals.Receiving;

namespace Gating.Mutants.Rules;

/// <summary>What an issuer reports of its own accounts is believed, once, and nothing else of anybody.</summary>
internal static class EventMutants
{
    private const string Verifier = "Signals/Receiving/EventVerifier.cs";
    private const string Enabling = "Signals/Receiving/EnabledAccounts.cs";

    public static Mutant[] All =>
    [
        new("An event is its transmitter's own", "its signature is not verified", Verifier,
            "var (wrong, _) = await IssuerSignature.CheckAsync(keys, VerifiedSignatures.None, jws, issuer.Transmitter, algorithm, cancellation);", "await Task.CompletedTask; var wrong = algorithm < 0 ? (IdentityOutcome)IdentityOutcome.Unavailable.Instance : null;",
            Guard.Of<EventVerifierTests>(nameof(EventVerifierTests.One_that_is_wrong_is_refused))),
        new("An event is about its issuer's own accounts", "another's will do", "Signals/Receiving/EventSubject.cs",
            "&& string.Equals(said, issuer, StringComparison.Ordinal)", "&& said.Length > 0",
            Guard.Of<EventVerifierTests>(nameof(EventVerifierTests.One_that_is_wrong_is_refused))),
        new("An event is no token that lets somebody in", "one that expires will do", "Signals/Receiving/EventClaims.cs",
            "payload.TryGetProperty(\"exp\"u8, out _) || payload.TryGetProperty(\"sub\"u8, out _)", "payload.TryGetProperty(\"sub\"u8, out _)",
            Guard.Of<EventVerifierTests>(nameof(EventVerifierTests.One_that_is_wrong_is_refused))),
        new("An event has one effect", "how old it is is not asked, and it outlives what is remembered of it", "Signals/Receiving/EventClaims.cs",
            "now - at > MaxAge ? EventRefusal.TooOld : null", "null",
            Guard.Of<EventVerifierTests>(nameof(EventVerifierTests.One_that_is_wrong_is_refused))),
        new("An issuer lifts what it set", "whoever set it", Enabling,
            "StopEntries.ReadBy(opened) == disabled", "StopEntries.ReadBy(opened) is not null",
            Guard.Of<EventReceiverTests>(nameof(EventReceiverTests.An_account_that_is_in_use_again_lifts_what_its_own_issuer_disabled_and_nothing_else))),
        new("An issuer lifts what it set", "what came after it too", Enabling,
            "&& entry.Time <= reported.At + IdentityVerifier.Skew", "",
            Guard.Of<EventReceiverTests>(nameof(EventReceiverTests.An_account_that_is_in_use_again_is_so_until_it_is_disabled_anew))),
        new("A session that was revoked locks nobody out for ever", "it has no end", "Signals/Receiving/EventReceiver.cs",
            "reported.Kind is ReportedKind.SessionRevoked ? reported.At", "reported.Kind is ReportedKind.Other ? reported.At",
            Guard.Of<EventReceiverTests>(nameof(EventReceiverTests.A_session_that_was_revoked_stops_the_person_until_no_token_from_before_is_left))),
    ];
}
