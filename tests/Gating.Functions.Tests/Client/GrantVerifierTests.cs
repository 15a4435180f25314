using System.Security.Cryptography;
using System.Text;
using Gating.Client.Tools;
using Gating.Testing;
using Gating.Testing.Jose;
using Shouldly;
using Xunit;

namespace Gating.Functions.Tests.Client;

/// <summary>Grants that a tool has to refuse, each for its reason, and keys that it keeps.</summary>
public sealed class GrantVerifierTests : IAsyncLifetime
{
    private ForgedGate _gate = null!;

    public async Task InitializeAsync() => _gate = await ForgedGate.StartAsync();

    public Task DisposeAsync() => _gate.DisposeAsync().AsTask();

    [Fact]
    public async Task A_good_grant_says_what_may_be_done()
    {
        var grant = (await VerifyAsync(_gate.Grant())).ShouldBeOfType<GrantOutcome.Valid>().Grant;

        (grant.Subject, grant.App, grant.Id, grant.Operation, grant.Units, grant.InputDigest, grant.KeyThumbprint).ShouldBe(("person", "studio", "grant-1", "face_swap", 2, null, null));
        grant.ConsentIds.ShouldBe(["c1"]);
        (grant.ExpiresAt - grant.IssuedAt).ShouldBe(TimeSpan.FromSeconds(300));
        grant.AuthorizationDetails[0].GetProperty("tool").GetString().ShouldBe(ForgedGate.Resource);
    }

    public static TheoryData<string, GrantFault> Refused { get; } = new()
    {
        { "typ JWT", GrantFault.WrongType },
        { "typ missing", GrantFault.WrongType },
        { "typ of a list", GrantFault.WrongType },
        { "alg none", GrantFault.AlgorithmNotAllowed },
        { "alg none, no signature", GrantFault.AlgorithmNotAllowed },
        { "alg HS256 under the public key", GrantFault.AlgorithmNotAllowed },
        { "alg RS256", GrantFault.AlgorithmNotAllowed },
        { "kid unknown", GrantFault.UnknownKey },
        { "kid missing", GrantFault.UnknownKey },
        { "signed by somebody else", GrantFault.BadSignature },
        { "signature tampered with", GrantFault.BadSignature },
        { "claims tampered with", GrantFault.BadSignature },
        { "signature of other length", GrantFault.BadSignature },
        { "iss of another gate", GrantFault.WrongIssuer },
        { "iss with a slash", GrantFault.WrongIssuer },
        { "aud of another tool", GrantFault.WrongAudience },
        { "aud of several others", GrantFault.WrongAudience },
        { "tool of another", GrantFault.WrongAudience },
        { "expired", GrantFault.Expired },
        { "from the future", GrantFault.NotYetValid },
        { "exp missing", GrantFault.ClaimMissing },
        { "exp as text", GrantFault.ClaimMissing },
        { "sub missing", GrantFault.ClaimMissing },
        { "client_id missing", GrantFault.ClaimMissing },
        { "jti missing", GrantFault.ClaimMissing },
        { "details missing", GrantFault.ClaimMissing },
        { "details of another type", GrantFault.ClaimMissing },
        { "details twice", GrantFault.ClaimMissing },
        { "no units", GrantFault.ClaimMissing },
        { "cnf of another kind", GrantFault.ClaimMissing },
        { "bound, as bearer", GrantFault.WrongScheme },
        { "status missing", GrantFault.StatusListForeign },
        { "member twice", GrantFault.Malformed },
        { "half a surrogate", GrantFault.Malformed },
        { "crit", GrantFault.Malformed },
        { "jku", GrantFault.Malformed },
        { "padding", GrantFault.Malformed },
        { "four parts", GrantFault.Malformed },
        { "too long", GrantFault.Malformed },
        { "nothing", GrantFault.Malformed },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task Anything_else_is_refused_for_its_reason(string what, GrantFault reason) =>
        (await VerifyAsync(Make(what))).ShouldBeOfType<GrantOutcome.Invalid>().Reason.ShouldBe(reason);

    [Fact]
    public async Task Several_audiences_and_a_skewed_clock_are_put_up_with()
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        (await VerifyAsync(_gate.Grant(claims => claims.Set("aud", $"[\"https://other.example\",\"{ForgedGate.Resource}\"]")))).ShouldBeOfType<GrantOutcome.Valid>();
        (await VerifyAsync(_gate.Grant(claims => claims.Number("iat", now + 3)))).ShouldBeOfType<GrantOutcome.Valid>();
        (await VerifyAsync(_gate.Grant(claims => claims.Number("exp", now - 3)))).ShouldBeOfType<GrantOutcome.Valid>();
    }

