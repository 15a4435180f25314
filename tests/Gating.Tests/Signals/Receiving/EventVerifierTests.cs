using Gating.Identity;
using Gating.Revocation;
using Gating.Signals;
using Gating.Signals.Receiving;
using Gating.Testing.Jose;
using Shouldly;
using Xunit;

namespace Gating.Tests.Signals.Receiving;

/// <summary>Which security event tokens are believed, and what is read from them.</summary>
public sealed class EventVerifierTests : IAsyncLifetime
{
    private readonly EventScene _scene = new();

    private static readonly Dictionary<string, (EventRefusal Reason, Func<EventScene, string> Token)> Wrong = new(StringComparer.Ordinal)
    {
        ["no JWS"] = (EventRefusal.Malformed, static _ => "x"),
        ["nothing at all"] = (EventRefusal.Malformed, static _ => ""),
        ["cut off"] = (EventRefusal.Malformed, static scene => scene.Draft().Token()[..^1]),
        ["with a duplicate claim"] = (EventRefusal.Malformed, static scene => scene.Draft().With(static draft => draft.Payload.Add("jti", "\"e2\"")).Token()),
        ["around no object"] = (EventRefusal.Malformed, static scene => EventScene.Own.Token(scene.Draft().Header.ToString(), "[]")),
        ["larger than any"] = (EventRefusal.TooLarge, static scene => scene.Draft().With(static draft => draft.Payload.Text("x", new('x', 17_000))).Token()),
        ["with a critical extension"] = (EventRefusal.ExtensionNotSupported, static scene => scene.Draft().With(static draft => draft.Header.Set("crit", "[\"exp\"]")).Token()),
        ["that points to its key"] = (EventRefusal.BringsOwnKey, static scene => scene.Draft().With(static draft => draft.Header.Text("jku", "https://keys.example")).Token()),
        ["that brings its key"] = (EventRefusal.BringsOwnKey, static scene => scene.Draft().With(static draft => draft.Header.Set("jwk", EventScene.Own.Jwk())).Token()),
        ["of an identity token's type"] = (EventRefusal.WrongType, static scene => scene.Draft().With(static draft => draft.Header.Text("typ", "JWT")).Token()),
        ["of no type"] = (EventRefusal.WrongType, static scene => scene.Draft().With(static draft => draft.Header.Drop("typ")).Token()),
        ["of a type that has it in it"] = (EventRefusal.WrongType, static scene => scene.Draft().With(static draft => draft.Header.Text("typ", "x-secevent+jwt")).Token()),
        ["of no issuer"] = (EventRefusal.UnknownIssuer, static scene => scene.Draft().With(static draft => draft.Payload.Drop("iss")).Token()),
        ["of a stranger"] = (EventRefusal.UnknownIssuer, static scene => scene.Draft().With(static draft => draft.Payload.Text("iss", "https://stranger.example")).Token()),
        ["of an issuer in another spelling"] = (EventRefusal.UnknownIssuer, static scene => scene.Draft().With(draft => draft.Payload.Text("iss", scene.Main + "/")).Token()),
        ["of an issuer of which nothing is believed"] = (EventRefusal.UnknownIssuer, static scene => new EventDraft(scene.Provider.Issuer("silent"), EventScene.Own).Token()),
        ["of an issuer that is stopped"] = (EventRefusal.UnknownIssuer, static scene => new EventDraft(scene.Provider.Issuer("stopped"), EventScene.Own).Token()),
        ["of an issuer that has a transmitter for it"] = (EventRefusal.UnknownIssuer, static scene => new EventDraft(scene.Provider.Issuer("split"), EventScene.Own).Token()),
        ["without the secret"] = (EventRefusal.NotAuthenticated, static scene => new EventDraft(scene.Provider.Issuer("secret"), EventScene.Own).Token()),
        ["under an algorithm of the issuer's tokens alone"] = (EventRefusal.AlgorithmNotAllowed, static scene => new EventDraft(scene.Main, EventScene.Transmitters).Token()),
        ["under no algorithm"] = (EventRefusal.AlgorithmNotAllowed, static scene => scene.Draft().With(static draft => draft.Header.Text("alg", "none")).Token()),
        ["for nobody"] = (EventRefusal.MissingClaim, static scene => scene.Draft().With(static draft => draft.Payload.Drop("aud")).Token()),
        ["for somebody else"] = (EventRefusal.WrongAudience, static scene => scene.Draft().With(static draft => draft.Payload.Text("aud", "https://gate.test/")).Token()),
        ["for an audience that is none"] = (EventRefusal.InvalidClaim, static scene => scene.Draft().With(static draft => draft.Payload.Set("aud", "7")).Token()),
        ["that expires"] = (EventRefusal.ForbiddenClaim, static scene => scene.Draft().With(static draft => draft.Payload.Number("exp", EventDraft.Now + 600)).Token()),
        ["with a sub"] = (EventRefusal.ForbiddenClaim, static scene => scene.Draft().With(static draft => draft.Payload.Text("sub", "alice")).Token()),
        ["without a time"] = (EventRefusal.MissingClaim, static scene => scene.Draft().With(static draft => draft.Payload.Drop("iat")).Token()),
        ["of a time in words"] = (EventRefusal.InvalidClaim, static scene => scene.Draft().With(static draft => draft.Payload.Text("iat", "now")).Token()),
        ["of tomorrow"] = (EventRefusal.NotYetValid, static scene => scene.Draft().With(static draft => draft.Payload.Number("iat", EventDraft.Now + 61)).Token()),
        ["older than it is remembered"] = (EventRefusal.TooOld, static scene => scene.Draft().With(static draft => draft.Payload.Number("iat", EventDraft.Now - (long)EventClaims.MaxAge.TotalSeconds - 1)).Token()),
        ["without an id"] = (EventRefusal.MissingClaim, static scene => scene.Draft().With(static draft => draft.Payload.Drop("jti")).Token()),
        ["of an empty id"] = (EventRefusal.InvalidClaim, static scene => scene.Draft().With(static draft => draft.Payload.Text("jti", "")).Token()),
        ["of an endless id"] = (EventRefusal.InvalidClaim, static scene => scene.Draft().With(static draft => draft.Payload.Text("jti", new('i', 256))).Token()),
        ["without an event"] = (EventRefusal.MissingClaim, static scene => scene.Draft().With(static draft => draft.Payload.Drop("events")).Token()),
        ["of no event"] = (EventRefusal.NotOneEvent, static scene => scene.Draft().With(static draft => draft.Payload.Set("events", "{}")).Token()),
        ["of two events"] = (EventRefusal.NotOneEvent, static scene => scene.Draft().With(static draft => draft.Payload.Set("events", $$$"""{"{{{SecurityEvents.SessionRevoked}}}":{},"urn:x":{}}""")).Token()),
        ["of events in a list"] = (EventRefusal.NotOneEvent, static scene => scene.Draft().With(static draft => draft.Payload.Set("events", $"[\"{SecurityEvents.SessionRevoked}\"]")).Token()),
        ["of an event that is a word"] = (EventRefusal.InvalidEvent, static scene => scene.Draft().Event("caep/event-type/session-revoked", "true").Token()),
        ["of a reason that is a number"] = (EventRefusal.InvalidEvent, static scene => scene.Draft().Event("risc/event-type/account-disabled", """{"reason":1}""").Token()),
        ["of a level of nothing"] = (EventRefusal.InvalidEvent, static scene => scene.Draft().Event("caep/event-type/assurance-level-change", """{"current_level":"gold"}""").Token()),
        ["of no level"] = (EventRefusal.InvalidEvent, static scene => scene.Draft().Event("caep/event-type/assurance-level-change", """{"namespace":"fw"}""").Token()),
        ["that goes sideways"] = (EventRefusal.InvalidEvent, static scene => scene.Draft().Event("caep/event-type/assurance-level-change", """{"namespace":"fw","current_level":"gold","change_direction":"sideways"}""").Token()),
        ["about nobody"] = (EventRefusal.MissingClaim, static scene => scene.Draft().With(static draft => draft.Payload.Drop("sub_id")).Token()),
        ["about an account of another issuer"] = (EventRefusal.SubjectNotSupported, static scene => Subject(scene, EventDraft.Account(scene.Provider.Issuer("other")))),
        ["about an address"] = (EventRefusal.SubjectNotSupported, static scene => Subject(scene, """{"format":"email","email":"alice@example.com"}""")),
        ["about a subject of no format"] = (EventRefusal.SubjectNotSupported, static scene => Subject(scene, $$"""{"iss":"{{scene.Main}}","sub":"alice"}""")),
        ["about an endless subject"] = (EventRefusal.SubjectNotSupported, static scene => Subject(scene, EventDraft.Account(scene.Main, new('a', 256)))),
        ["about a session alone"] = (EventRefusal.SubjectNotSupported, static scene => Subject(scene, """{"format":"complex","session":{"format":"opaque","id":"s"}}""")),
        ["about aliases elsewhere"] = (EventRefusal.SubjectNotSupported, static scene => Subject(scene, $$"""{"format":"aliases","identifiers":[{{EventDraft.Account(scene.Provider.Issuer("other"))}}]}""")),
        ["about two accounts here"] = (EventRefusal.SubjectNotSupported, static scene => Subject(scene, $$"""{"format":"aliases","identifiers":[{{EventDraft.Account(scene.Main)}},{{EventDraft.Account(scene.Main, "bo")}}]}""")),
        ["about aliases of aliases"] = (EventRefusal.SubjectNotSupported, static scene => Subject(scene, $$$"""{"format":"aliases","identifiers":[{"format":"aliases","identifiers":[{{{EventDraft.Account(scene.Main)}}}]}]}""")),
        ["under a key that is not published"] = (EventRefusal.UnknownKey, static scene => scene.Draft().With(static draft => draft.Header.Text("kid", "none")).Token()),
        ["under a key for encryption"] = (EventRefusal.UnfitKey, static scene => scene.Draft().With(static draft => draft.Header.Text("kid", "enc")).Token()),
        ["under a key that is stopped"] = (EventRefusal.KeyStopped, static scene => new EventDraft(scene.Main, EventScene.Halted).Token()),
        ["under a name of two keys"] = (EventRefusal.AmbiguousKey, static scene => scene.Draft().With(static draft => draft.Header.Text("kid", "twin")).Token()),
        ["signed by somebody else"] = (EventRefusal.BadSignature, static scene => scene.Draft().With(static draft => draft.Key = TestKey.Ec("own")).Token()),
        ["of a transmitter signed by the issuer itself"] = (EventRefusal.UnknownKey, static scene => new EventDraft(scene.Transmitter, TestKey.Rsa("own")).With(draft => draft.Payload.Set("sub_id", EventDraft.Account(scene.Provider.Issuer("split")))).Token()),
    };

