using Gating.Clients;
using Gating.Ledger;
using Gating.Testing;
using Gating.Testing.Jose;
using Gating.Tests.Identity;
using Shouldly;
using Xunit;
using static Gating.Clients.ClientRefusal;
using static Gating.Tests.Clients.ClientScene;

namespace Gating.Tests.Clients;

public sealed class ClientAssertionTests
{
    private static readonly long Now = TokenDraft.Now;

    private static readonly Dictionary<string, (ClientRefusal Reason, Func<Draft, Draft> Spoil)> Refused = new()
    {
        ["typ of a grant"] = (WrongType, draft => draft.Header("typ", "\"at+jwt\"")),
        ["typ of a proof"] = (WrongType, draft => draft.Header("typ", "\"dpop+jwt\"")),
        ["alg none"] = (AlgorithmNotAllowed, draft => draft.Header("alg", "\"none\"")),
        ["alg HS256"] = (AlgorithmNotAllowed, draft => draft.Header("alg", "\"HS256\"")),
        ["alg ES384, on no list here"] = (AlgorithmNotAllowed, draft => draft.By(IdentityScene.Ec384)),
        ["crit"] = (ExtensionNotSupported, draft => draft.Header("crit", """["exp"]""")),
        ["jwk"] = (BringsOwnKey, draft => draft.Header("jwk", Key.Jwk())),
        ["jku"] = (BringsOwnKey, draft => draft.Header("jku", "\"https://x.example\"")),
        ["header member twice"] = (AssertionMalformed, draft => draft.Again("alg")),
        ["jti twice"] = (AssertionMalformed, draft => draft.AddClaim("jti", "\"other\"")),
        ["iss of another client"] = (SubjectMismatch, draft => draft.Claim("iss", "\"pair\"")),
        ["sub of another client"] = (SubjectMismatch, draft => draft.Claim("sub", "\"pair\"")),
        ["iss absent"] = (MissingClaim, draft => draft.Drop("iss")),
        ["sub absent"] = (MissingClaim, draft => draft.Drop("sub")),
        ["sub a number"] = (InvalidClaim, draft => draft.Claim("sub", "1")),
        ["client unknown"] = (UnknownClient, draft => draft.Claim("iss", "\"nobody\"").Claim("sub", "\"nobody\"")),
        ["client stopped"] = (ClientStopped, draft => draft.Claim("iss", "\"stopped\"").Claim("sub", "\"stopped\"")),
        ["aud absent"] = (MissingClaim, draft => draft.Drop("aud")),
        ["aud the token endpoint"] = (WrongAudience, draft => draft.Claim("aud", $"\"{Issuer}/oauth2/token\"")),
        ["aud with a slash"] = (WrongAudience, draft => draft.Claim("aud", $"\"{Issuer}/\"")),
        ["aud of ours and another"] = (WrongAudience, draft => draft.Claim("aud", $"[\"{Issuer}\",\"https://other.example\"]")),
        ["aud of ours twice"] = (WrongAudience, draft => draft.Claim("aud", $"[\"{Issuer}\",\"{Issuer}\"]")),
        ["aud empty"] = (WrongAudience, draft => draft.Claim("aud", "[]")),
        ["aud a number"] = (InvalidClaim, draft => draft.Claim("aud", "1")),
        ["exp absent"] = (MissingClaim, draft => draft.Drop("exp")),
        ["iat absent"] = (MissingClaim, draft => draft.Drop("iat")),
        ["exp a text"] = (InvalidClaim, draft => draft.Claim("exp", $"\"{Now + 30}\"")),
        ["exp now"] = (Expired, draft => draft.Times(Now - 60, Now)),
        ["exp before iat"] = (InvalidClaim, draft => draft.Times(Now + 5, Now + 4)),
        ["iat 11 s ahead"] = (NotYetValid, draft => draft.Times(Now + 11, Now + 20)),
        ["nbf 11 s ahead"] = (NotYetValid, draft => draft.Claim("nbf", $"{Now + 11}")),
        ["nbf a text"] = (InvalidClaim, draft => draft.Claim("nbf", "\"1\"")),
        ["a life of 61 s"] = (LifetimeTooLong, draft => draft.Times(Now, Now + 61)),
        ["a life of a year that is nearly over"] = (LifetimeTooLong, draft => draft.Times(Now - 31_536_000, Now + 10)),
        ["jti absent"] = (MissingClaim, draft => draft.Drop("jti")),
        ["jti empty"] = (InvalidClaim, draft => draft.Claim("jti", "\"\"")),
        ["jti a number"] = (InvalidClaim, draft => draft.Claim("jti", "7")),
        ["jti of 129 characters"] = (InvalidClaim, draft => draft.Claim("jti", $"\"{new string('j', 129)}\"")),
        ["kid unknown"] = (UnknownKey, draft => draft.Header("kid", "\"nobody\"")),
        ["kid of a key with its private part"] = (UnfitKey, draft => draft.Header("kid", "\"leaked\"")),
        ["kid of a key that cannot be read"] = (UnfitKey, draft => draft.Header("kid", "\"broken\"")),
        ["kid of an RSA key of 1024 bits"] = (UnfitKey, draft => draft.By(IdentityScene.Weak)),
        ["RS256 with a key registered for PS256"] = (UnfitKey, draft => draft.By(IdentityScene.Rsa.As("rsa"))),
        ["no kid, two keys fit"] = (AmbiguousKey, draft => draft.NoKeyId().Claim("iss", "\"pair\"").Claim("sub", "\"pair\"")),
        ["a stranger's key"] = (BadSignature, draft => draft.Forge(TestKey.Ec("app-key"))),
        ["another app's key"] = (BadSignature, draft => draft.Forge(Second)),
    };

