using System.Collections.Frozen;
using Gating.Identity;
using Gating.Identity.Jose;
using Gating.Identity.Keys;
using Gating.Registry;
using Gating.Testing;
using Gating.Testing.Jose;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;

namespace Gating.Tests.Identity.Keys;

public sealed class IssuerKeysTests : IAsyncLifetime
{
    private static readonly IssuerKeysOptions Options = new(AllowLoopback: true);
    private readonly ManualTime _time = ManualTime.AtNoon();
    private LoopbackProvider _provider = null!;
    private IssuerKeys _keys = null!;
    private Issuer _issuer = null!;

    public static TheoryData<string> Misbehaviours => [.. ProviderMisbehaviour.All.Keys];

    public async Task InitializeAsync()
    {
        _provider = await LoopbackProvider.StartAsync();
        _provider.Publish(ProviderMisbehaviour.Name, IdentityScene.Ec.Jwk(), IdentityScene.Weak.Jwk());
        _keys = new IssuerKeys(Options, _time, NullLogger<IssuerKeys>.Instance);
        _issuer = new Issuer(
            _provider.Issuer(ProviderMisbehaviour.Name),
            "op",
            RegistryStatus.Active,
            new Uri(_provider.Origin + ProviderMisbehaviour.Discovery),
            new[] { "ES256" }.ToFrozenSet(),
            new[] { "" }.ToFrozenSet(),
            TimeSpan.FromHours(1),
            null,
            [],
            FrozenDictionary<AssuranceLevel, string>.Empty);
    }

    public async Task DisposeAsync()
    {
        _keys.Dispose();
        await _provider.DisposeAsync();
    }

    [Fact]
    public async Task Cached_keys_answer_without_asking_and_without_waiting()
    {
        await ShouldFind("ec1", KeyStatus.Found);

        for (var i = 0; i < 100; i++)
        {
            Find("ec1").IsCompletedSuccessfully.ShouldBeTrue();
        }

        _provider.Requests.ShouldBe(2);
    }

    [Theory]
    [MemberData(nameof(Misbehaviours))]
    public async Task A_wrong_answer_is_no_answer_and_is_not_asked_for_again_at_once(string name)
    {
        ProviderMisbehaviour.All[name](_provider);

        await ShouldFind("ec1", KeyStatus.Unavailable);
        var asked = _provider.Requests;
        await ShouldFind("ec1", KeyStatus.Unavailable);

        _provider.Requests.ShouldBe(asked);
        asked.ShouldBeLessThanOrEqualTo(2);
        _provider.RequestsTo("/elsewhere").ShouldBe(0);
    }

    [Theory]
    [MemberData(nameof(Misbehaviours))]
    public async Task A_wrong_answer_never_replaces_good_keys(string name)
    {
        await ShouldFind("ec1", KeyStatus.Found);
        ProviderMisbehaviour.All[name](_provider);
        _time.Pass(Options.FetchFloor);

        await ShouldFind("new", KeyStatus.Unavailable);
        await ShouldFind("ec1", KeyStatus.Found);
    }

    [Fact]
    public async Task Two_hundred_who_come_at_once_share_one_fetch()
    {
        var open = new TaskCompletionSource();
        var answer = LoopbackProvider.Json($$"""{"keys":[{{IdentityScene.Ec.Jwk()}}]}""");
        _provider.Answer(ProviderMisbehaviour.Jwks, async context =>
        {
            await open.Task;
            await answer(context);
        });

        var waiting = Enumerable.Range(0, 200).Select(_ => Find("ec1")).ToArray();
        await Eventually.TrueAsync(() => _provider.RequestsTo(ProviderMisbehaviour.Jwks) == 1);
        open.SetResult();

        (await Task.WhenAll(waiting)).ShouldAllBe(found => found.Status == KeyStatus.Found);
        _provider.Requests.ShouldBe(2);
    }

