using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.Json;
using Gating.Identity;
using Gating.Identity.Jose;
using Gating.Identity.Keys;
using Gating.Registry;
using Gating.Testing;
using Gating.Testing.Jose;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Gating.Tests.Identity;

/// <summary>A verifier at noon, with issuers on a real loopback provider and one app that is their client.</summary>
public sealed class IdentityScene : IAsyncLifetime
{
    public static readonly TestKey Ec = TestKey.Ec("ec1");
    public static readonly TestKey Ec384 = TestKey.Ec("ec384", "P-384");
    public static readonly TestKey Ec521 = TestKey.Ec("ec521", "P-521");
    public static readonly TestKey Rsa = TestKey.Rsa("rsa1");
    public static readonly TestKey Weak = TestKey.Rsa("weak", bits: 1024);
    public static readonly TestKey Stranger = TestKey.Ec("ec1");
    public static readonly TestKey StrangerRsa = TestKey.Rsa("rsa1");
    public static readonly TestKey OtherIssuers = TestKey.Ec("ec1");

    private IssuerKeys? _keys;
    private LoopbackProvider? _provider;

    public LoopbackProvider Provider => _provider!;

    public ManualTime Time { get; } = ManualTime.AtNoon();

    /// <summary>Remembers from one test to the next, as an instance does: whatever is refused has to be refused with it.</summary>
    public VerifiedSignatures Seen { get; } = VerifiedSignatures.OfAnInstance();

    public IdentityVerifier Verifier { get; private set; } = null!;

    public FrozenDictionary<string, Issuer> Issuers { get; private set; } = null!;

    public App App { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        _provider = await LoopbackProvider.StartAsync();
        Provider.Publish(
            "main",
            Ec.Jwk(),
            Ec384.Jwk(jwk => jwk.Text("use", "sig").Text("alg", "ES384")),
            Rsa.Jwk(jwk => jwk.Set("key_ops", """["verify"]""")),
            Weak.Jwk(),
            Ec.As("enc").Jwk(jwk => jwk.Text("use", "enc")),
            Ec.As("ops").Jwk(jwk => jwk.Set("key_ops", """["encrypt"]""")),
            Ec.As("other-alg").Jwk(jwk => jwk.Text("alg", "ES384")),
            Rsa.As("only-rs256").Jwk(jwk => jwk.Text("alg", "RS256")),
            Ec.As("leaked").Jwk(jwk => jwk.Text("d", Ec.PrivateMember())),
            Ec.As("twin").Jwk(),
            OtherIssuers.As("twin").Jwk(),
            """{"kty":"oct","kid":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"}""",
            """{"kty":"OKP","crv":"Ed25519","kid":"okp","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}""");
        Provider.Publish("other", OtherIssuers.Jwk());
        Provider.Publish("stopped", Ec.Jwk());
        Provider.Publish("single", Ec.As(null).Jwk(), Rsa.As(null).Jwk(), Ec.As("enc").Jwk(jwk => jwk.Text("use", "enc")));
        Provider.Publish("human", Ec.Jwk());
        Provider.Publish("halted", Ec.Jwk(), Rsa.Jwk());

        Issuer[] issuers =
        [
            Issuer("main"), Issuer("other"), Issuer("stopped") with { Status = RegistryStatus.Stopped }, Issuer("single"),
            Issuer("human") with { NaturalPersonClaim = "person_id" }, Issuer("down"), Issuer("halted") with { StoppedKeys = FrozenSet.Create(StringComparer.Ordinal, Thumbprint(Ec)) },
        ];
        Issuers = issuers.ToFrozenDictionary(issuer => issuer.Id);
        App = new App(
            "studio",
            "Studio",
            RegistryStatus.Active,
            [],
            [],
            issuers.ToFrozenDictionary(
                issuer => issuer.Id,
                issuer => issuer.Name == "other" ? ImmutableArray.Create("studio-elsewhere") : ["studio-web", "studio-ios"]),
            FrozenSet<string>.Empty);
        _keys = new IssuerKeys(new IssuerKeysOptions(AllowLoopback: true), Time, NullLogger<IssuerKeys>.Instance);
        Verifier = new IdentityVerifier(_keys, Seen, Time);
    }

    public async Task DisposeAsync()
    {
        _keys?.Dispose();
        await Provider.DisposeAsync();
    }

    public static string Thumbprint(TestKey key)
    {
        using var jwk = JsonDocument.Parse(key.Jwk());
        return JwkThumbprint.Of(jwk.RootElement);
    }

    public Issuer Issuer(string name) => new(
        Provider.Issuer(name),
        name,
        RegistryStatus.Active,
        new Uri(Provider.Issuer(name) + "/.well-known/openid-configuration"),
        new[] { "ES256", "ES384", "RS256", "PS256" }.ToFrozenSet(),
        new[] { "", "JWT" }.ToFrozenSet(),
        TimeSpan.FromHours(1),
        null,
        [],
        FrozenDictionary<AssuranceLevel, string>.Empty);

    public TokenDraft Draft() => new(Provider.Origin, Ec);

    public async Task<IdentityOutcome> VerifyAsync(string token) => await Verifier.VerifyAsync(token, App, Issuers, CancellationToken.None);
}

/// <summary>A token that would be accepted, open to be spoiled.</summary>
public sealed class TokenDraft(string origin, TestKey key)
{
    public string Origin { get; } = origin;

    public TestKey Key { get; private set; } = key;

    public RawObject Header { get; } = new RawObject().Text("alg", key.Algorithm).Text("typ", "JWT").Text("kid", key.Id!);

    public RawObject Payload { get; } = new RawObject()
        .Text("iss", origin + "/main").Text("sub", "alice").Text("aud", "studio-web")
        .Number("iat", Now).Number("exp", Now + 600).Number("auth_time", Now - 10).Text("nonce", "n-0S6_WzA2Mj");

    public static long Now => ManualTime.Noon.ToUnixTimeSeconds();

    /// <summary>Signs with <paramref name="other"/>, the header saying so.</summary>
    public TokenDraft SignedBy(TestKey other)
    {
        Key = other;
        Header.Text("alg", other.Algorithm);
        return other.Id is null ? this : With(draft => draft.Header.Text("kid", other.Id));
    }

    /// <summary>Signs with <paramref name="other"/> and leaves the header as it is.</summary>
    public TokenDraft ForgedBy(TestKey other)
    {
        Key = other;
        return this;
    }

    public TokenDraft With(Action<TokenDraft> change)
    {
        change(this);
        return this;
    }

    public string Token() => Key.Token(Header.ToString(), Payload.ToString());
}
