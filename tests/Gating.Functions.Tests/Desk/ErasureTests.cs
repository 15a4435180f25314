using System.Security.Cryptography;
using Gating.Access;
using Gating.Archive;
using Gating.Erasure;
using Gating.Fsck;
using Gating.Functions.Tests.World;
using Gating.Ledger;
using Gating.Log.Sealing;
using Gating.Testing;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Gating.Functions.Tests.Desk;

/// <summary>What is known of a person is erased over real storage: proofs that were given stay good, new ones are made, and nobody reads who it was.</summary>
public sealed class ErasureTests : IAsyncLifetime
{
    private static readonly Official Ada = new("https://desk.test", "ada", null);

    private GateWorld _world = null!;
    private DeskCall _desk = null!;
    private StudioCall _studio = null!;
    private TimedTasks _tasks = null!;

    public async Task InitializeAsync()
    {
        _world = await GateWorld.StartAsync(registry: static registry =>
        {
            DeskCall.Trust(registry);
            registry["tools"]!.AsArray()[0]!["labelling"] = TestRegistry.NewLabelling();
        });
        (_desk, _studio, _tasks) = (new(_world), new(_world.Http, _world.Addresses[0]), new(_world));
    }

    public Task DisposeAsync() => _world.DisposeAsync().AsTask();

    [Fact]
    public async Task Proofs_verify_before_and_after_and_the_sealed_parts_are_unreadable()
    {
        var granted = await _world.Call(_world.IdToken("mei")).SendAsync();
        var begun = await _studio.BeginAsync(granted.Grant);
        var put = await _studio.PutAsync(begun.Json.GetProperty("outputs")[0].GetProperty("upload").GetString()!, TinyPng.Of(5));
        var (person, content) = (await _world.StreamOfAsync("mei"), put.Text("content_id"));
        await _world.LogAsync();
        var file = (await _studio.GetAsync($"/v1/outputs/{content}")).Bytes;
        string[] ids = [granted.GrantId, begun.Text("id"), content];
        var before = await ReceiptsAsync(ids);
        var index = _world.Services.GetRequiredService<IOutputIndex>();
        (await index.FindAsync(EntryHash.FromBytes(SHA256.HashData(file)), 2, default)).ShouldHaveSingleItem();
        (await OpenedAsync(person)).ShouldNotBeEmpty();

        _tasks.Time.Pass(ErasureRules.Kept + TimeSpan.FromDays(2));
        (await _tasks.RetainAsync()).Gone.ShouldBe(1);
        _tasks.Time.Pass(ErasureRules.Kept);
        (await _tasks.NewErasure().EraseAsync(person, Ada, "asked for", default)).ShouldBe(new ErasureOutcome.Done(IsMarked: false));
        await _world.LogAsync();

        // By somebody else's verifier: those given before, and those made now, of the same entries. Its number no longer leads to the output.
        var after = await ReceiptsAsync(ids[..2]);
        (await _studio.GetAsync($"/v1/receipts/{content}")).Status.ShouldBe(404);
        var key = _world.Services.GetRequiredService<LogKeys>().Verifiers[0];
        var verified = await OtherVerifier.VerifyAsync(key, [.. before, .. after]);
        var hashes = (await _world.EntriesAsync(person)).Take(3).Select(static entry => entry.Hash.ToString()).ToArray();
        verified.Select(static receipt => receipt?.Entry).ShouldBe([.. hashes, .. hashes[..2]]);

        (await OpenedAsync(person)).ShouldBeEmpty();
        (await index.FindAsync(EntryHash.FromBytes(SHA256.HashData(file)), 2, default)).ShouldBeEmpty();
        await _world.ShouldBeSoundAsync(person);
        (await WrongAsync()).ShouldBeEmpty();

        // The instance that served them remembers the old stream, and meets its end.
        var anew = await _world.Call(_world.IdToken("mei")).SendAsync();
        anew.Status.ShouldBe(200);
        (await _world.EntriesAsync(person)).Select(static entry => entry.Kind).ShouldBe(
            [EntryKind.Granted, EntryKind.Redeemed, EntryKind.Archived, EntryKind.Removed, EntryKind.ErasureBegun, EntryKind.Erased]);
        (await _world.EntriesAsync(await _world.StreamOfAsync("mei"))).Select(static entry => entry.Kind).ShouldBe([EntryKind.Granted]);
    }

