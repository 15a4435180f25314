using Gating.Identity;
using Gating.Testing.Jose;
using Shouldly;
using Xunit;

namespace Gating.Tests.Identity;

public sealed class IdentityVerifierTests(IdentityScene scene) : IClassFixture<IdentityScene>
{
    private static readonly Dictionary<string, AttackToken> Attacks = AttackTokens.All.ToDictionary(attack => attack.Name);

    public static TheoryData<string> AttackNames => [.. Attacks.Keys];

    public static TheoryData<string> ValidNames => [.. Valid.Keys];

    private static Dictionary<string, Func<TokenDraft, TokenDraft>> Valid { get; } = new()
    {
        ["as an issuer makes it"] = draft => draft,
        ["without typ"] = draft => draft.With(d => d.Header.Drop("typ")),
        ["typ in lower case"] = draft => draft.With(d => d.Header.Text("typ", "jwt")),
        ["unknown header members"] = draft => draft.With(d => d.Header.Text("x5t", "abc").Text("made-up", "1")),
        ["RS256"] = draft => draft.SignedBy(IdentityScene.Rsa),
        ["PS256"] = draft => draft.SignedBy(IdentityScene.Rsa.As("rsa1", "PS256")),
        ["ES384"] = draft => draft.SignedBy(IdentityScene.Ec384),
        ["no kid where one key fits"] = draft => draft.With(d => d.Header.Drop("kid")).With(d => d.Payload.Text("iss", d.Origin + "/single")),
        ["no kid where one RSA key fits"] = draft => draft.SignedBy(IdentityScene.Rsa.As(null)).With(d => d.Header.Drop("kid")).With(d => d.Payload.Text("iss", d.Origin + "/single")),
        ["aud as an array of one"] = draft => draft.With(d => d.Payload.Set("aud", """["studio-web"]""")),
        ["the app's other client id"] = draft => draft.With(d => d.Payload.Text("aud", "studio-ios")),
        ["several aud with azp of ours"] = draft => draft.With(d => d.Payload.Set("aud", """["api","studio-web"]""").Text("azp", "studio-web")),
        ["exp within the skew"] = draft => draft.With(d => d.Payload.Number("iat", TokenDraft.Now - 600).Number("exp", TokenDraft.Now - 59)),
        ["iat within the skew"] = draft => draft.With(d => d.Payload.Number("iat", TokenDraft.Now + 60)),
        ["nbf within the skew"] = draft => draft.With(d => d.Payload.Number("nbf", TokenDraft.Now + 60)),
        ["the longest lifetime"] = draft => draft.With(d => d.Payload.Number("exp", TokenDraft.Now + 3600)),
        ["fractions of a second"] = draft => draft.With(d => d.Payload.Set("exp", $"{TokenDraft.Now + 600}.75")),
        ["no auth_time"] = draft => draft.With(d => d.Payload.Drop("auth_time")),
        ["escapes in names and values"] = draft => draft.With(d => d.Payload.Add("https:\\/\\/claims.example\\/x", "\"\\ud83d\\ude00\\\\u\"")),
        ["another key of an issuer that has one stopped"] = draft => draft.SignedBy(IdentityScene.Rsa).With(d => d.Payload.Text("iss", d.Origin + "/halted")),
        ["natural person given"] = draft => draft.With(d => d.Payload.Text("iss", d.Origin + "/human").Text("person_id", "cn-4711")),
    };

    [Theory]
    [MemberData(nameof(AttackNames))]
    public async Task An_attack_token_is_refused_for_its_exact_reason(string name)
    {
        var attack = Attacks[name];

        var outcome = await scene.VerifyAsync(attack.Make(scene.Draft()));

        outcome.ShouldBe(new IdentityOutcome.Refused(attack.Reason));
    }

    [Theory]
    [MemberData(nameof(ValidNames))]
    public async Task A_good_token_is_accepted_in_every_lawful_shape(string name)
    {
        var outcome = await scene.VerifyAsync(Valid[name](scene.Draft()).Token());

        outcome.ShouldBeOfType<IdentityOutcome.Verified>().Identity.Subject.ShouldBe("alice");
    }

