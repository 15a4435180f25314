using Gating.Client.Tools;
using Gating.Testing;
using Gating.Testing.Jose;
using Shouldly;
using Xunit;

namespace Gating.Functions.Tests.Client;

/// <summary>Bound grants at a tool (RFC 9449, 4.3 and 7.1): one proof is good, once, and everything that differs from it is not.</summary>
public sealed class DpopGrantsTests : IAsyncLifetime
{
    private static readonly Uri Target = new("https://tools.example/face-swap/run?quality=high");

    private readonly TestKey _key = TestKey.Ec(id: null);
    private ForgedGate _gate = null!;
    private string _grant = null!;

    public async Task InitializeAsync()
    {
        _gate = await ForgedGate.StartAsync();
        using var jwk = System.Text.Json.JsonDocument.Parse(_key.Jwk());
        _grant = _gate.Grant(claims => claims.Set("cnf", $$"""{"jkt":"{{Identity.Jose.JwkThumbprint.Of(jwk.RootElement)}}"}"""));
    }

    public Task DisposeAsync() => _gate.DisposeAsync().AsTask();

    [Theory]
    [InlineData("https://tools.example/face-swap/run")]
    [InlineData("HTTPS://TOOLS.example:443/face-swap/run?other#x")]
    public async Task A_proof_for_this_request_and_grant_is_good_once(string target)
    {
        var (verifier, proof) = (_gate.Verifier(demandsDpop: true), Proof(target: target));

        (await verifier.VerifyAsync(Present(proof), default)).ShouldBeOfType<GrantOutcome.Valid>().Grant.KeyThumbprint.ShouldNotBeNull();
        (await verifier.VerifyAsync(Present(proof), default)).ShouldSatisfy(GrantFault.ProofReplayed);
        (await verifier.VerifyAsync(Present(Proof()), default)).ShouldSatisfy(null);
    }

    public static TheoryData<string, GrantFault> Refused { get; } = new()
    {
        { "missing", GrantFault.ProofMissing },
        { "nonsense", GrantFault.ProofMalformed },
        { "typ JWT", GrantFault.ProofMalformed },
        { "alg none", GrantFault.ProofMalformed },
        { "no key", GrantFault.ProofMalformed },
        { "private key", GrantFault.ProofMalformed },
        { "key of another curve", GrantFault.ProofMalformed },
        { "no jti", GrantFault.ProofMalformed },
        { "long jti", GrantFault.ProofMalformed },
        { "no ath", GrantFault.ProofMalformed },
        { "other method", GrantFault.ProofForOtherRequest },
        { "other path", GrantFault.ProofForOtherRequest },
        { "other host", GrantFault.ProofForOtherRequest },
        { "other port", GrantFault.ProofForOtherRequest },
        { "other scheme", GrantFault.ProofForOtherRequest },
        { "backslashes", GrantFault.ProofForOtherRequest },
        { "old", GrantFault.ProofOutOfTime },
        { "from the future", GrantFault.ProofOutOfTime },
        { "for another grant", GrantFault.ProofForOtherGrant },
        { "other key", GrantFault.ProofOfOtherKey },
        { "this key, signed with another", GrantFault.ProofSignatureBad },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task Anything_else_is_refused_for_its_reason(string what, GrantFault reason)
    {
        var verifier = _gate.Verifier();

        (await verifier.VerifyAsync(Present(Make(what)), default)).ShouldSatisfy(reason);

        // And used nothing up.
        (await verifier.VerifyAsync(Present(Proof()), default)).ShouldSatisfy(null);
    }

    [Fact]
    public async Task A_plain_grant_with_a_proof_is_refused() =>
        (await _gate.Verifier().VerifyAsync(PresentedGrant.Dpop(_gate.Grant(), Proof(), "POST", Target), default)).ShouldSatisfy(GrantFault.WrongScheme);

    [Fact]
    public async Task A_proof_is_not_used_up_where_nothing_is_known()
    {
        var time = ManualTime.Running();
        var (verifier, proof) = (_gate.Verifier(time), Proof());
        _gate.Server.Answer("/statuslists/l1", LoopbackProvider.Status(503));
        (await verifier.VerifyAsync(Present(proof), default)).ShouldBeOfType<GrantOutcome.Unavailable>();
        _gate.PublishList();
        time.Pass(TimeSpan.FromSeconds(1));

        (await verifier.VerifyAsync(Present(proof), default)).ShouldSatisfy(null);
    }

    [Fact]
    public async Task Of_a_hundred_at_once_with_one_proof_one_is_let_in()
    {
        var (verifier, proof) = (_gate.Verifier(), Proof());

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Task.Run(() => verifier.VerifyAsync(Present(proof), default).AsTask())));

