using System.Buffers.Text;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using Gating.Identity;
using Gating.Identity.Keys;
using Gating.Registry;
using Gating.Testing;
using Gating.Testing.Jose;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;

namespace Gating.Tests.Identity;

/// <summary>A token that is shown again costs no public-key operation, and is refused for every reason for which a new one would be.</summary>
public sealed class VerifiedSignaturesTests : IAsyncLifetime
{
    private const string Name = "op";

    private static readonly BigInteger Order = BigInteger.Parse("00FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551", NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private readonly TestKey _key = TestKey.Ec("k1");
    private readonly ManualTime _time = ManualTime.AtNoon();
    private readonly VerifiedSignatures _seen = VerifiedSignatures.OfAnInstance();
    private LoopbackProvider _provider = null!;
    private IssuerKeys _keys = null!;
    private Issuer _issuer = null!;

    public async Task InitializeAsync()
    {
        _provider = await LoopbackProvider.StartAsync();
        _provider.Publish(Name, _key.Jwk());
        _keys = new(new IssuerKeysOptions(AllowLoopback: true), _time, NullLogger<IssuerKeys>.Instance);
        _issuer = new(
            _provider.Issuer(Name), Name, RegistryStatus.Active, new Uri(_provider.Issuer(Name) + "/.well-known/openid-configuration"), new[] { "ES256" }.ToFrozenSet(), new[] { "", "JWT" }.ToFrozenSet(),
            TimeSpan.FromHours(1), null, [], FrozenDictionary<AssuranceLevel, string>.Empty);
    }

    public async Task DisposeAsync()
    {
        _keys.Dispose();
        await _provider.DisposeAsync();
    }

    [Fact]
    public async Task One_that_is_shown_again_is_not_verified_again()
    {
        var token = Token();
        for (var i = 0; i < 3; i++)
        {
            (await VerifyAsync(token)).ShouldBeOfType<IdentityOutcome.Verified>().Identity.Subject.ShouldBe("alice");
        }

        _seen.Hits.ShouldBe(2);
        (await VerifyAsync(Token())).ShouldBeOfType<IdentityOutcome.Verified>();
        _seen.Hits.ShouldBe(2);
    }

    [Fact]
    public async Task A_twin_of_a_signature_is_another_one_and_what_is_no_signature_stays_none()
    {
        var token = Token();
        await VerifyAsync(token);
        var (input, signature) = (token[..token.LastIndexOf('.')], Base64Url.DecodeFromChars(token.AsSpan(token.LastIndexOf('.') + 1)));

        var twin = signature.ToArray();
        var s = (Order - new BigInteger(signature.AsSpan(32), isUnsigned: true, isBigEndian: true)).ToByteArray(isUnsigned: true, isBigEndian: true);
        twin.AsSpan(32).Clear();
        s.CopyTo(twin.AsSpan(64 - s.Length));
        (await VerifyAsync($"{input}.{Base64Url.EncodeToString(twin)}")).ShouldBeOfType<IdentityOutcome.Verified>();

        signature[40] ^= 1;
        for (var i = 0; i < 3; i++)
        {
            (await VerifyAsync($"{input}.{Base64Url.EncodeToString(signature)}")).ShouldBe(new IdentityOutcome.Refused(IdentityRefusal.BadSignature));
        }

        _seen.Hits.ShouldBe(0);
    }

    [Fact]
    public async Task Under_a_key_that_was_exchanged_or_taken_back_it_is_refused()
    {
        var token = Token();
        await VerifyAsync(token);
        _provider.Publish(Name, TestKey.Ec("k1").Jwk(), TestKey.Ec("k2").Jwk());
        _time.Pass(TimeSpan.FromSeconds(61));
        (await VerifyAsync(TestKey.Ec("k2").Token("""{"alg":"ES256","kid":"k3"}""", Payload()))).ShouldBe(new IdentityOutcome.Refused(IdentityRefusal.UnknownKey));
        (await VerifyAsync(token)).ShouldBe(new IdentityOutcome.Refused(IdentityRefusal.BadSignature));

        _provider.Publish(Name, TestKey.Ec("k2").Jwk());
        _time.Pass(TimeSpan.FromSeconds(61));
        (await VerifyAsync(TestKey.Ec("k2").Token("""{"alg":"ES256","kid":"k3"}""", Payload()))).ShouldBe(new IdentityOutcome.Refused(IdentityRefusal.UnknownKey));
        (await VerifyAsync(token)).ShouldBe(new IdentityOutcome.Refused(IdentityRefusal.UnknownKey));
    }

    [Fact]
    public async Task Whatever_else_came_to_be_wrong_with_it_is_found()
    {
        var token = Token();
        (await VerifyAsync(token)).ShouldBeOfType<IdentityOutcome.Verified>();
        (await VerifyAsync(token, audience: "another")).ShouldBe(new IdentityOutcome.Refused(IdentityRefusal.WrongAudience));
        (await VerifyAsync(token, _issuer with { Status = RegistryStatus.Stopped })).ShouldBeOfType<IdentityOutcome.Refused>();
        (await VerifyAsync(token, _issuer with { StoppedKeys = FrozenSet.Create(StringComparer.Ordinal, IdentityScene.Thumbprint(_key)) })).ShouldBe(new IdentityOutcome.Refused(IdentityRefusal.KeyStopped));
        _time.Pass(TimeSpan.FromMinutes(12));
        (await VerifyAsync(token)).ShouldBe(new IdentityOutcome.Refused(IdentityRefusal.Expired));
    }

    [Fact]
    public async Task It_remembers_no_more_than_it_was_made_for_and_is_right_all_the_same()
    {
        var small = new VerifiedSignatures(2);
        var tokens = Enumerable.Range(0, 20).Select(_ => Token()).ToList();
        foreach (var token in tokens.Concat(tokens))
        {
            (await VerifyAsync(token, seen: small)).ShouldBeOfType<IdentityOutcome.Verified>();
        }

        small.Hits.ShouldBe(0);
        (await VerifyAsync(tokens[^1], seen: small)).ShouldBeOfType<IdentityOutcome.Verified>();
        small.Hits.ShouldBe(1);
    }

    private string Payload() => $$"""{"iss":"{{_issuer.Id}}","sub":"alice","aud":"studio-web","iat":{{TokenDraft.Now}},"exp":{{TokenDraft.Now + 600}}}""";

    private string Token() => _key.Token("""{"alg":"ES256","kid":"k1"}""", Payload());

    private async Task<IdentityOutcome> VerifyAsync(string token, Issuer? issuer = null, string audience = "studio-web", VerifiedSignatures? seen = null)
    {
        issuer ??= _issuer;
        var app = new App("studio", "Studio", RegistryStatus.Active, [], [], new Dictionary<string, ImmutableArray<string>> { [issuer.Id] = [audience] }.ToFrozenDictionary(), FrozenSet<string>.Empty);
        return await new IdentityVerifier(_keys, seen ?? _seen, _time).VerifyAsync(token, app, new Dictionary<string, Issuer> { [issuer.Id] = issuer }.ToFrozenDictionary(), CancellationToken.None);
    }
}