    public Task InitializeAsync() => _scene.InitializeAsync();

    public Task DisposeAsync() => _scene.DisposeAsync();

    public static TheoryData<string> Whats => [.. Wrong.Keys];

    /// <summary>Each would be believed but for one thing.</summary>
    [Theory]
    [MemberData(nameof(Whats))]
    public async Task One_that_is_wrong_is_refused(string what)
    {
        var (reason, token) = Wrong[what];
        (await _scene.VerifyAsync(token(_scene))).ShouldBe(new EventReading.Refused(reason));
    }

    [Fact]
    public async Task One_with_nothing_wrong_is_believed_whatever_its_spelling()
    {
        (await BelievedAsync(_scene.Draft().Token())).ShouldSatisfyAllConditions(
            one => one.Issuer.Id.ShouldBe(_scene.Main), one => one.Subject.ShouldBe("alice"), one => one.Id.ShouldBe("e1"), one => one.Kind.ShouldBe(ReportedKind.SessionRevoked), one => one.At.ShouldBe(Gating.Testing.ManualTime.Noon));
        foreach (var draft in (EventDraft[])
        [
            _scene.Draft().With(static draft => draft.Header.Text("typ", "SecEvent+JWT")),
            _scene.Draft().With(static draft => draft.Payload.Set("aud", $"[\"https://else.test\",\"{EventScene.Audience}\"]")),
            _scene.Draft().With(static draft => draft.Payload.Number("iat", EventDraft.Now + 60)),
            _scene.Draft().With(static draft => draft.Payload.Number("iat", EventDraft.Now - (long)EventClaims.MaxAge.TotalSeconds)),
            _scene.Draft().With(static draft => draft.Payload.Number("toe", EventDraft.Now).Text("txn", "t").Set("nbf", "\"whatever it is\"")),
            _scene.Draft().With(draft => draft.Payload.Set("sub_id", $$"""{"format":"aliases","identifiers":[{"format":"email","email":"a@b.c"},{{EventDraft.Account(_scene.Main)}}]}""")),
            _scene.Draft().With(draft => draft.Payload.Set("sub_id", $$$"""{"format":"complex","user":{{{EventDraft.Account(_scene.Main)}}},"session":{"format":"opaque","id":"s"}}""")),
        ])
        {
            (await BelievedAsync(draft.Token())).Subject.ShouldBe("alice");
        }
    }

