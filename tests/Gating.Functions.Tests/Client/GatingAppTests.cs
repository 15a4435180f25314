using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Gating.Client;
using Gating.Functions.Tests.World;
using Gating.Testing;
using Shouldly;
using Xunit;

namespace Gating.Functions.Tests.Client;

/// <summary>An app's whole job through the client library, against a real gate.</summary>
public sealed class GatingAppTests : IAsyncLifetime
{
    private readonly Es256Key _assertionKey = Es256Key.Create();
    private readonly GenerationRequest _swap = new() { Model = "swap-xl", ModelVersion = "3", Category = GeneratedCategory.Face, Moderation = new(Flagged: true, "2026-10"), PromptDigest = GrantRequest.DigestOf("p"u8) };
    private ClientScene _scene = null!;

    public async Task InitializeAsync() => _scene = await ClientScene.StartAsync(registry =>
    {
        registry["apps"]![0]!["jwks"] = JsonNode.Parse($$"""{"keys":[{{_assertionKey.PublicJwk}}]}""");
        registry["tools"]![0]!["quotas"]![0]!["limit"] = 3;
    });

    public async Task DisposeAsync()
    {
        _assertionKey.Dispose();
        await _scene.DisposeAsync();
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task A_grant_is_exchanged_redeemed_and_its_output_kept_reported_and_fetched(bool isBound, bool hasAssertion)
    {
        using var dpop = Es256Key.Create();
        var app = _scene.App(isBound ? dpop : null, hasAssertion ? _assertionKey : null);
        var grant = await _scene.GrantAsync(app, "mei", units: 2);
        (grant.IsBound, grant.Units, grant.Operation, grant.Replayed).ShouldBe((isBound, 2, "face_swap", false));
        grant.ToString().ShouldNotContain(grant.Token);

        var begun = (await app.BeginAsync(grant, _swap, default)).ShouldBeOfType<BeginOutcome.Begun>().Generation;
        (begun.Units, begun.ContentIds.Count, begun.Replayed).ShouldBe((2, 1, false));
        (await app.BeginAsync(grant, _swap, default)).ShouldBeOfType<BeginOutcome.Begun>().Generation.ShouldSatisfyAllConditions(again => again.Id.ShouldBe(begun.Id), again => again.Replayed.ShouldBeTrue());
        (await app.InspectAsync(grant.Token, default)).ShouldBeOfType<InspectOutcome.Active>().Grant.Generation.ShouldBe(begun.Id);

        using var picture = new MemoryStream(TinyPng.Of(7));
        var kept = (await app.HandInAsync(begun.Id, 1, picture, declaresExplicitLabel: false, default)).ShouldBeOfType<HandInOutcome.Kept>().Output;
        (kept.ContentId, kept.MediaType, kept.SourceSha256).ShouldBe((begun.ContentIds[0], "image/png", Convert.ToHexStringLower(SHA256.HashData(TinyPng.Of(7)))));

        var end = new GenerationEnd(Failed: false, Units: 2, TimeSpan.FromMilliseconds(5200.7));
        (await app.ReportAsync(begun.Id, end, default)).ShouldBeOfType<ReportOutcome.Recorded>();
        (await app.ReportAsync(begun.Id, end, default)).ShouldBeOfType<ReportOutcome.Recorded>();
        (await app.ReportAsync(begun.Id, end with { Failed = true }, default)).ShouldBeOfType<ReportOutcome.Refused>().Refusal.ShouldSatisfyAllConditions(no => no.Status.ShouldBe(409), no => no.Reason.ShouldBe("report_differs"));

        await using var fetched = (await app.FetchAsync(kept.ContentId, default)).ShouldBeOfType<FetchOutcome.Found>().File;
        var bytes = new MemoryStream();
        await fetched.Content.CopyToAsync(bytes);
        (fetched.MediaType, fetched.Bytes, fetched.Sha256).ShouldBe(("image/png", kept.Bytes, kept.Sha256));
        Convert.ToHexStringLower(SHA256.HashData(bytes.ToArray())).ShouldBe(kept.Sha256);
    }

    [Fact]
    public async Task A_grant_that_is_given_back_is_inactive_and_its_units_are_there_again()
    {
        var app = _scene.App();
        var grant = await _scene.GrantAsync(app, "lin", units: 3);
        (await app.ExchangeAsync(_scene.Asking("lin"), default)).ShouldBeOfType<ExchangeOutcome.Refused>().Refusal.Reason.ShouldBe("quota_exceeded");

        (await app.GiveBackAsync(grant, default)).ShouldBeOfType<GiveBackOutcome.GivenBack>();

        (await app.InspectAsync(grant.Token, default)).ShouldBeOfType<InspectOutcome.Inactive>();
        (await app.BeginAsync(grant, _swap, default)).ShouldBeOfType<BeginOutcome.Refused>().Refusal.Reason.ShouldBe("grant_spent");
        (await app.ExchangeAsync(_scene.Asking("lin", units: 3), default)).ShouldBeOfType<ExchangeOutcome.Granted>();
    }

    [Fact]
    public async Task A_full_quota_is_refused_at_once_where_the_wait_is_longer_than_the_deadline()
    {
        var app = _scene.App();
        await _scene.GrantAsync(app, "zoe", units: 3);

        var no = (await app.ExchangeAsync(_scene.Asking("zoe"), default)).ShouldBeOfType<ExchangeOutcome.Refused>().Refusal;

        (no.Status, no.Error, no.Reason).ShouldBe((429, "access_denied", "quota_exceeded"));
        no.RetryAfter.ShouldNotBeNull().ShouldBeGreaterThan(TimeSpan.FromSeconds(30));
        no.StepUp.ShouldBeNull();
        _scene.Front.RequestsTo("/oauth2/token").ShouldBe(2);
    }

    [Fact]
    public async Task What_a_person_lacks_is_told_so_that_the_provider_can_be_asked_for_it()
    {
        await _scene.World.ChangeRegistryAsync(static registry => registry["tools"]![0]!["assurance"] = new JsonObject { ["level"] = "high", ["maxAgeSeconds"] = 31_536_000 });
        await Task.Delay(TimeSpan.FromSeconds(2.1));
        var low = new GrantRequest { IdToken = _scene.World.IdToken("amy", level: "low"), Resource = TestRegistry.Tool, Operation = "face_swap" };

        var no = (await _scene.App().ExchangeAsync(low, default)).ShouldBeOfType<ExchangeOutcome.Refused>().Refusal;

        (no.Error, no.Reason).ShouldBe(("insufficient_user_authentication", "assurance_too_low"));
        no.StepUp.ShouldBe(new("urn:demo:high", TimeSpan.FromDays(365), "high"));
    }

    [Fact]
    public async Task Refusals_are_typed_and_tried_once()
    {
        var app = _scene.App();
        (await app.ExchangeAsync(new() { IdToken = _scene.World.IdToken("bo"), Resource = "https://tools.example/other", Operation = "face_swap" }, default))
            .ShouldBeOfType<ExchangeOutcome.Refused>().Refusal.ShouldSatisfyAllConditions(no => no.Error.ShouldBe("invalid_target"), no => no.Description.ShouldNotBeNullOrEmpty());
        _scene.Front.RequestsTo("/oauth2/token").ShouldBe(1);

        var stranger = new GatingApp(_scene.Http, new() { Gate = _scene.Gate, ClientId = "studio", ClientSecret = "wrong:secret with+more%" }, TimeProvider.System);
        (await stranger.ExchangeAsync(_scene.Asking("bo"), default)).ShouldBeOfType<ExchangeOutcome.Refused>().Refusal.ShouldSatisfyAllConditions(no => no.Status.ShouldBe(401), no => no.Error.ShouldBe("invalid_client"));
        (await stranger.FetchAsync("01JDF", default)).ShouldBeOfType<FetchOutcome.Refused>().Refusal.Reason.ShouldBe("client_not_authenticated");
        (await app.FetchAsync("01JDF", default)).ShouldBeOfType<FetchOutcome.Refused>().Refusal.Status.ShouldBe(404);
        (await app.ReportAsync("no/such?id", new(Failed: true), default)).ShouldBeOfType<ReportOutcome.Refused>().Refusal.Status.ShouldBe(404);
        using var nothing = new MemoryStream([1, 2, 3]);
        (await app.HandInAsync("none", 1, nothing, declaresExplicitLabel: true, default)).ShouldBeOfType<HandInOutcome.Refused>().Refusal.Status.ShouldBe(404);
        (await app.BeginAsync(new("x.y.z", IsBound: false, TestRegistry.Tool, default, "face_swap", 1, Replayed: false), _swap, default)).ShouldBeOfType<BeginOutcome.Refused>().Refusal.Reason.ShouldBe("grant_invalid");
    }

    [Fact]
    public async Task Secrets_with_any_characters_reach_the_gate_as_they_are()
    {
        const string secret = "a:b c+d%e/ü&=0123456789abcdef0123456789";
        await _scene.World.ChangeRegistryAsync(registry => registry["apps"]![0]!["secretDigests"] = new JsonArray(Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(secret)))));
        await Task.Delay(TimeSpan.FromSeconds(2.1));
        var app = new GatingApp(_scene.Http, new() { Gate = _scene.Gate, ClientId = TestRegistry.App, ClientSecret = secret }, TimeProvider.System);