        outcomes.Count(static outcome => outcome is GrantOutcome.Valid).ShouldBe(1);
        outcomes.Count(static outcome => outcome is GrantOutcome.Invalid { Reason: GrantFault.ProofReplayed }).ShouldBe(99);
    }

    [Fact]
    public void A_full_memory_pushes_nobody_out_and_empties_with_time()
    {
        var time = ManualTime.AtNoon();
        var memory = new ProofMemory(2, TimeSpan.FromSeconds(70), time);
        (memory.Use("k", "1"), memory.Use("k", "2"), memory.Use("k", "3"), memory.Use("k", "1")).ShouldBe((true, true, null, false));
        time.Pass(TimeSpan.FromSeconds(69));
        memory.Use("k", "1").ShouldBe(false);
        time.Pass(TimeSpan.FromSeconds(1));
        (memory.Use("k", "3"), memory.Use("j", "3"), memory.Use("k", "3")).ShouldBe((true, true, false));
    }

    private PresentedGrant Present(string? proof) => PresentedGrant.Dpop(_grant, proof, "POST", Target);

    private string Proof(Action<RawObject>? claims = null, Action<RawObject>? header = null, TestKey? key = null, string target = "https://tools.example/face-swap/run")
    {
        var head = new RawObject().Text("typ", "dpop+jwt").Text("alg", "ES256").Set("jwk", (key ?? _key).Jwk());
        header?.Invoke(head);
        var payload = new RawObject().Text("jti", Guid.NewGuid().ToString("N")).Text("htm", "POST").Text("htu", target)
            .Number("iat", DateTimeOffset.UtcNow.ToUnixTimeSeconds()).Text("ath", HashOf(_grant));
        claims?.Invoke(payload);
        return (key ?? _key).Token(head.ToString(), payload.ToString());
    }

    private string? Make(string what)
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        return what switch
        {
            "missing" => null,
            "nonsense" => "x",
            "typ JWT" => Proof(header: static head => head.Text("typ", "JWT")),
            "alg none" => Proof(header: static head => head.Text("alg", "none")),
            "no key" => Proof(header: static head => head.Drop("jwk")),
            "private key" => Proof(header: head => head.Set("jwk", _key.Jwk(jwk => jwk.Text("d", _key.PrivateMember())))),
            "key of another curve" => Proof(header: static head => head.Set("jwk", TestKey.Ec(null, "P-384").Jwk())),
            "no jti" => Proof(static claims => claims.Drop("jti")),
            "long jti" => Proof(static claims => claims.Text("jti", new string('x', 129))),
            "no ath" => Proof(static claims => claims.Drop("ath")),
            "other method" => Proof(static claims => claims.Text("htm", "GET")),
            "other path" => Proof(target: "https://tools.example/face-swap/RUN"),
            "other host" => Proof(target: "https://tools.example.net/face-swap/run"),
            "other port" => Proof(target: "https://tools.example:8443/face-swap/run"),
            "other scheme" => Proof(target: "http://tools.example/face-swap/run"),
            "backslashes" => Proof(target: "https:\\\\tools.example\\face-swap\\run"),
            "old" => Proof(claims => claims.Number("iat", now - 60)),
            "from the future" => Proof(claims => claims.Number("iat", now + 12)),
            "for another grant" => Proof(claims => claims.Text("ath", HashOf(_gate.Grant()))),
            "other key" => Proof(key: TestKey.Ec(null)),
            "this key, signed with another" => Proof(header: head => head.Set("jwk", _key.Jwk()), key: TestKey.Ec(null)),
            _ => throw new ArgumentOutOfRangeException(nameof(what)),
        };
    }

    private static string HashOf(string token) => TestKey.Encode(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(token)));
}