    [Fact]
    public async Task A_row_that_leads_to_an_erased_person_is_named_by_a_check()
    {
        var granted = await _world.Call(_world.IdToken("lin")).SendAsync();
        var put = await _studio.PutAsync(await _studio.BeginOneAsync(granted.Grant), TinyPng.Of(6));
        var person = await _world.StreamOfAsync("lin");
        await _world.LogAsync();
        Generations.ContentId.TryParse(put.Text("content_id"), out var content).ShouldBeTrue();
        var output = (await _world.Services.GetRequiredService<RecordedOutputs>().FindAsync(content, default))!;
        _tasks.Time.Pass(ErasureRules.Kept + TimeSpan.FromDays(2));
        await _tasks.RetainAsync();
        _tasks.Time.Pass(ErasureRules.Kept);
        await _tasks.NewErasure().EraseAsync(person, Ada, "asked for", default);
        await _world.LogAsync();
        (await WrongAsync()).ShouldBeEmpty();

        await _world.Services.GetRequiredService<IOutputIndex>().AddAsync(output.File.Content, new(person, output.Seq), [output.File.SourceSha256], null, default);
        (await WrongAsync()).ShouldBe([new StoredThing.OutputRow(output.File.Content), new StoredThing.DigestRow(output.File.SourceSha256, output.File.Content)], ignoreOrder: true);
    }

    [Fact]
    public async Task An_admin_is_told_why_not_and_nobody_else_may_ask()
    {
        await _world.Call(_world.IdToken("wei")).SendAsync();
        var person = await _world.StreamOfAsync("wei");
        var handles = _world.Services.GetRequiredService<DeskHandles>();
        var handle = handles.OfPerson(person);
        (await EraseAsync(handle, _desk.Admin("ada"))).ShouldBe(409, "retention_running");
        (await EraseAsync(handle, _desk.Admin("ben"))).ShouldBe(409, "retention_running");
        (await EraseAsync(handles.OfPerson(new(_world.IdentityIssuer, "ada", null), person), _desk.Admin("ada"))).ShouldBe(404, "person_unknown");
        (await EraseAsync(handle, _desk.Regulator("ada"))).ShouldBe(403, "role_missing");
        (await EraseAsync(handle, _desk.Admin("ada", static payload => payload.Drop("acr")))).ShouldBe(401, "authentication_not_strong");
        foreach (var body in new[] { "{}", "{\"reason\":\" \"}", "{\"reason\":\"x\",\"reason\":\"y\"}", "{\"reason\":\"x\",\"force\":true}", $"{{\"reason\":\"{new string('x', 513)}\"}}", "[]" })
        {
            (await EraseAsync(handle, _desk.Admin("ada"), body)).ShouldBe(400, "erasure_malformed");
        }

        (await OpenedAsync(person)).ShouldHaveSingleItem();
        (await _world.EntriesAsync(await _world.Services.GetRequiredService<StreamNames>().OfAsync(StreamNames.Operator, StreamNames.Operator, default))).ShouldBeEmpty();
    }

    private Task<DeskAnswer> EraseAsync(string handle, string token, string body = """{"reason":"asked for"}""") => _desk.PostAsync($"/v1/people/{handle}:erase", token, body);

    private async Task<List<byte[]>> ReceiptsAsync(string[] ids)
    {
        var receipts = new List<byte[]>();
        foreach (var id in ids)
        {
            var answer = await _studio.GetAsync($"/v1/receipts/{id}");
            answer.Status.ShouldBe(200, answer.ToString());
            receipts.Add(answer.Bytes);
        }

        return receipts;
    }

    private async Task<List<byte[]>> OpenedAsync(StreamId person)
    {
        var (opened, reader) = (new List<byte[]>(), _world.Services.GetRequiredService<SealedReader>());
        foreach (var entry in await _world.EntriesAsync(person))
        {
            if (await reader.OpenAsync(entry, default) is { } bytes)
            {
                opened.Add(bytes);
            }
        }

        return opened;
    }

    /// <summary>Of streams, files and index rows, once every row has to be there. No hour of this world is closed.</summary>
    private async Task<List<StoredThing>> WrongAsync()
    {
        var wrong = new List<StoredThing>();
        var fsck = new StoreFsck(_world.Services.GetRequiredService<FsckStores>(), _world.Services.GetRequiredService<FsckKeys>(), _tasks.Time);
        await foreach (var step in fsck.RunAsync(FsckPosition.Start, FsckPhase.Index, default))
        {
            wrong.AddRange(step.Findings.OfType<FsckFinding.Wrong>().Select(static one => one.Thing));
        }

        return [.. wrong.Distinct()];
    }
}