    private static readonly Dictionary<string, Func<Draft, Draft>> Accepted = new()
    {
        ["plain"] = draft => draft,
        ["typ JWT"] = draft => draft.Header("typ", "\"JWT\""),
        ["typ client-authentication+jwt"] = draft => draft.Header("typ", "\"client-authentication+jwt\""),
        ["no kid, one key fits"] = draft => draft.NoKeyId(),
        ["PS256"] = draft => draft.By(IdentityScene.Rsa.As("rsa", "PS256")),
        ["aud an array of one"] = draft => draft.Claim("aud", $"[\"{Issuer}\"]"),
        ["the longest life"] = draft => draft.Times(Now, Now + 60),
        ["a clock 10 s ahead"] = draft => draft.Times(Now + 10, Now + 70),
        ["about to expire"] = draft => draft.Times(Now - 59, Now + 1),
        ["jti of 128 characters"] = draft => draft.Claim("jti", $"\"{new string('j', 128)}\""),
    };

    public static TheoryData<string> RefusedNames => [.. Refused.Keys];

    public static TheoryData<string> AcceptedNames => [.. Accepted.Keys];

    [Theory]
    [MemberData(nameof(RefusedNames))]
    public void A_wrong_assertion_is_refused_for_its_exact_reason(string name) =>
        Authenticate(Assertion(Refused[name].Spoil(new Draft()).Token())).ShouldBe(new ClientOutcome.Refused(Refused[name].Reason));

    [Theory]
    [MemberData(nameof(AcceptedNames))]
    public void A_good_assertion_authenticates_its_client(string name) =>
        Authenticate(Assertion(Accepted[name](new Draft()).Token())).ShouldBeOfType<ClientOutcome.Authenticated>().App.Id.ShouldBe("studio");

    [Fact]
    public void What_must_not_come_again_is_named_by_client_and_jti_until_it_expires()
    {
        var outcome = Authenticate(Assertion(new Draft().Times(Now, Now + 40).Token(), "studio")).ShouldBeOfType<ClientOutcome.Authenticated>();

        outcome.Assertion.ShouldBe(new OneTimeId(KeyHash.Of("assertion", "studio", "id-1"), ManualTime.Noon.AddSeconds(40)));
    }

    [Fact]
    public void A_second_signature_over_the_same_claims_has_the_same_name()
    {
        var first = new Draft().Token();
        var second = new Draft().Token();

        second.ShouldNotBe(first);
        Authenticate(Assertion(second)).ShouldBe(Authenticate(Assertion(first)));
    }

    [Fact]
    public void The_client_id_in_the_form_must_not_be_another() =>
        Authenticate(Assertion(new Draft().Token(), "pair")).ShouldBe(new ClientOutcome.Refused(ClientIdMismatch));

    [Fact]
    public void The_type_must_be_there_and_be_that_of_a_token()
    {
        Authenticate(new() { Assertion = new Draft().Token() }).ShouldBe(new ClientOutcome.Refused(MalformedCredentials));
        Authenticate(new() { AssertionType = ClientAssertion.Type }).ShouldBe(new ClientOutcome.Refused(MalformedCredentials));
        Authenticate(new() { Assertion = new Draft().Token(), AssertionType = "urn:ietf:params:oauth:client-assertion-type:saml2-bearer" })
            .ShouldBe(new ClientOutcome.Refused(UnsupportedMethod));
    }

    [Fact]
    public void Size_and_form_are_judged_first()
    {
        Authenticate(Assertion(new string('A', 20_000))).ShouldBe(new ClientOutcome.Refused(AssertionTooLarge));
        Authenticate(Assertion("")).ShouldBe(new ClientOutcome.Refused(AssertionMalformed));
        Authenticate(Assertion("a.b")).ShouldBe(new ClientOutcome.Refused(AssertionMalformed));
    }

    [Fact]
    public void Every_flip_of_a_bit_is_refused()
    {
        var token = new Draft().Token();
        for (var at = 0; at < token.Length; at++)
        {
            var spoiled = token.ToCharArray();
            spoiled[at] ^= (char)(1 << (at % 7));
            Authenticate(Assertion(new string(spoiled))).ShouldBeOfType<ClientOutcome.Refused>();
        }
    }

    internal sealed class Draft
    {
        private readonly RawObject _header = new RawObject().Text("alg", "ES256").Text("kid", "app-key");

        private readonly RawObject _payload = new RawObject()
            .Text("iss", "studio").Text("sub", "studio").Text("aud", Issuer).Number("iat", Now).Number("exp", Now + 30).Text("jti", "id-1");

        private TestKey _key = Key;

        public Draft Header(string name, string json) => With(_header.Set(name, json));

        public Draft Again(string name) => With(_header.Add(name, "\"ES256\""));

        public Draft NoKeyId() => With(_header.Drop("kid"));

        public Draft Claim(string name, string json) => With(_payload.Set(name, json));

        public Draft AddClaim(string name, string json) => With(_payload.Add(name, json));

        public Draft Drop(string name) => With(_payload.Drop(name));

        public Draft Times(long issued, long expires) => With(_payload.Number("iat", issued).Number("exp", expires));

        public Draft By(TestKey key) => Forge(key).With(_header.Text("alg", key.Algorithm).Text("kid", key.Id!));

        public Draft Forge(TestKey key)
        {
            _key = key;
            return this;
        }

        public string Token() => _key.Token(_header.ToString(), _payload.ToString());

        private Draft With(RawObject changed) => changed is null ? throw new ArgumentNullException(nameof(changed)) : this;
    }
}