    [Fact]
    public async Task Bearer_grants_are_refused_where_a_proof_is_demanded() =>
        (await _gate.Verifier(demandsDpop: true).VerifyAsync(PresentedGrant.Bearer(_gate.Grant()), default)).ShouldBe(new GrantOutcome.Invalid(GrantFault.DpopDemanded));

    [Fact]
    public async Task Keys_are_kept_and_unknown_names_ask_again_at_most_every_thirty_seconds()
    {
        var time = ManualTime.Running();
        var verifier = _gate.Verifier(time);
        var next = TestKey.Ec("g2");
        for (var i = 0; i < 5; i++)
        {
            (await verifier.VerifyAsync(PresentedGrant.Bearer(_gate.Grant()), default)).ShouldBeOfType<GrantOutcome.Valid>();
            (await verifier.VerifyAsync(PresentedGrant.Bearer(NextGrant()), default)).ShouldBe(new GrantOutcome.Invalid(GrantFault.UnknownKey));
        }

        _gate.Server.RequestsTo("/jwks").ShouldBe(1);
        _gate.PublishKeys(_gate.Key, next);
        time.Pass(TimeSpan.FromSeconds(30));
        (await verifier.VerifyAsync(PresentedGrant.Bearer(NextGrant()), default)).ShouldBeOfType<GrantOutcome.Valid>();
        _gate.Server.RequestsTo("/jwks").ShouldBe(2);

        string NextGrant() => _gate.Grant(header: head => head.Text("kid", "g2"), key: next);
    }

    [Fact]
    public async Task Known_keys_are_good_while_the_gate_is_away_and_of_unknown_ones_nothing_is_known()
    {
        var time = ManualTime.Running();
        var verifier = _gate.Verifier(time, listMaxAge: TimeSpan.FromSeconds(50));
        _gate.PublishList(claims: static claims => claims.Number("ttl", 50));
        (await verifier.VerifyAsync(PresentedGrant.Bearer(_gate.Grant()), default)).ShouldBeOfType<GrantOutcome.Valid>();
        _gate.Server.Answer("/jwks", LoopbackProvider.Status(503));
        time.Pass(TimeSpan.FromSeconds(40));

        (await verifier.VerifyAsync(PresentedGrant.Bearer(Make("kid unknown")), default)).ShouldBe(new GrantOutcome.Unavailable(GrantDoubt.KeysUnreachable));
        (await verifier.VerifyAsync(PresentedGrant.Bearer(_gate.Grant()), default)).ShouldBeOfType<GrantOutcome.Valid>();
    }

    [Fact]
    public async Task A_key_that_is_no_longer_published_is_forgotten_after_five_minutes()
    {
        var time = ManualTime.Running();
        var verifier = _gate.Verifier(time);
        (await verifier.VerifyAsync(PresentedGrant.Bearer(_gate.Grant()), default)).ShouldBeOfType<GrantOutcome.Valid>();
        _gate.PublishKeys(TestKey.Ec("g2"));
        time.Pass(TimeSpan.FromMinutes(5));

        (await verifier.VerifyAsync(PresentedGrant.Bearer(_gate.Grant()), default)).ShouldBe(new GrantOutcome.Invalid(GrantFault.UnknownKey));
    }

