using System.Collections.Frozen;
using System.Security.Cryptography;
using Gating.Identity;
using Gating.Identity.Keys;
using Gating.Registry;
using Gating.Signals;
using Gating.Signals.Receiving;
using Gating.Testing;
using Gating.Testing.Jose;
using Gating.Tests.Identity;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Gating.Tests.Signals.Receiving;

/// <summary>A verifier of events at noon, with issuers on a real loopback provider: one that signs its events itself, one with a transmitter of its own, and some that are not believed.</summary>
public sealed class EventScene : IAsyncLifetime
{
    public const string Audience = "https://gate.test";
    public const string Secret = "Bearer of-the-transmitter";

    public static readonly TestKey Own = TestKey.Ec("own");
    public static readonly TestKey Halted = TestKey.Ec("halted");
    public static readonly TestKey Transmitters = TestKey.Rsa("events");

    private IssuerKeys? _keys;
    private LoopbackProvider? _provider;

    public LoopbackProvider Provider => _provider!;

    public ManualTime Time { get; } = ManualTime.AtNoon();

    public EventVerifier Verifier { get; private set; } = null!;

    public FrozenDictionary<string, Issuer> Issuers { get; private set; } = null!;

    public string Main => Provider.Issuer("main");

    public string Transmitter => Provider.Issuer("events");

    public async Task InitializeAsync()
    {
        _provider = await LoopbackProvider.StartAsync();
        Provider.Publish("main", Own.Jwk(), Transmitters.Jwk(), Own.As("enc").Jwk(static jwk => jwk.Text("use", "enc")), Own.As("twin").Jwk(), TestKey.Ec("twin").Jwk(), Halted.Jwk());
        Provider.Publish("other", Own.Jwk());
        Provider.Publish("silent", Own.Jwk());
        Provider.Publish("stopped", Own.Jwk());
        Provider.Publish("split", Own.Jwk());
        Provider.Answer("/.well-known/ssf-configuration/events", LoopbackProvider.Json($$"""{"issuer":"{{Transmitter}}","jwks_uri":"{{Transmitter}}/keys"}"""));
        Provider.Answer("/events/keys", LoopbackProvider.Json($$"""{"keys":[{{Transmitters.Jwk()}}]}"""));
        Issuer[] issuers =
        [
            Issuer("main", Trust("main") with { SecretDigests = [] }) with { StoppedKeys = FrozenSet.Create(StringComparer.Ordinal, IdentityScene.Thumbprint(Halted)) },
            Issuer("other", Trust("other")),
            Issuer("secret", Trust("secret") with { SecretDigests = [SHA256.HashData("Bearer before"u8), SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(Secret))] }),
            Issuer("silent", null),
            Issuer("stopped", Trust("stopped")) with { Status = RegistryStatus.Stopped },
            Issuer("split", new(Transmitter, new(Provider.Origin + "/.well-known/ssf-configuration/events"), FrozenSet.Create("RS256"), Audience, [])),
            Issuer("down", Trust("down")),
        ];
        Provider.Publish("secret", Own.Jwk());
        Issuers = issuers.ToFrozenDictionary(static issuer => issuer.Id);
        _keys = new(new(AllowLoopback: true), Time, NullLogger<IssuerKeys>.Instance);
        Verifier = new(_keys, Time);
    }

    public async Task DisposeAsync()
    {
        _keys?.Dispose();
        await Provider.DisposeAsync();
    }

    public EventDraft Draft() => new(Main, Own);

    public async Task<EventReading> VerifyAsync(string token, string? authorization = null) => await Verifier.VerifyAsync(token, authorization, Issuers, default);

    private SignalTrust Trust(string name) => new(Provider.Issuer(name), new(Provider.Issuer(name) + "/.well-known/openid-configuration"), FrozenSet.Create("ES256"), Audience, []);

    private Issuer Issuer(string name, SignalTrust? trust) => new(
        Provider.Issuer(name), name, RegistryStatus.Active, new(Provider.Issuer(name) + "/.well-known/openid-configuration"), FrozenSet.Create("ES256", "RS256"), FrozenSet.Create("JWT"), TimeSpan.FromHours(1), null,
        [new(AssuranceLevel.High, null, "fw", "gold", null, null, null), new(AssuranceLevel.Low, null, "fw", "tin", null, null, null), new(AssuranceLevel.Substantial, null, "any", null, null, null, null)],
        FrozenDictionary<AssuranceLevel, string>.Empty)
    {
        Signals = trust,
    };
}

/// <summary>An event that would be believed, open to be spoiled.</summary>
public sealed class EventDraft(string issuer, TestKey key)
{
    public string Issuer { get; } = issuer;

    public TestKey Key { get; set; } = key;

    public RawObject Header { get; } = new RawObject().Text("typ", "secevent+jwt").Text("alg", key.Algorithm).Text("kid", key.Id!);

    public RawObject Payload { get; } = new RawObject()
        .Text("iss", issuer).Text("aud", EventScene.Audience).Text("jti", "e1").Number("iat", Now)
        .Set("sub_id", Account(issuer)).Set("events", $$$"""{"{{{SecurityEvents.SessionRevoked}}}":{}}""");

    public static long Now => ManualTime.Noon.ToUnixTimeSeconds();

    public static string Account(string issuer, string subject = "alice") => $$"""{"format":"iss_sub","iss":"{{issuer}}","sub":"{{subject}}"}""";

    public EventDraft With(Action<EventDraft> change)
    {
        change(this);
        return this;
    }

    public EventDraft Event(string type, string members = "{}") => With(draft => draft.Payload.Set("events", $$"""{"https://schemas.openid.net/secevent/{{type}}":{{members}}}"""));

    public string Token() => Key.Token(Header.ToString(), Payload.ToString());
}
