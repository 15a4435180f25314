using System.Net.Http.Headers;
using System.Security.Cryptography;
using Gating.Functions.Tests.World;
using Gating.Labels;
using Gating.Ledger;
using Gating.Testing;
using Microsoft.Extensions.Configuration;
using Shouldly;
using Xunit;

namespace Gating.Functions.Tests;

/// <summary>A file in, the labelled file out, kept once, and found again by anybody who has it.</summary>
public sealed class OutputsTests : IAsyncLifetime
{
    private GateWorld _world = null!;
    private StudioCall _studio = null!;

    public async Task InitializeAsync()
    {
        _world = await GateWorld.StartAsync(registry: static registry => registry["tools"]![0]!["labelling"] = TestRegistry.NewLabelling());
        _studio = new(_world.Http, _world.Addresses[0]);
    }

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task The_labelled_file_comes_back_and_says_what_its_record_says()
    {
        var source = Png(1);
        var put = await _studio.PutAsync(await BeginAsync("mei"), source);
        put.Status.ShouldBe(201, put.ToString());
        put.Text("media_type").ShouldBe("image/png");
        put.Text("source_sha256").ShouldBe(Convert.ToHexStringLower(SHA256.HashData(source)));

        var got = await _studio.GetAsync(put.Text("file"));
        got.Status.ShouldBe(200);
        got.Headers["Content-Type"].ShouldBe("image/png");
        got.Headers["Content-Disposition"].ShouldStartWith("attachment");
        got.Headers["ETag"].ShouldBe($"\"{put.Text("sha256")}\"");
        Convert.ToHexStringLower(SHA256.HashData(got.Bytes)).ShouldBe(put.Text("sha256"));
        var label = LabelReader.Read(new MemoryStream(got.Bytes)).ShouldBeOfType<ReadOutcome.Read>().Report.Labels.ShouldHaveSingleItem().Content.Label!;
        label.ProduceId.ShouldBe(put.Text("content_id"));
        label.ContentProducer.ShouldBe("001191110102MACQD9K64010000");

        var stream = await _world.StreamOfAsync("mei");
        (await _world.EntriesAsync(stream)).Select(entry => entry.Kind).ShouldBe([EntryKind.Granted, EntryKind.Redeemed, EntryKind.Archived]);
        await _world.ShouldBeSoundAsync(stream);
    }

    [Fact]
    public async Task The_same_bytes_again_are_the_same_output_and_other_bytes_are_refused()
    {
        var address = await BeginAsync("twice");
        var first = await _studio.PutAsync(address, Png(2));
        var again = await _studio.PutAsync(address, Png(2));
        again.Status.ShouldBe(200, again.ToString());
        again.Bytes.ShouldBe(first.Bytes);
        var other = await _studio.PutAsync(address, Png(3));
        other.Status.ShouldBe(409);
        other.Text("reason").ShouldBe("output_taken");
        (await _world.EntriesAsync(await _world.StreamOfAsync("twice"))).Count(entry => entry.Kind is EntryKind.Archived).ShouldBe(1);
    }