    [Fact]
    public async Task Without_keys_nothing_is_known_and_the_gate_is_asked_once_a_second()
    {
        var time = ManualTime.Running();
        foreach (var answer in new[] { LoopbackProvider.Status(503), LoopbackProvider.Status(404), LoopbackProvider.Json("[]"), LoopbackProvider.Json("{\"keys\":[]," + new string(' ', 256 * 1024) + "\"x\":1}") })
        {
            _gate.Server.Answer("/jwks", answer);
            var (verifier, before) = (_gate.Verifier(time), _gate.Server.RequestsTo("/jwks"));
            for (var i = 0; i < 5; i++)
            {
                (await verifier.VerifyAsync(PresentedGrant.Bearer(_gate.Grant()), default)).ShouldBe(new GrantOutcome.Unavailable(GrantDoubt.KeysUnreachable));
            }

            (_gate.Server.RequestsTo("/jwks") - before).ShouldBe(1);
            _gate.PublishKeys(_gate.Key);
            time.Pass(TimeSpan.FromSeconds(1));
            (await verifier.VerifyAsync(PresentedGrant.Bearer(_gate.Grant()), default)).ShouldBeOfType<GrantOutcome.Valid>();
        }
    }

    [Fact]
    public async Task Keys_that_a_redirection_leads_to_are_not_believed()
    {
        var elsewhere = TestKey.Ec("g1");
        _gate.Server.Answer("/elsewhere", LoopbackProvider.Json($$"""{"keys":[{{elsewhere.Jwk()}}]}"""));
        _gate.Server.Answer("/jwks", static context =>
        {
            context.Response.Redirect("/elsewhere");
            return Task.CompletedTask;
        });

        (await VerifyAsync(_gate.Grant(key: elsewhere))).ShouldBe(new GrantOutcome.Unavailable(GrantDoubt.KeysUnreachable));
    }

