using System.Net;
using System.Security.Cryptography;
using Gating.Client;
using Gating.Functions.Tests.World;
using Gating.Ledger;
using Gating.Testing;
using Shouldly;
using Xunit;

namespace Gating.Functions.Tests.Client;

/// <summary>A large file goes past a real gate through the client library: put into the real Azurite, taken by an instance that drives its queues, labelled and kept.</summary>
public sealed class PastGateTests : IAsyncLifetime
{
    private ClientScene _scene = null!;

    public async Task InitializeAsync() => _scene = await ClientScene.StartAsync();

    public async Task DisposeAsync() => await _scene.DisposeAsync();

    [Fact]
    public async Task A_file_is_handed_in_once_whatever_is_lost_on_the_way()
    {
        await _scene.World.AddDrivenInstanceAsync();
        var loses = new LosesPuts();
        using var http = new HttpClient(loses);
        var app = new GatingApp(http, Options(), TimeProvider.System);
        var generation = await BeginAsync(app, outputs: 3);
        foreach (var (number, lost) in new (byte, Lost)[] { (1, Lost.Request), (2, Lost.Answer), (3, Lost.Nothing), (3, Lost.Nothing) })
        {
            loses.Next = lost;
            var file = TinyPng.Of(number);
            var kept = (await app.HandInPastGateAsync(generation.Id, number, new MemoryStream(file), declaresExplicitLabel: false, default)).ShouldBeOfType<HandInOutcome.Kept>().Output;
            kept.SourceSha256.ShouldBe(Convert.ToHexStringLower(SHA256.HashData(file)));
            await using var labelled = (await app.FetchAsync(kept.ContentId, default)).ShouldBeOfType<FetchOutcome.Found>().File;
            labelled.Sha256.ShouldBe(kept.Sha256);
        }

        // The first again, the second and the third once; the last time nothing was left to be put.
        loses.Puts.ShouldBe(4);
        (await _scene.World.EntriesAsync(await _scene.World.StreamOfAsync("mei"))).Count(static entry => entry.Kind is EntryKind.Archived).ShouldBe(3);
    }

    [Fact]
    public async Task What_is_no_output_or_too_large_or_cannot_be_read_is_told()
    {
        var app = _scene.App();
        var generation = await BeginAsync(app);
        (await app.HandInPastGateAsync("none", 1, new MemoryStream(TinyPng.Of(1)), false, default)).ShouldBeOfType<HandInOutcome.Refused>().Refusal.Status.ShouldBe(404);
        (await app.HandInPastGateAsync(generation.Id, 1, new MemoryStream(new byte[1_000_001]), false, default)).ShouldBeOfType<HandInOutcome.Refused>().Refusal.Reason.ShouldBe("output_too_large");
        await Should.ThrowAsync<ArgumentException>(() => app.HandInPastGateAsync(generation.Id, 1, new NoSeek(), false, default));

        // Nobody drives the queue here.
        var impatient = new GatingApp(_scene.Http, Options(TimeSpan.FromSeconds(3)), TimeProvider.System);
        (await impatient.HandInPastGateAsync(generation.Id, 1, new MemoryStream(TinyPng.Of(1)), false, default)).ShouldBeOfType<HandInOutcome.Unavailable>().Outage.Reason.ShouldBe(Outage.Awaited);
    }

    private async Task<Generation> BeginAsync(GatingApp app, int outputs = 1)
    {
        var grant = await _scene.GrantAsync(app, "mei");
        return (await app.BeginAsync(grant, new() { Model = "m", ModelVersion = "1", Category = GeneratedCategory.Face, Outputs = outputs }, default)).ShouldBeOfType<BeginOutcome.Begun>().Generation;
    }

    private GatingAppOptions Options(TimeSpan? transfer = null) =>
        new() { Gate = _scene.Gate, ClientId = TestRegistry.App, ClientSecret = TestRegistry.Secret, TransferDeadline = transfer ?? TimeSpan.FromMinutes(2) };

    private enum Lost
    {
        Nothing,
        Request,
        Answer,
    }

    /// <summary>A network that loses one put to storage, or its answer.</summary>
    private sealed class LosesPuts() : DelegatingHandler(new SocketsHttpHandler { AllowAutoRedirect = false })
    {
        public Lost Next { get; set; }

        public int Puts { get; private set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.Method != HttpMethod.Put)
            {
                return await base.SendAsync(request, cancellationToken);
            }

            Puts++;
            var lost = Next;
            Next = Lost.Nothing;
            if (lost is Lost.Request)
            {
                throw new HttpRequestException("lost");
            }

            var answer = await base.SendAsync(request, cancellationToken);
            answer.StatusCode.ShouldBe(HttpStatusCode.Created);
            return lost is Lost.Answer ? throw new HttpRequestException("its answer was lost") : answer;
        }
    }

    private sealed class NoSeek : MemoryStream
    {
        public override bool CanSeek => false;
    }
}