    [Fact]
    public async Task Ten_thousand_made_up_key_ids_cost_one_fetch_in_each_interval()
    {
        await ShouldFind("ec1", KeyStatus.Found);
        await FloodAsync();
        _provider.Requests.ShouldBe(2);

        _time.Pass(Options.FetchFloor);
        await FloodAsync();
        _provider.Requests.ShouldBe(4);

        _time.Pass(Options.FetchFloor - TimeSpan.FromMilliseconds(1));
        await FloodAsync();
        _provider.Requests.ShouldBe(4);

        async Task FloodAsync() =>
            (await Task.WhenAll(Enumerable.Range(0, 10_000).Select(i => Find($"made-up-{i}")))).ShouldAllBe(found => found.Status == KeyStatus.Unknown);
    }

    [Fact]
    public async Task A_key_known_to_be_unfit_is_no_reason_to_ask()
    {
        await ShouldFind("ec1", KeyStatus.Found);
        _time.Pass(Options.FetchFloor);

        await ShouldFind("weak", KeyStatus.Unfit);

        _provider.Requests.ShouldBe(2);
    }

    [Fact]
    public async Task A_new_key_is_found_by_its_id_and_the_one_taken_back_is_gone()
    {
        await ShouldFind("ec1", KeyStatus.Found);
        _provider.Publish(ProviderMisbehaviour.Name, IdentityScene.Ec.As("ec2").Jwk());
        _time.Pass(Options.FetchFloor);

        await ShouldFind("ec2", KeyStatus.Found);
        await ShouldFind("ec1", KeyStatus.Unknown);
    }

    [Fact]
    public async Task A_key_exchanged_under_its_id_is_believed_after_the_floor()
    {
        var next = TestKey.Ec("ec1");
        var scene = new Dictionary<string, Issuer> { [_issuer.Id] = _issuer }.ToFrozenDictionary();
        var app = new App("a", "A", RegistryStatus.Active, [], [], new Dictionary<string, System.Collections.Immutable.ImmutableArray<string>> { [_issuer.Id] = ["a"] }.ToFrozenDictionary(), FrozenSet<string>.Empty);
        var verifier = new IdentityVerifier(_keys, VerifiedSignatures.OfAnInstance(), _time);
        string Token(TestKey key) => key.Token("""{"alg":"ES256","kid":"ec1"}""", $$"""{"iss":"{{_issuer.Id}}","sub":"s","aud":"a","iat":{{TokenDraft.Now}},"exp":{{TokenDraft.Now + 600}}}""");
        async Task<IdentityOutcome> VerifyAsync(TestKey key) => await verifier.VerifyAsync(Token(key), app, scene, CancellationToken.None);

        (await VerifyAsync(IdentityScene.Ec)).ShouldBeOfType<IdentityOutcome.Verified>();
        _provider.Publish(ProviderMisbehaviour.Name, next.Jwk());
        (await VerifyAsync(next)).ShouldBe(new IdentityOutcome.Refused(IdentityRefusal.BadSignature));
        _time.Pass(Options.FetchFloor);

        (await VerifyAsync(next)).ShouldBeOfType<IdentityOutcome.Verified>();
        (await VerifyAsync(IdentityScene.Ec)).ShouldBe(new IdentityOutcome.Refused(IdentityRefusal.BadSignature));
        _provider.Requests.ShouldBe(4);
    }

    [Fact]
    public async Task The_last_known_good_keys_serve_for_24_hours_and_not_longer()
    {
        await ShouldFind("ec1", KeyStatus.Found);
        _provider.Answer(ProviderMisbehaviour.Discovery, LoopbackProvider.Status(503));

        _time.Pass(Options.LastKnownGood);
        await ShouldFind("ec1", KeyStatus.Found);
        await Eventually.TrueAsync(() => _provider.RequestsTo(ProviderMisbehaviour.Discovery) == 2);

        _time.Pass(TimeSpan.FromTicks(1));
        await ShouldFind("ec1", KeyStatus.Unavailable);

        _provider.Publish(ProviderMisbehaviour.Name, IdentityScene.Ec.Jwk());
        _time.Pass(Options.RetryAfterFailure);
        await ShouldFind("ec1", KeyStatus.Found);
    }

    [Fact]
    public async Task A_provider_that_is_down_is_asked_once_in_each_pause()
    {
        _provider.Answer(ProviderMisbehaviour.Discovery, LoopbackProvider.Status(503));

        for (var pause = 1; pause <= 3; pause++)
        {
            (await Task.WhenAll(Enumerable.Range(0, 500).Select(_ => Find("ec1")))).ShouldAllBe(found => found.Status == KeyStatus.Unavailable);
            _provider.Requests.ShouldBe(pause);
            _time.Pass(Options.RetryAfterFailure);
        }
    }

