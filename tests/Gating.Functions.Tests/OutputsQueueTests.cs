using System.Text;
using Gating.Functions.Tests.World;
using Gating.Ledger;
using Gating.Messages;
using Gating.Testing;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Gating.Functions.Tests;

/// <summary>Large files by the <c>outputs</c> queue of the real Azurite, taken by two instances that drive themselves.</summary>
public sealed class OutputsQueueTests : IAsyncLifetime
{
    private GateWorld _world = null!;
    private StudioCall _studio = null!;

    public async Task InitializeAsync()
    {
        _world = await GateWorld.StartAsync(instances: 2, drivesItself: true, registry: static registry => registry["tools"]![0]!["labelling"] = TestRegistry.NewLabelling());
        _studio = new(_world.Http, _world.Addresses[0]);
    }

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task What_is_announced_often_is_taken_once()
    {
        var address = await BeginAsync("often");
        var upload = await _studio.BeginUploadAsync(address);
        await _studio.PutAtAsync(upload, TinyPng.Of(1));
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => _studio.AnnounceAsync(address, upload.Text("upload"))));
        await Eventually.TrueAsync(async () => (await _studio.GetAsync(address)).Status == 200);
        await Eventually.TrueAsync(async () => await _world.QueueLengthAsync(QueueNames.Outputs) == 0);
        (await _world.EntriesAsync(await _world.StreamOfAsync("often"))).Select(static entry => entry.Kind).ShouldBe([EntryKind.Granted, EntryKind.Redeemed, EntryKind.Archived]);
        (await _world.ArchivedNamesAsync()).ShouldHaveSingleItem();
        (await _world.IncomingNamesAsync()).ShouldBeEmpty();
        (await LettersAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_file_that_is_refused_is_told_to_its_app_and_troubles_no_operator()
    {
        var address = await BeginAsync("refused");
        var upload = await _studio.BeginUploadAsync(address);
        await _studio.PutAtAsync(upload, "no picture"u8.ToArray());
        await _studio.AnnounceAsync(address, upload.Text("upload"));
        await Eventually.TrueAsync(async () => (await _studio.GetAsync(address)).Status == 422);
        await Eventually.TrueAsync(async () => await _world.QueueLengthAsync(QueueNames.Outputs) == 0);
        (await LettersAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_message_that_was_forged_is_set_aside_and_stops_no_other()
    {
        await _world.Services.GetRequiredService<IMessageQueues>().PutAsync(
            QueueNames.Outputs, """{"DequeueCount":99,"specversion":"1.0","id":"x","source":"studio","type":"gating.output.uploaded","data":{"upload":"forged"}}"""u8.ToArray(), default);
        await Eventually.TrueAsync(async () => (await LettersAsync()).Count == 1);
        Encoding.UTF8.GetString((await LettersAsync())[0].Message.Span).ShouldContain("forged");
        await IsTakenAsync("after");
    }

    private async Task IsTakenAsync(string person)
    {
        var address = await BeginAsync(person);
        var upload = await _studio.BeginUploadAsync(address);
        await _studio.PutAtAsync(upload, TinyPng.Of(2));
        await _studio.AnnounceAsync(address, upload.Text("upload"));
        await Eventually.TrueAsync(async () => (await _studio.GetAsync(address)).Status == 200);
    }

    private async Task<string> BeginAsync(string person) => await _studio.BeginOneAsync((await _world.Call(_world.IdToken(person)).GrantAsync()));

    private async Task<List<DeadLetter>> LettersAsync()
    {
        var letters = new List<DeadLetter>();
        await foreach (var letter in _world.Services.GetRequiredService<IDeadLetters>().ReadAsync(QueueNames.Outputs, default))
        {
            letters.Add(letter);
        }

        return letters;
    }
}