    [Fact]
    public async Task All_who_ask_at_once_share_one_read()
    {
        var verifier = _gate.Verifier();
        var grant = _gate.Grant();

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => verifier.VerifyAsync(PresentedGrant.Bearer(grant), default).AsTask()));

        outcomes.ShouldAllBe(static outcome => outcome is GrantOutcome.Valid);
        (_gate.Server.RequestsTo("/jwks"), _gate.Server.RequestsTo("/statuslists/l1")).ShouldBe((1, 1));
    }

    [Fact]
    public void Options_that_would_believe_anybody_are_refused()
    {
        using var http = new HttpClient();
        foreach (var (issuer, resource) in new[] { ("http://gate.example", "https://t.example"), ("https://gate.example/", "https://t.example"), ("gate", "https://t.example"), ("https://gate.example?x", "https://t.example"), ("https://gate.example", "tool") })
        {
            Should.Throw<ArgumentException>(() => new GrantVerifier(http, new() { Issuer = issuer, Resource = resource }, TimeProvider.System), issuer);
        }
    }

    private ValueTask<GrantOutcome> VerifyAsync(string grant) => _gate.Verifier().VerifyAsync(PresentedGrant.Bearer(grant), default);

    private string Make(string what)
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var good = _gate.Grant();
        var parts = good.Split('.');
        return what switch
        {
            "typ JWT" => _gate.Grant(header: static head => head.Text("typ", "JWT")),
            "typ missing" => _gate.Grant(header: static head => head.Drop("typ")),
            "typ of a list" => _gate.Grant(header: static head => head.Text("typ", "statuslist+jwt")),
            "alg none" => _gate.Grant(header: static head => head.Text("alg", "none")),
            "alg none, no signature" => string.Join('.', _gate.Grant(header: static head => head.Text("alg", "none")).Split('.')[..2]) + ".",
            "alg HS256 under the public key" => Hmac(parts[1]),
            "alg RS256" => _gate.Grant(header: static head => head.Text("alg", "RS256")),
            "kid unknown" => _gate.Grant(header: static head => head.Text("kid", "g9"), key: TestKey.Ec("g9")),
            "kid missing" => _gate.Grant(header: static head => head.Drop("kid")),
            "signed by somebody else" => _gate.Grant(key: TestKey.Ec("g1")),
            "signature tampered with" => $"{parts[0]}.{parts[1]}.{(parts[2][0] == 'A' ? 'B' : 'A')}{parts[2][1..]}",
            "claims tampered with" => $"{parts[0]}.{_gate.Grant(static claims => claims.Text("sub", "else")).Split('.')[1]}.{parts[2]}",
            "signature of other length" => $"{parts[0]}.{parts[1]}.{TestKey.Encode(new byte[63])}",
            "iss of another gate" => _gate.Grant(static claims => claims.Text("iss", "https://gate.example")),
            "iss with a slash" => _gate.Grant(claims => claims.Text("iss", _gate.Issuer + "/")),
            "aud of another tool" => _gate.Grant(static claims => claims.Text("aud", "https://tools.example/voice")),
            "aud of several others" => _gate.Grant(static claims => claims.Set("aud", "[\"https://a.example\",\"https://b.example\"]")),
            "tool of another" => _gate.Grant(static claims => claims.Set("authorization_details", """[{"type":"synthetic_media","tool":"https://a.example","operation":"face_swap"}]""")),
            "expired" => _gate.Grant(claims => claims.Number("iat", now - 310).Number("exp", now - 10)),
            "from the future" => _gate.Grant(claims => claims.Number("iat", now + 60)),
            "exp missing" => _gate.Grant(static claims => claims.Drop("exp")),
            "exp as text" => _gate.Grant(claims => claims.Text("exp", $"{now + 100}")),
            "sub missing" => _gate.Grant(static claims => claims.Drop("sub")),
            "client_id missing" => _gate.Grant(static claims => claims.Drop("client_id")),
            "jti missing" => _gate.Grant(static claims => claims.Drop("jti")),
            "details missing" => _gate.Grant(static claims => claims.Drop("authorization_details")),
            "details of another type" => _gate.Grant(static claims => claims.Set("authorization_details", """[{"type":"payment","operation":"face_swap"}]""")),
            "details twice" => _gate.Grant(static claims => claims.Set("authorization_details", """[{"type":"synthetic_media","operation":"face_swap"},{"type":"synthetic_media","operation":"face_swap"}]""")),
            "no units" => _gate.Grant(static claims => claims.Set("authorization_details", """[{"type":"synthetic_media","operation":"face_swap","units":0}]""")),
            "cnf of another kind" => _gate.Grant(static claims => claims.Set("cnf", """{"x5t#S256":"x"}""")),
            "bound, as bearer" => _gate.Grant(static claims => claims.Set("cnf", """{"jkt":"x"}""")),
            "status missing" => _gate.Grant(static claims => claims.Drop("status")),
            "member twice" => _gate.Grant(static claims => claims.Add("aud", $"\"{ForgedGate.Resource}\"")),
            "half a surrogate" => _gate.Grant(static claims => claims.Set("x", "\"\\ud800\"")),
            "crit" => _gate.Grant(header: static head => head.Set("crit", "[\"x\"]")),
            "jku" => _gate.Grant(header: head => head.Text("jku", _gate.Issuer + "/jwks")),
            "padding" => good + "=",
            "four parts" => good + ".x",
            "too long" => _gate.Grant(static claims => claims.Text("x", new string('x', 16 * 1024))),
            "nothing" => string.Empty,
            _ => throw new ArgumentOutOfRangeException(nameof(what)),
        };
    }

    // The oldest of them all: the public key, which everybody has, as the secret of a MAC.
    private string Hmac(string payload)
    {
        var signed = $$"""{"typ":"at+jwt","alg":"HS256","kid":"{{_gate.Key.Id}}"}""";
        signed = $"{TestKey.Encode(signed)}.{payload}";
        return $"{signed}.{TestKey.Encode(HMACSHA256.HashData(Encoding.UTF8.GetBytes(_gate.Key.Jwk()), Encoding.ASCII.GetBytes(signed)))}";
    }
}