    [Fact]
    public async Task Keys_in_use_are_refreshed_ahead_and_nobody_waits_for_it()
    {
        await ShouldFind("ec1", KeyStatus.Found);
        _provider.Publish(ProviderMisbehaviour.Name, IdentityScene.Ec.Jwk(), IdentityScene.Ec.As("ec2").Jwk());
        _time.Pass(Options.RefreshAfter);

        Find("ec1").IsCompletedSuccessfully.ShouldBeTrue();

        await Eventually.TrueAsync(() => _provider.Requests == 4);
        await ShouldFind("ec2", KeyStatus.Found);
        _provider.Requests.ShouldBe(4);
    }

    [Fact]
    public async Task An_idle_gate_asks_nobody()
    {
        await ShouldFind("ec1", KeyStatus.Found);

        _time.Pass(TimeSpan.FromHours(12));

        _provider.Requests.ShouldBe(2);
    }

    [Fact]
    public async Task One_who_stops_waiting_does_not_stop_the_fetch()
    {
        var open = new TaskCompletionSource();
        var answer = LoopbackProvider.Json($$"""{"keys":[{{IdentityScene.Ec.Jwk()}}]}""");
        _provider.Answer(ProviderMisbehaviour.Jwks, async context =>
        {
            await open.Task;
            await answer(context);
        });
        using var impatient = new CancellationTokenSource();
        var gone = _keys.FindAsync(_issuer, "ec1", SigningAlgorithm.ES256, impatient.Token).AsTask();
        var patient = Find("ec1");

        await impatient.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => gone);
        open.SetResult();

        (await patient).Status.ShouldBe(KeyStatus.Found);
    }

    [Fact]
    public async Task Loopback_is_for_development_only()
    {
        using var production = new IssuerKeys(new IssuerKeysOptions(AllowLoopback: false), _time, NullLogger<IssuerKeys>.Instance);
        var https = _issuer with { Discovery = new Uri(_issuer.Discovery.AbsoluteUri.Replace("http://127.0.0.1", "https://localhost", StringComparison.Ordinal)) };

        foreach (var issuer in new[] { _issuer, https })
        {
            (await production.FindAsync(issuer, "ec1", SigningAlgorithm.ES256, CancellationToken.None)).Status.ShouldBe(KeyStatus.Unavailable);
        }

        _provider.Requests.ShouldBe(0);
    }

    [Fact]
    public async Task Warm_keys_are_there_for_the_first_who_asks_and_a_failure_to_warm_is_no_failure()
    {
        _provider.Answer(ProviderMisbehaviour.Discovery, LoopbackProvider.Status(503));
        await _keys.WarmAsync(_issuer, CancellationToken.None);
        _provider.Publish(ProviderMisbehaviour.Name, IdentityScene.Ec.Jwk());
        _time.Pass(Options.RetryAfterFailure);
        await _keys.WarmAsync(_issuer, CancellationToken.None);

        var asked = _provider.Requests;
        Find("ec1").IsCompletedSuccessfully.ShouldBeTrue();
        _provider.Requests.ShouldBe(asked);
    }

    [Fact]
    public async Task A_changed_discovery_address_starts_without_the_keys_of_the_old_one()
    {
        await ShouldFind("ec1", KeyStatus.Found);
        _provider.Answer("/moved", LoopbackProvider.Status(503));

        _issuer = _issuer with { Discovery = new Uri(_provider.Origin + "/moved") };

        await ShouldFind("ec1", KeyStatus.Unavailable);
        _provider.RequestsTo("/moved").ShouldBe(1);
    }

    private async Task<KeyAnswer> Find(string? keyId) => await _keys.FindAsync(_issuer, keyId, SigningAlgorithm.ES256, CancellationToken.None);

    private async Task ShouldFind(string keyId, KeyStatus status)
    {
        var found = await Find(keyId);
        found.Status.ShouldBe(status);
        (found.Key is not null).ShouldBe(status == KeyStatus.Found);
    }
}