    [Fact]
    public void The_table_of_attacks_holds_at_least_a_hundred_and_fifty_and_every_reason()
    {
        Attacks.Count.ShouldBeGreaterThanOrEqualTo(150);
        Enum.GetValues<IdentityRefusal>().Except(Attacks.Values.Select(attack => attack.Reason)).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_verified_is_what_the_token_says()
    {
        var draft = scene.Draft().With(d => d.Payload.Text("iss", d.Origin + "/human").Text("person_id", "cn-4711").Text("acr", "urn:high"));

        var outcome = await scene.VerifyAsync(draft.Token());

        outcome.ShouldBe(new IdentityOutcome.Verified(new VerifiedIdentity(
            scene.Provider.Issuer("human"),
            "alice",
            "cn-4711",
            Assurance.None,
            DateTimeOffset.FromUnixTimeSeconds(TokenDraft.Now - 10),
            DateTimeOffset.FromUnixTimeSeconds(TokenDraft.Now + 600))
        {
            SignedWith = IdentityScene.Thumbprint(IdentityScene.Ec),
        }));
    }

    [Theory]
    [InlineData("alice")]
    [InlineData("Alice")]
    [InlineData("alice ")]
    [InlineData("ali\u0301ce")]
    [InlineData("al\u00EDce")]
    [InlineData("alice\0")]
    [InlineData("a/b\\c#d?e'%2F")]
    [InlineData("\u202Eecila")]
    [InlineData("😀")]
    public async Task A_subject_comes_out_as_it_went_in(string subject)
    {
        var outcome = await scene.VerifyAsync(scene.Draft().With(d => d.Payload.Text("sub", subject)).Token());

        outcome.ShouldBeOfType<IdentityOutcome.Verified>().Identity.Subject.ShouldBe(subject);
    }

    [Fact]
    public async Task A_subject_of_255_characters_is_the_longest()
    {
        var outcome = await scene.VerifyAsync(scene.Draft().With(d => d.Payload.Text("sub", new string('s', 255))).Token());

        outcome.ShouldBeOfType<IdentityOutcome.Verified>();
    }

    [Fact]
    public async Task An_app_without_client_ids_at_the_issuer_gets_nothing()
    {
        var app = scene.App with { Audiences = System.Collections.Frozen.FrozenDictionary<string, System.Collections.Immutable.ImmutableArray<string>>.Empty };

        var outcome = await scene.Verifier.VerifyAsync(scene.Draft().Token(), app, scene.Issuers, CancellationToken.None);

        outcome.ShouldBe(new IdentityOutcome.Refused(IdentityRefusal.WrongAudience));
    }

    [Fact]
    public async Task The_canary_that_tokens_point_to_sees_no_request()
    {
        foreach (var attack in Attacks.Values)
        {
            await scene.VerifyAsync(attack.Make(scene.Draft()));
        }

        scene.Provider.RequestsTo("/canary").ShouldBe(0);
    }

    [Fact]
    public async Task Every_flip_of_a_byte_and_every_cut_is_refused_and_nothing_throws()
    {
        var token = scene.Draft().Token();
        (await scene.VerifyAsync(token)).ShouldBeOfType<IdentityOutcome.Verified>();
        var survivors = new List<string>();
        for (var at = 0; at < token.Length; at++)
        {
            for (var bit = 0; bit < 7; bit++)
            {
                var spoiled = token.ToCharArray();
                spoiled[at] ^= (char)(1 << bit);
                await CollectAsync(new string(spoiled), survivors);
            }

            await CollectAsync(token[..at], survivors);
            await CollectAsync(token.Remove(at, 1), survivors);
            await CollectAsync(token.Insert(at, "A"), survivors);
        }

        survivors.ShouldBeEmpty();
    }

    [Fact]
    public async Task Every_flip_of_a_byte_of_the_signed_text_is_judged_without_an_exception()
    {
        var payload = scene.Draft().Payload.Add("n\\u00e4me", "\"\\ud83d\\ude00\"").Set("v", "[1,{\"a\":null}]").ToString();
        var random = new Random(4711);
        for (var round = 0; round < 3000; round++)
        {
            var bytes = System.Text.Encoding.Latin1.GetBytes(payload);
            for (var changes = random.Next(1, 4); changes > 0; changes--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            var input = TestKey.Encode(scene.Draft().Header.ToString()) + "." + TestKey.Encode(bytes);
            await scene.VerifyAsync(input + "." + TestKey.Encode(IdentityScene.Ec.Sign(System.Text.Encoding.ASCII.GetBytes(input))));
        }
    }

    [Fact]
    public async Task Many_threads_share_one_key()
    {
        var good = scene.Draft().Token();
        var bad = scene.Draft().ForgedBy(IdentityScene.Stranger).Token();
        await scene.VerifyAsync(good);

        var verdicts = await Task.WhenAll(Enumerable.Range(0, 2000).Select(i => Task.Run(async () => (i, await scene.VerifyAsync(i % 2 == 0 ? good : bad)))));

        verdicts.ShouldAllBe(verdict => verdict.Item2 is IdentityOutcome.Verified == (verdict.i % 2 == 0));
    }

    private async Task CollectAsync(string token, List<string> survivors)
    {
        if (await scene.VerifyAsync(token) is not IdentityOutcome.Refused)
        {
            survivors.Add(token);
        }
    }
}
