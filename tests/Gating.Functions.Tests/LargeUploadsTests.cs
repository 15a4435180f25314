using System.Security.Cryptography;
using Gating.Functions.Tests.World;
using Gating.Labels;
using Gating.Ledger;
using Gating.Messages;
using Gating.Testing;
using Shouldly;
using Xunit;

namespace Gating.Functions.Tests;

/// <summary>A large file goes past the gate: begun, put into the real Azurite by a client that has only the address, announced, taken by the queue's handler, and labelled like any other.</summary>
public sealed class LargeUploadsTests : IAsyncLifetime
{
    private const string Queue = "outputs";

    private GateWorld _world = null!;
    private StudioCall _studio = null!;

    public async Task InitializeAsync()
    {
        _world = await GateWorld.StartAsync(registry: static registry => registry["tools"]![0]!["labelling"] = TestRegistry.NewLabelling());
        _studio = new(_world.Http, _world.Addresses[0]);
    }

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task It_is_put_announced_taken_and_labelled()
    {
        var address = await BeginAsync("mei");
        var begun = await _studio.BeginUploadAsync(address);
        begun.Status.ShouldBe(201, begun.ToString());
        begun.Headers["Location"].ShouldBe(address);
        begun.Headers["Cache-Control"].ShouldBe("no-store");
        begun.Json.GetProperty("max_bytes").GetInt64().ShouldBe(1_000_000);
        begun.Json.GetProperty("expires").GetDateTimeOffset().ShouldBeInRange(DateTimeOffset.UtcNow.AddMinutes(58), DateTimeOffset.UtcNow.AddMinutes(61));
        await ShouldBeAwaitedAsync(address);

        (await _studio.PutAtAsync(begun, TinyPng.Of(1))).Status.ShouldBe(201);
        (await _studio.PutAtAsync(begun, TinyPng.Of(2))).Status.ShouldBeOneOf(403, 409);
        (await _studio.GetAsync(begun.Text("upload_url"))).Status.ShouldBe(403);
        var announced = await _studio.AnnounceAsync(address, begun.Text("upload"));
        (announced.Status, announced.Headers["Location"]).ShouldBe((202, address));
        await ShouldBeAwaitedAsync(address);

        var message = (await _world.TakeMessagesAsync(Queue)).ShouldHaveSingleItem();
        for (var i = 0; i < 2; i++)
        {
            (await _world.DeliverAsync(Queue, message)).ShouldBeOfType<MessageOutcome.Done>();
        }

        var taken = await _studio.GetAsync(address);
        taken.Status.ShouldBe(200, taken.ToString());
        taken.Text("source_sha256").ShouldBe(Convert.ToHexStringLower(SHA256.HashData(TinyPng.Of(1))));
        (await _studio.PutAsync(address, TinyPng.Of(1))).Bytes.ShouldBe(taken.Bytes);
        var got = await _studio.GetAsync(taken.Text("file"));
        Convert.ToHexStringLower(SHA256.HashData(got.Bytes)).ShouldBe(taken.Text("sha256"));
        LabelReader.Read(new MemoryStream(got.Bytes)).ShouldBeOfType<ReadOutcome.Read>().Report.Labels.ShouldHaveSingleItem().Content.Label!.ProduceId.ShouldBe(taken.Text("content_id"));
        (await _studio.IdentifyAsync(got.Bytes)).Text("record").ShouldBe("identical");
        await ShouldBeTakenOnceAsync("mei", taken.Text("content_id"));

        // Asked for once more, there is nothing left to be put.
        var again = await _studio.BeginUploadAsync(address);
        (again.Status, again.Text("content_id")).ShouldBe((200, taken.Text("content_id")));
        (await _studio.AnnounceAsync(address, begun.Text("upload"))).Bytes.ShouldBe(taken.Bytes);
        (await _world.TakeMessagesAsync(Queue)).ShouldBeEmpty();
        var signature = begun.Text("upload_url").Split("sig=")[1];
        _world.Logs.Lines.ShouldNotContain(line => line.Contains(signature, StringComparison.OrdinalIgnoreCase) || line.Contains(Uri.UnescapeDataString(signature), StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_cannot_be_taken_is_said_and_another_file_can_be_put()
    {
        var address = await BeginAsync("refused");
        var cases = new (byte[] File, int Status, string Reason)[]
        {
            ([], 400, "output_empty"),
            (new byte[1_000_001], 413, "output_too_large"),
            ("GIF89a\u0001\0\u0001\0\0\0\0,\0\0\0\0\u0001\0\u0001\0\0\u0002\u0002D\u0001\0;"u8.ToArray(), 415, "media_type_not_allowed"),
            ("nothing"u8.ToArray(), 422, "label_refused"),
        };
        foreach (var (file, status, reason) in cases)
        {
            var message = await UploadAsync(address, file);
            for (var i = 0; i < 2; i++)
            {
                (await _world.DeliverAsync(Queue, message)).ShouldBeOfType<MessageOutcome.Refused>().Reason.ShouldBe(reason);
                var refused = await _studio.GetAsync(address);
                (refused.Status, refused.Text("reason")).ShouldBe((status, reason));
            }

            (await _world.IncomingNamesAsync()).ShouldHaveSingleItem().ShouldEndWith(".refused");
            (await _world.ArchivedNamesAsync()).ShouldBeEmpty();
        }

        // An app that announces what was refused and is gone hears that, and of one that never came that it is missing.
        (await _studio.AnnounceAsync(address, (await _studio.BeginUploadAsync(address)).Text("upload"))).Text("reason").ShouldBe("label_refused");
        (await _world.DeliverAsync(Queue, await UploadAsync(address, TinyPng.Of(1)))).ShouldBeOfType<MessageOutcome.Done>();
        (await _studio.GetAsync(address)).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Refusals_of_a_request_and_of_an_upload_are_one_table()
    {
        var (put, uploaded) = (await BeginAsync("by-request"), await BeginAsync("by-upload"));
        foreach (var file in (byte[][])[[], new byte[1_000_001], "nothing"u8.ToArray(), TinyPng.Of(1)[..40]])
        {
            await _world.DeliverAsync(Queue, await UploadAsync(uploaded, file));
            var (direct, asked) = (await _studio.PutAsync(put, file), await _studio.GetAsync(uploaded));
            (asked.Status, asked.Text("reason"), asked.Text("title")).ShouldBe((direct.Status, direct.Text("reason"), direct.Text("title")));
        }
    }

    [Fact]
    public async Task Nobody_but_the_app_that_began_it_can_say_or_ask_anything()
    {
        var (address, elsewhere) = (await BeginAsync("private"), await BeginAsync("elsewhere"));
        var other = TokenCall.Basic(TestRegistry.OtherApp, TestRegistry.OtherSecret);
        var begun = await _studio.BeginUploadAsync(address);
        await _studio.PutAtAsync(begun, TinyPng.Of(1));
        var id = begun.Text("upload");
        (await _studio.BeginUploadAsync(address, app: other)).Text("reason").ShouldBe("output_unknown");
        (await _studio.AnnounceAsync(address, id, other)).Text("reason").ShouldBe("output_unknown");
        (await _studio.GetAsync(address, other)).Text("reason").ShouldBe("output_unknown");
        (await _studio.GetAsync(address, new("Basic", "eDp5"))).Status.ShouldBe(401);
        (await _studio.BeginUploadAsync(address, app: new("Basic", "eDp5"))).Status.ShouldBe(401);
        (await _studio.AnnounceAsync(address, id, new("Basic", "eDp5"))).Status.ShouldBe(401);

        foreach (var forged in (string[])[(id[0] == 'A' ? "B" : "A") + id[1..], id[..^1], address.Split('/')[3], "", (await _studio.BeginUploadAsync(elsewhere)).Text("upload")])
        {
            (await _studio.AnnounceAsync(address, forged)).Text("reason").ShouldBe("upload_unknown");
        }

        (await _studio.AnnounceAsync(elsewhere, id)).Text("reason").ShouldBe("upload_unknown");
        (await _world.TakeMessagesAsync(Queue)).ShouldBeEmpty();
        (await _studio.GetAsync(address[..^1] + "2")).Status.ShouldBe(404);
        (await _studio.BeginUploadAsync(address[..^1] + "2")).Status.ShouldBe(404);
        (await _studio.BeginUploadAsync(address[..^1] + "x")).Status.ShouldBe(404);
    }

    [Theory]
    [InlineData("/upload", "[]")]
    [InlineData("/upload", """{"explicit_label":"found"}""")]
    [InlineData("/upload", """{"explicit_label":"declared","more":1}""")]
    [InlineData("/upload", """{"explicit_label":"declared","explicit_label":"declared"}""")]
    [InlineData("/upload", "{")]
    [InlineData("/uploaded", null)]
    [InlineData("/uploaded", "{}")]
    [InlineData("/uploaded", """{"upload":1}""")]
    [InlineData("/uploaded", """{"upload":"x","more":1}""")]
    public async Task A_body_that_is_none_is_refused(string step, string? body)
    {
        var answer = await _studio.PostAsync(await BeginAsync("malformed") + step, body);
        (answer.Status, answer.Text("reason")).ShouldBe((400, "upload_malformed"));
    }

    [Theory]
    [InlineData("/upload")]
    [InlineData("/uploaded")]
    public async Task A_body_that_is_too_long_is_refused(string step) =>
        (await _studio.PostAsync(await BeginAsync("long") + step, $$"""{"upload":"{{new string('x', 2000)}}"}""")).Text("reason").ShouldBe("upload_malformed");

    [Fact]
    public async Task A_message_before_its_file_comes_again_and_an_announcement_is_refused()
    {
        var address = await BeginAsync("early");
        var begun = await _studio.BeginUploadAsync(address);
        var refused = await _studio.AnnounceAsync(address, begun.Text("upload"));
        (refused.Status, refused.Text("reason")).ShouldBe((409, "upload_missing"));
        var early = new CloudEvent("1", TestRegistry.App, "gating.output.uploaded", null, null, System.Text.Encoding.ASCII.GetBytes($$"""{"upload":"{{begun.Text("upload")}}"}""")).ToBytes();
        (await _world.DeliverAsync(Queue, early)).ShouldBeOfType<MessageOutcome.NotYet>();
        (await _studio.PutAtAsync(begun, TinyPng.Of(1))).Status.ShouldBe(201);
        (await _world.DeliverAsync(Queue, early)).ShouldBeOfType<MessageOutcome.Done>();
        (await _studio.GetAsync(address)).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Two_instances_that_get_the_same_message_at_once_take_the_file_once()
    {
        await _world.AddInstanceAsync();
        var message = await UploadAsync(await BeginAsync("twice"), TinyPng.Of(1));
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => _world.DeliverAsync(Queue, message, i % 2)));
        outcomes.ShouldAllBe(static outcome => outcome is MessageOutcome.Done || outcome is MessageOutcome.NotYet);
        (await _world.DeliverAsync(Queue, message)).ShouldBeOfType<MessageOutcome.Done>();
        await ShouldBeTakenOnceAsync("twice", (await _world.ArchivedNamesAsync()).ShouldHaveSingleItem());
    }

    [Fact]
    public async Task A_declaration_is_kept_in_the_upload()
    {
        await using var world = await GateWorld.StartAsync(registry: static registry => registry["tools"]![0]!["labelling"] = TestRegistry.NewLabelling("demanded"));
        var studio = new StudioCall(world.Http, world.Addresses[0]);
        var grant = (await world.Call(world.IdToken("declares")).GrantAsync());
        var address = await studio.BeginOneAsync(grant);
        var begun = await studio.BeginUploadAsync(address, """{"explicit_label":"declared"}""");
        begun.Status.ShouldBe(201, begun.ToString());
        await studio.PutAtAsync(begun, TinyPng.Of(1));
        await studio.AnnounceAsync(address, begun.Text("upload"));
        (await world.DeliverAsync(Queue, (await world.TakeMessagesAsync(Queue)).ShouldHaveSingleItem())).ShouldBeOfType<MessageOutcome.Done>();
    }

    private async Task<byte[]> UploadAsync(string address, byte[] file)
    {
        var begun = await _studio.BeginUploadAsync(address);
        begun.Status.ShouldBe(201, begun.ToString());
        (await _studio.PutAtAsync(begun, file)).Status.ShouldBe(201);
        (await _studio.AnnounceAsync(address, begun.Text("upload"))).Status.ShouldBe(202);
        return (await _world.TakeMessagesAsync(Queue)).ShouldHaveSingleItem();
    }

    private async Task ShouldBeAwaitedAsync(string address)
    {
        var awaited = await _studio.GetAsync(address);
        awaited.Status.ShouldBe(202, awaited.ToString());
        awaited.Headers["Retry-After"].ShouldBe("5");
    }

    private async Task ShouldBeTakenOnceAsync(string person, string content)
    {
        (await _world.ArchivedNamesAsync()).ShouldBe([content]);
        (await _world.IncomingNamesAsync()).ShouldBeEmpty();
        var stream = await _world.StreamOfAsync(person);
        (await _world.EntriesAsync(stream)).Select(static entry => entry.Kind).ShouldBe([EntryKind.Granted, EntryKind.Redeemed, EntryKind.Archived]);
        await _world.ShouldBeSoundAsync(stream);
    }

    private async Task<string> BeginAsync(string person) => await _studio.BeginOneAsync((await _world.Call(_world.IdToken(person)).GrantAsync()));
}