    [Fact]
    public async Task A_transmitter_of_its_own_signs_for_its_issuer_with_keys_of_its_own()
    {
        var draft = new EventDraft(_scene.Transmitter, EventScene.Transmitters).With(draft => draft.Payload.Set("sub_id", EventDraft.Account(_scene.Provider.Issuer("split"))));
        (await BelievedAsync(draft.Token())).Issuer.Id.ShouldBe(_scene.Provider.Issuer("split"));

        // What the transmitter itself calls somebody is nobody here.
        (await _scene.VerifyAsync(new EventDraft(_scene.Transmitter, EventScene.Transmitters).Token())).ShouldBe(new EventReading.Refused(EventRefusal.SubjectNotSupported));
    }

    [Theory]
    [InlineData(EventScene.Secret, true)]
    [InlineData("Bearer before", true)]
    [InlineData("bearer of-the-transmitter", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public async Task What_was_agreed_has_to_come_with_it(string? authorization, bool isBelieved) =>
        ((await _scene.VerifyAsync(new EventDraft(_scene.Provider.Issuer("secret"), EventScene.Own).Token(), authorization)) is EventReading.Believed).ShouldBe(isBelieved);

    [Fact]
    public async Task While_its_keys_cannot_be_had_it_is_neither_believed_nor_refused() =>
        (await _scene.VerifyAsync(new EventDraft(_scene.Provider.Issuer("down"), EventScene.Own).Token())).ShouldBeOfType<EventReading.Unavailable>();

    [Theory]
    [InlineData("risc/event-type/account-disabled", """{"reason":"hijacking"}""", ReportedKind.AccountDisabled, RevocationReason.Hijacking)]
    [InlineData("risc/event-type/account-disabled", """{"reason":"bulk-account"}""", ReportedKind.AccountDisabled, RevocationReason.BulkAccount)]
    [InlineData("risc/event-type/account-disabled", """{"reason":"a word of tomorrow"}""", ReportedKind.AccountDisabled, RevocationReason.Other)]
    [InlineData("risc/event-type/account-disabled", "{}", ReportedKind.AccountDisabled, RevocationReason.Other)]
    [InlineData("risc/event-type/account-purged", "{}", ReportedKind.AccountPurged, RevocationReason.Other)]
    [InlineData("risc/event-type/account-enabled", "{}", ReportedKind.AccountEnabled, RevocationReason.Other)]
    [InlineData("caep/event-type/credential-change", "{}", ReportedKind.Other, RevocationReason.Other)]
    public async Task What_it_reports_is_read(string type, string members, ReportedKind kind, RevocationReason reason)
    {
        var read = await BelievedAsync(_scene.Draft().Event(type, members).Token());
        (read.Kind, read.Reason).ShouldBe((kind, reason));
    }

    [Fact]
    public async Task A_test_event_is_about_a_stream_and_believed() =>
        (await BelievedAsync(_scene.Draft().Event("ssf/event-type/verification", """{"state":"x"}""").With(static draft => draft.Payload.Set("sub_id", """{"format":"opaque","id":"s"}""")).Token())).Kind.ShouldBe(ReportedKind.Other);

    [Theory]
    [InlineData("fw", "gold", "tin", null, AssuranceLevel.High, AssuranceLevel.Low, AssuranceDirection.Increase)]
    [InlineData("fw", "tin", "gold", "increase", AssuranceLevel.Low, AssuranceLevel.High, AssuranceDirection.Decrease)]
    [InlineData("fw", "gold", null, null, AssuranceLevel.High, null, null)]
    [InlineData("fw", "gold", "unheard of", "increase", AssuranceLevel.High, null, AssuranceDirection.Increase)]
    [InlineData("any", "whatever", null, "decrease", AssuranceLevel.Substantial, null, AssuranceDirection.Decrease)]
    public async Task A_change_of_levels_is_read_in_our_own(string framework, string current, string? previous, string? direction, AssuranceLevel is1, AssuranceLevel? was, AssuranceDirection? way) =>
        (await ChangeAsync(framework, current, previous, direction)).ShouldBe(new AssuranceChange(is1, was, way));

    [Theory]
    [InlineData("fw", "unheard of", "gold")]
    [InlineData("FW", "gold", "tin")]
    [InlineData("fw", "gold", "gold")]
    [InlineData("any", "one", "another")]
    public async Task A_change_that_comes_to_nothing_here_is_none(string framework, string current, string previous) => (await ChangeAsync(framework, current, previous, null)).ShouldBeNull();

    private async Task<AssuranceChange?> ChangeAsync(string framework, string current, string? previous, string? direction)
    {
        var members = new RawObject().Text("namespace", framework).Text("current_level", current);
        if (previous is not null)
        {
            members.Text("previous_level", previous);
        }

        if (direction is not null)
        {
            members.Text("change_direction", direction);
        }

        return (await BelievedAsync(_scene.Draft().Event("caep/event-type/assurance-level-change", members.ToString()).Token())).Assurance;
    }

    private async Task<ReportedEvent> BelievedAsync(string token) => (await _scene.VerifyAsync(token)).ShouldBeOfType<EventReading.Believed>().Event;

    private static string Subject(EventScene scene, string subject) => scene.Draft().With(draft => draft.Payload.Set("sub_id", subject)).Token();
}
