using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Gating.Clients;
using Gating.Identity.Jose;
using Gating.Ledger;
using Gating.Testing;
using Gating.Testing.Jose;
using Gating.Tests.Identity;
using Microsoft.Extensions.Primitives;
using Shouldly;
using Xunit;
using static Gating.Clients.DpopRefusal;

namespace Gating.Tests.Clients;

public sealed class DpopProofTests
{
    private const string Target = "https://gate.example/oauth2/token";
    private const string AccessToken = "grant.of.ours";
    private static readonly long Now = TokenDraft.Now;
    private static readonly TestKey Key = TestKey.Ec(null);
    private static readonly string Ath = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(AccessToken)));

    private static readonly Dictionary<string, (DpopRefusal Reason, Action<Draft> Spoil)> Refused = new()
    {
        ["typ absent"] = (WrongType, draft => draft.Header.Drop("typ")),
        ["typ JWT"] = (WrongType, draft => draft.Header.Text("typ", "JWT")),
        ["typ of a grant"] = (WrongType, draft => draft.Header.Text("typ", "at+jwt")),
        ["alg none"] = (AlgorithmNotAllowed, draft => draft.Header.Text("alg", "none")),
        ["alg HS256"] = (AlgorithmNotAllowed, draft => draft.Header.Text("alg", "HS256")),
        ["alg RS256"] = (AlgorithmNotAllowed, draft => draft.By(IdentityScene.Rsa)),
        ["alg ES384"] = (AlgorithmNotAllowed, draft => draft.By(IdentityScene.Ec384)),
        ["crit"] = (ExtensionNotSupported, draft => draft.Header.Set("crit", """["jwk"]""")),
        ["jku"] = (PointsToKey, draft => draft.Header.Text("jku", "https://x.example")),
        ["jwk absent"] = (KeyMissing, draft => draft.Header.Drop("jwk")),
        ["jwk a text"] = (Malformed, draft => draft.Header.Text("jwk", "key")),
        ["jwk empty"] = (UnfitKey, draft => draft.Header.Set("jwk", "{}")),
        ["jwk with its private part"] = (PrivateKey, draft => draft.Header.Set("jwk", Key.Jwk(jwk => jwk.Text("d", Key.PrivateMember())))),
        ["jwk symmetric"] = (PrivateKey, draft => draft.Header.Set("jwk", """{"kty":"oct","k":"AAAA"}""")),
        ["jwk RSA"] = (UnfitKey, draft => draft.Header.Set("jwk", IdentityScene.Rsa.Jwk())),
        ["jwk of P-384"] = (UnfitKey, draft => draft.Header.Set("jwk", IdentityScene.Ec384.Jwk(jwk => jwk.Drop("alg")))),
        ["jwk for encryption"] = (UnfitKey, draft => draft.Header.Set("jwk", Key.Jwk(jwk => jwk.Text("use", "enc")))),
        ["jwk off the curve"] = (UnfitKey, draft => draft.Header.Set("jwk", Key.Jwk(jwk => jwk.Text("y", TestKey.Encode(new byte[32]))))),
        ["jwk of another"] = (BadSignature, draft => draft.Header.Set("jwk", TestKey.Ec(null).Jwk())),
        ["jwk with a member twice"] = (Malformed, draft => draft.Header.Set("jwk", Key.Jwk(jwk => jwk.Add("kty", "\"EC\"")))),
        ["jti absent"] = (MissingClaim, draft => draft.Payload.Drop("jti")),
        ["jti empty"] = (InvalidClaim, draft => draft.Payload.Text("jti", "")),
        ["jti of 129 characters"] = (InvalidClaim, draft => draft.Payload.Text("jti", new string('j', 129))),
        ["jti twice"] = (Malformed, draft => draft.Payload.Add("jti", "\"b\"")),
        ["iat absent"] = (MissingClaim, draft => draft.Payload.Drop("iat")),
        ["iat a text"] = (InvalidClaim, draft => draft.Payload.Set("iat", $"\"{Now}\"")),
        ["60 s old"] = (TooOld, draft => draft.Payload.Number("iat", Now - 60)),
        ["11 s ahead"] = (NotYetValid, draft => draft.Payload.Number("iat", Now + 11)),
        ["htm absent"] = (MissingClaim, draft => draft.Payload.Drop("htm")),
        ["htm GET"] = (WrongMethod, draft => draft.Payload.Text("htm", "GET")),
        ["htm in lower case"] = (WrongMethod, draft => draft.Payload.Text("htm", "post")),
        ["htu absent"] = (MissingClaim, draft => draft.Payload.Drop("htu")),
        ["htu http"] = (WrongTarget, draft => draft.Payload.Text("htu", "http://gate.example/oauth2/token")),
        ["htu of another host"] = (WrongTarget, draft => draft.Payload.Text("htu", "https://gate.example.evil/oauth2/token")),
        ["htu of another port"] = (WrongTarget, draft => draft.Payload.Text("htu", "https://gate.example:8443/oauth2/token")),
        ["htu of another path"] = (WrongTarget, draft => draft.Payload.Text("htu", "https://gate.example/oauth2/revoke")),
        ["htu with a slash"] = (WrongTarget, draft => draft.Payload.Text("htu", Target + "/")),
        ["htu in another case of the path"] = (WrongTarget, draft => draft.Payload.Text("htu", "https://gate.example/OAuth2/token")),
        ["htu with a user"] = (WrongTarget, draft => draft.Payload.Text("htu", "https://me@gate.example/oauth2/token")),
        ["htu with backslashes"] = (WrongTarget, draft => draft.Payload.Text("htu", "https:\\\\gate.example\\oauth2\\token")),
        ["htu with a space"] = (WrongTarget, draft => draft.Payload.Text("htu", " " + Target)),
        ["htu relative"] = (WrongTarget, draft => draft.Payload.Text("htu", "/oauth2/token")),
        ["ath absent"] = (MissingClaim, draft => draft.Payload.Drop("ath")),
        ["ath of another token"] = (WrongToken, draft => draft.Payload.Text("ath", Base64Url.EncodeToString(SHA256.HashData("other"u8)))),
        ["ath padded"] = (WrongToken, draft => draft.Payload.Text("ath", Ath + "=")),
        ["nonce absent"] = (NonceWanted, draft => draft.Payload.Drop("nonce")),
        ["nonce of yesterday"] = (NonceWanted, draft => draft.Payload.Text("nonce", "n-0")),
        ["nonce a number"] = (NonceWanted, draft => draft.Payload.Set("nonce", "1")),
        ["payload followed by more"] = (Malformed, draft => draft.Tail = "{}"),
    };

    private static readonly Dictionary<string, Action<Draft>> Accepted = new()
    {
        ["plain"] = _ => { },
        ["typ in capitals"] = draft => draft.Header.Text("typ", "DPoP+JWT"),
        ["jwk with more about it"] = draft => draft.Header.Set("jwk", Key.Jwk(jwk => jwk.Text("use", "sig").Text("alg", "ES256").Text("kid", "mine"))),
        ["59 s old"] = draft => draft.Payload.Number("iat", Now - 59),
        ["10 s ahead"] = draft => draft.Payload.Number("iat", Now + 10),
        ["htu with a query and a fragment"] = draft => draft.Payload.Text("htu", Target + "?a=b#c"),
        ["htu with the default port"] = draft => draft.Payload.Text("htu", "https://gate.example:443/oauth2/token"),
        ["htu in capitals"] = draft => draft.Payload.Text("htu", "HTTPS://GATE.example/oauth2/token"),
        ["the other good nonce"] = draft => draft.Payload.Text("nonce", "n-1"),
    };

    public static TheoryData<string> RefusedNames => [.. Refused.Keys];

    public static TheoryData<string> AcceptedNames => [.. Accepted.Keys];

    private static DpopDemand Demand => new("POST", new Uri(Target), AccessToken, ["n-1", "n-2"]);

    [Theory]
    [MemberData(nameof(RefusedNames))]
    public void A_wrong_proof_is_refused_for_its_exact_reason(string name)
    {
        var draft = new Draft();
        Refused[name].Spoil(draft);

        DpopProof.Check(draft.Token(), Demand, ManualTime.Noon).ShouldBe(new DpopOutcome.Refused(Refused[name].Reason));
    }

    [Theory]
    [MemberData(nameof(AcceptedNames))]
    public void A_good_proof_names_its_key(string name)
    {
        var draft = new Draft();
        Accepted[name](draft);

        DpopProof.Check(draft.Token(), Demand, ManualTime.Noon).ShouldBeOfType<DpopOutcome.Proven>().Thumbprint.ShouldBe(Thumbprint);
    }

    [Fact]
    public void What_must_not_come_again_is_named_by_key_and_jti_until_it_is_too_old() =>
        DpopProof.Check(new Draft().Token(), Demand, ManualTime.Noon)
            .ShouldBe(new DpopOutcome.Proven(Thumbprint, new OneTimeId(KeyHash.Of("proof", Thumbprint, "a"), ManualTime.Noon.AddSeconds(60))));

    [Fact]
    public void Exactly_one_header_field_is_a_proof()
    {
        DpopProof.Check(StringValues.Empty, Demand, ManualTime.Noon).ShouldBe(new DpopOutcome.Refused(Missing));
        DpopProof.Check(new StringValues([new Draft().Token(), new Draft().Token()]), Demand, ManualTime.Noon).ShouldBe(new DpopOutcome.Refused(Repeated));
        DpopProof.Check(new Draft().Token() + "," + new Draft().Token(), Demand, ManualTime.Noon).ShouldBe(new DpopOutcome.Refused(Malformed));
        DpopProof.Check("", Demand, ManualTime.Noon).ShouldBe(new DpopOutcome.Refused(Malformed));
        DpopProof.Check(new string('A', 20_000), Demand, ManualTime.Noon).ShouldBe(new DpopOutcome.Refused(TooLarge));
    }

    [Fact]
    public void Without_a_token_and_nonces_to_ask_for_neither_is_wanted()
    {
        var draft = new Draft();
        draft.Payload.Drop("ath").Drop("nonce");

        DpopProof.Check(draft.Token(), new DpopDemand("POST", new Uri(Target), null, []), ManualTime.Noon).ShouldBeOfType<DpopOutcome.Proven>();
    }

    [Fact]
    public void A_remembered_key_is_judged_by_the_same_rules()
    {
        for (var round = 0; round < 3; round++)
        {
            DpopProof.Check(new Draft().Token(), Demand, ManualTime.Noon).ShouldBeOfType<DpopOutcome.Proven>();
            var leaking = new Draft();
            leaking.Header.Set("jwk", Key.Jwk(jwk => jwk.Text("d", Key.PrivateMember())));
            DpopProof.Check(leaking.Token(), Demand, ManualTime.Noon).ShouldBe(new DpopOutcome.Refused(PrivateKey));
            var forged = new Draft().By(TestKey.Ec(null));
            forged.Header.Set("jwk", Key.Jwk());
            DpopProof.Check(forged.Token(), Demand, ManualTime.Noon).ShouldBe(new DpopOutcome.Refused(BadSignature));
        }
    }

    [Fact]
    public void Every_flip_of_a_bit_is_refused()
    {
        var token = new Draft().Token();
        for (var at = 0; at < token.Length; at++)
        {
            var spoiled = token.ToCharArray();
            spoiled[at] ^= (char)(1 << (at % 7));
            DpopProof.Check(new string(spoiled), Demand, ManualTime.Noon).ShouldBeOfType<DpopOutcome.Refused>();
        }
    }

    [CorpusFact("jose/rfc-examples/vectors.json")]
    public void The_examples_of_RFC_9449_prove_possession()
    {
        using var document = JsonDocument.Parse(Corpora.Read("jose/rfc-examples/vectors.json"));
        var vector = document.RootElement.GetProperty("vectors").EnumerateArray().Single(one => one.GetProperty("id").GetString() == "RFC9449-s7.1");
        var demand = new DpopDemand("GET", new Uri("https://resource.example.org/protectedresource"), vector.GetProperty("accessToken").GetString(), []);

        // The example's iat.
        DpopProof.Check(vector.GetProperty("token").GetString(), demand, DateTimeOffset.FromUnixTimeSeconds(1562262618))
            .ShouldBeOfType<DpopOutcome.Proven>().Thumbprint.ShouldBe(vector.GetProperty("jkt").GetString());
    }

    private static string Thumbprint
    {
        get
        {
            using var jwk = JsonDocument.Parse(Key.Jwk());
            return JwkThumbprint.Of(jwk.RootElement);
        }
    }

    private sealed class Draft
    {
        private TestKey _key = Key;

        public RawObject Header { get; } = new RawObject().Text("typ", "dpop+jwt").Text("alg", "ES256").Set("jwk", Key.Jwk());

        public RawObject Payload { get; } = new RawObject()
            .Text("jti", "a").Number("iat", Now).Text("htm", "POST").Text("htu", Target).Text("ath", Ath).Text("nonce", "n-2");

        public string Tail { get; set; } = "";

        public Draft By(TestKey key)
        {
            _key = key;
            Header.Text("alg", key.Algorithm).Set("jwk", key.Jwk());
            return this;
        }

        public string Token() => _key.Token(Header.ToString(), Payload + Tail);
    }
}