        (await app.ExchangeAsync(_scene.Asking("kim"), default)).ShouldBeOfType<ExchangeOutcome.Granted>();
    }

    [Fact]
    public async Task A_large_file_is_streamed_and_its_refusal_is_read()
    {
        var app = _scene.App();
        var begun = (await app.BeginAsync(await _scene.GrantAsync(app, "pat"), _swap, default)).ShouldBeOfType<BeginOutcome.Begun>().Generation;
        await using var large = new Endless(3_000_000);

        var no = (await app.HandInAsync(begun.Id, 1, large, declaresExplicitLabel: false, default)).ShouldBeOfType<HandInOutcome.Refused>().Refusal;

        no.Status.ShouldBe(413);
        large.LargestRead.ShouldBeLessThanOrEqualTo(128 * 1024);
    }

    [Fact]
    public void Keys_are_read_from_PEM_and_those_of_another_kind_are_refused()
    {
        using var pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var read = Es256Key.FromPem(pair.ExportPkcs8PrivateKeyPem(), "key-1");
        using var again = Es256Key.FromPem(pair.ExportECPrivateKeyPem());
        (read.KeyId, again.KeyId, again.Thumbprint).ShouldBe(("key-1", again.Thumbprint, read.Thumbprint));
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        foreach (var pem in new[] { other.ExportPkcs8PrivateKeyPem(), pair.ExportSubjectPublicKeyInfoPem(), "x" })
        {
            Should.Throw<ArgumentException>(() => Es256Key.FromPem(pem));
        }
    }

    [Fact]
    public async Task A_file_that_cannot_be_read_is_its_owners_fault_and_not_the_gates()
    {
        var app = _scene.App();
        var begun = (await app.BeginAsync(await _scene.GrantAsync(app, "pat"), _swap, default)).ShouldBeOfType<BeginOutcome.Begun>().Generation;
        foreach (var canSeek in new[] { false, true })
        {
            await using var broken = new Endless(3_000_000, breaksAt: 100_000, canSeek);
            (await Should.ThrowAsync<IOException>(() => app.HandInAsync(begun.Id, 1, broken, declaresExplicitLabel: false, default).WaitAsync(TimeSpan.FromSeconds(30)))).Message.ShouldBe("broken disk");
        }
    }

    [Fact]
    public void Options_that_would_send_secrets_in_the_open_or_make_no_sense_are_refused()
    {
        GatingAppOptions[] wrong =
        [
            new() { Gate = new("http://gate.example"), ClientId = "studio", ClientSecret = "s" },
            new() { Gate = new("https://user@gate.example"), ClientId = "studio", ClientSecret = "s" },
            new() { Gate = new("https://gate.example/under"), ClientId = "studio", ClientSecret = "s" },
            new() { Gate = new("https://gate.example"), ClientId = "studio" },
            new() { Gate = new("https://gate.example"), ClientId = "studio", ClientSecret = "s", AssertionKey = _assertionKey },
            new() { Gate = new("https://gate.example"), ClientId = "studio", ClientSecret = "s", Deadline = TimeSpan.Zero },
        ];
        foreach (var options in wrong)
        {
            Should.Throw<ArgumentException>(() => new GatingApp(_scene.Http, options, TimeProvider.System));
        }
    }

    /// <summary>Noughts, as many as are wanted, and a disk that breaks.</summary>
    private sealed class Endless(long length, long breaksAt = long.MaxValue, bool canSeek = false) : Stream
    {
        private long _read;

        public int LargestRead { get; private set; }

        public override bool CanRead => true;

        public override bool CanSeek => canSeek;

        public override bool CanWrite => false;

        public override long Length => length;

        public override long Position { get => _read; set => _read = value; }

        public override int Read(byte[] buffer, int offset, int count)
        {
            LargestRead = Math.Max(LargestRead, count);
            if (_read >= breaksAt)
            {
                throw new IOException("broken disk");
            }

            var given = (int)Math.Min(count, length - _read);
            _read += given;
            return given;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
