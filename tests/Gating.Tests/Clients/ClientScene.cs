using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Gating.Clients;
using Gating.Registry;
using Gating.Testing;
using Gating.Testing.Jose;
using Gating.Tests.Identity;
using Microsoft.Extensions.Primitives;

namespace Gating.Tests.Clients;

/// <summary>Four apps and an authenticator at noon.</summary>
internal static class ClientScene
{
    public const string Issuer = "https://gate.example";
    public const string Secret = "s3cr:t/+ =%é";
    public const string OldSecret = "old";

    public static readonly TestKey Key = TestKey.Ec("app-key");
    public static readonly TestKey Second = TestKey.Ec("second");

    public static ClientAuthenticator Authenticator { get; } = new(Issuer, ManualTime.AtNoon());

    public static FrozenDictionary<string, App> Apps { get; } = new[]
    {
        App("studio", [Secret, OldSecret], new ClientKey("app-key", "ES256", Key.Jwk()), new ClientKey("rsa", "PS256", IdentityScene.Rsa.As(null).Jwk()),
            new ClientKey("weak", "RS256", IdentityScene.Weak.Jwk()), new ClientKey("leaked", "ES256", Key.Jwk(jwk => jwk.Text("d", Key.PrivateMember()))),
            new ClientKey("broken", "ES256", "{}x")),
        App("pair", [], new ClientKey("app-key", "ES256", Key.Jwk()), new ClientKey("second", "ES256", Second.Jwk())),
        App("secret only", [Secret]),
        App("stopped", [Secret], new ClientKey("app-key", "ES256", Key.Jwk())) with { Status = RegistryStatus.Stopped },
    }.ToFrozenDictionary(app => app.Id);

    public static ClientOutcome Authenticate(in PresentedCredentials presented) => Authenticator.Authenticate(presented, Apps);

    public static string Basic(string id, string secret) => Basic64($"{Uri.EscapeDataString(id)}:{Uri.EscapeDataString(secret)}");

    public static string Basic64(string text) => "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    public static PresentedCredentials Header(StringValues authorization, StringValues clientId = default) =>
        new() { Authorization = authorization, ClientId = clientId };

    public static PresentedCredentials Assertion(StringValues assertion, StringValues clientId = default) =>
        new() { Assertion = assertion, AssertionType = ClientAssertion.Type, ClientId = clientId };

    private static App App(string id, string[] secrets, params ClientKey[] keys) => new(
        id,
        id,
        RegistryStatus.Active,
        [.. secrets.Select(secret => (ReadOnlyMemory<byte>)SHA256.HashData(Encoding.UTF8.GetBytes(secret)))],
        [.. keys],
        FrozenDictionary<string, ImmutableArray<string>>.Empty,
        FrozenSet<string>.Empty);
}