    [Fact]
    public async Task Of_sixteen_racers_with_eight_files_one_file_is_kept_once()
    {
        var address = await BeginAsync("racing");
        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => _studio.PutAsync(address, Png((byte)(10 + (i / 2))))));
        answers.Count(answer => answer.Status == 201).ShouldBe(1);
        answers.ShouldAllBe(answer => answer.Status == 201 || answer.Status == 200 || answer.Status == 409);
        answers.Where(answer => answer.Status != 409).Select(answer => answer.Text("sha256")).Distinct().ShouldHaveSingleItem();
        (await _world.EntriesAsync(await _world.StreamOfAsync("racing"))).Count(entry => entry.Kind is EntryKind.Archived).ShouldBe(1);
    }

    [Fact]
    public async Task Nobody_but_the_app_that_made_it_gets_it()
    {
        var address = await BeginAsync("private");
        var other = TokenCall.Basic(TestRegistry.OtherApp, TestRegistry.OtherSecret);
        (await _studio.PutAsync(address, Png(4), app: other)).Text("reason").ShouldBe("output_unknown");
        var put = await _studio.PutAsync(address, Png(4));
        (await _studio.GetAsync(put.Text("file"), other)).Status.ShouldBe(404);
        (await _studio.GetAsync(put.Text("file"), new AuthenticationHeaderValue("Basic", "eDp5"))).Status.ShouldBe(401);
        (await _studio.GetAsync("/v1/outputs/01JDW5Z3M4N5P6Q7R8S9T0V1W2")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task A_part_of_it_can_be_asked_for()
    {
        var put = await _studio.PutAsync(await BeginAsync("ranges"), Png(5));
        var whole = (await _studio.GetAsync(put.Text("file"))).Bytes;
        var part = await _studio.GetAsync(put.Text("file"), change: static request => request.Headers.Range = new(2, 9));
        part.Status.ShouldBe(206);
        part.Bytes.ShouldBe(whole[2..10]);
        part.Headers["Content-Range"].ShouldBe($"bytes 2-9/{whole.Length}");
        (await _studio.GetAsync(put.Text("file"), change: static request => request.Headers.Range = new(null, 4))).Bytes.ShouldBe(whole[^4..]);
        (await _studio.GetAsync(put.Text("file"), change: request => request.Headers.Range = new(whole.Length, null))).Status.ShouldBe(416);
        (await _studio.GetAsync(put.Text("file"), change: request => request.Headers.IfNoneMatch.Add(new($"\"{put.Text("sha256")}\"")))).Status.ShouldBe(304);
    }

    [Fact]
    public async Task What_cannot_be_taken_is_said_and_the_output_stays_awaited()
    {
        var address = await BeginAsync("refused");
        (await _studio.PutAsync(address, [])).Text("reason").ShouldBe("output_empty");
        (await _studio.PutAsync(address, new byte[1_000_001])).Text("reason").ShouldBe("output_too_large");
        (await _studio.PutAsync(address, "GIF89a\u0001\0\u0001\0\0\0\0,\0\0\0\0\u0001\0\u0001\0\0\u0002\u0002D\u0001\0;"u8.ToArray())).Text("reason").ShouldBe("media_type_not_allowed");
        (await _studio.PutAsync(address, "nothing"u8.ToArray())).Text("reason").ShouldBe("label_refused");
        (await _studio.PutAsync(address, Png(6)[..40])).Status.ShouldBe(422);
        (await _studio.PutAsync(address.Replace("/outputs/1", "/outputs/2", StringComparison.Ordinal), Png(6))).Status.ShouldBe(404);
        (await _studio.PutAsync(address, Png(6))).Status.ShouldBe(201);
    }

    [Fact]
    public async Task A_tool_without_labelling_takes_no_outputs()
    {
        await using var world = await GateWorld.StartAsync();
        var studio = new StudioCall(world.Http, world.Addresses[0]);
        var address = await studio.BeginOneAsync((await world.Call(world.IdToken("none")).GrantAsync()));
        (await studio.PutAsync(address, Png(7))).Text("reason").ShouldBe("outputs_not_offered");
    }

    [Fact]
    public async Task Anybody_finds_out_what_a_file_is()
    {
        var source = Png(8);
        var put = await _studio.PutAsync(await BeginAsync("found"), source);
        var labelled = (await _studio.GetAsync(put.Text("file"))).Bytes;

        var identical = await _studio.IdentifyAsync(labelled);
        (identical.Text("state"), identical.Text("record"), identical.Text("content_id")).ShouldBe(("confirmed", "identical", put.Text("content_id")));

        await _world.LogAsync();
        (await _studio.IdentifyAsync(put.Text("sha256"))).Text("record").ShouldBe("identical");
        var original = await _studio.IdentifyAsync(source);
        (original.Text("state"), original.Text("record")).ShouldBe(("confirmed", "original"));

        // The label of ours on something else: its text still declares, and the record says that the content is not what was kept.
        var moved = await _studio.IdentifyAsync([.. labelled, 0]);
        moved.Text("record").ShouldBe("content_differs");

        var unknown = await _studio.IdentifyAsync(Png(9));
        (unknown.Text("state"), unknown.Text("record")).ShouldBe(("none", "none"));
        (await _studio.IdentifyAsync("nothing"u8.ToArray())).Text("record").ShouldBe("none");
        (await _studio.IdentifyAsync("zz")).Text("reason").ShouldBe("digest_malformed");
    }

    [Fact]
    public async Task A_file_of_another_producer_is_read_as_well()
    {
        ProviderCode.TryParse("001191440300708461136T1XGW3", out var theirs).ShouldBeTrue();
        using var output = new MemoryStream();
        LabelWriter.Write(
            new MemoryStream(Png(20)), output, new(Label.Generated(theirs, "their-id"), ContentSource.Generated, null, null, DateTimeOffset.UnixEpoch), LabelPolicy.Careful)
            .ShouldBeOfType<LabelOutcome.Labelled>();
        var said = await _studio.IdentifyAsync(output.ToArray());
        (said.Text("state"), said.Text("record")).ShouldBe(("confirmed", "none"));
        said.Json.GetProperty("labels")[0].GetProperty("members").GetProperty("ProduceID").GetString().ShouldBe("their-id");
    }

    [Fact]
    public async Task Who_asks_too_much_is_told_to_wait()
    {
        await using var world = await GateWorld.StartAsync(configure: static builder =>
            builder.Configuration.AddInMemoryCollection([new("Gating:IdentifyPerMinute", "3")]));
        var studio = new StudioCall(world.Http, world.Addresses[0]);
        for (var i = 0; i < 3; i++)
        {
            (await studio.IdentifyAsync("x"u8.ToArray())).Status.ShouldBe(200);
        }

        var refused = await studio.IdentifyAsync("x"u8.ToArray());
        refused.Status.ShouldBe(429);
        refused.Headers["Retry-After"].ShouldBe("10");
    }

    private async Task<string> BeginAsync(string person) => await _studio.BeginOneAsync((await _world.Call(_world.IdToken(person)).GrantAsync()));

    private static byte[] Png(byte shade) => TinyPng.Of(shade);
}
