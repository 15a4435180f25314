using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Gating.Functions.Tests.World;
using Gating.Ledger;
using Gating.Log;
using Gating.Log.Sealing;
using Gating.Messages;
using Gating.Testing;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Gating.Functions.Tests;

/// <summary>From what an app knows an entry by to a proof that it is in the log, judged by a verifier of somebody else's.</summary>
public sealed class ReceiptsTests : IAsyncLifetime
{
    private static readonly AuthenticationHeaderValue Other = TokenCall.Basic(TestRegistry.OtherApp, TestRegistry.OtherSecret);

    private GateWorld _world = null!;
    private StudioCall _studio = null!;

    private LogStores Stores => _world.Services.GetRequiredService<LogStores>();

    private LogKeys Keys => _world.Services.GetRequiredService<LogKeys>();

    public async Task InitializeAsync() => await StartAsync(drivesItself: false);

    public Task DisposeAsync() => _world.DisposeAsync().AsTask();

    [Fact]
    public async Task An_owner_proves_with_somebody_elses_verifier_that_each_of_its_entries_is_in_the_log()
    {
        await _world.DisposeAsync();
        await StartAsync(drivesItself: true);
        var (jti, generation, content) = await MakeAsync("mei");
        (await _studio.ReportAsync(generation, """{"status":"finished","units":1,"duration_ms":5200}""")).Status.ShouldBe(204);
        var receipts = new List<byte[]>();
        foreach (var path in new[] { jti, generation, content, $"{generation}/report" })
        {
            receipts.Add((await SealedAsync(path)).Bytes);
        }

        var entries = await _world.EntriesAsync(await _world.StreamOfAsync("mei"));
        entries.Select(static entry => entry.Kind).ShouldBe([EntryKind.Granted, EntryKind.Redeemed, EntryKind.Archived, EntryKind.Reported]);
        var verified = await OtherVerifier.VerifyAsync(Keys.Verifiers[0], receipts);
        verified.Select(static receipt => receipt?.Entry).ShouldBe(entries.Select(static entry => entry.Hash.ToString()));
        verified.Select(static receipt => receipt!.Value.Index).Distinct().Count().ShouldBe(4);
    }

    [Fact]
    public async Task One_wrong_character_in_any_line_and_somebody_elses_verifier_refuses_the_receipt()
    {
        var (jti, generation, content) = await MakeAsync("lin");
        await SealAsync("lin", 3);
        var receipt = Encoding.UTF8.GetString((await SealedAsync(generation)).Bytes);
        var others = new[] { (await SealedAsync(jti)).Bytes, (await SealedAsync(content)).Bytes };
        var lines = receipt.Split('\n');
        var broken = new List<byte[]> { Encoding.UTF8.GetBytes(receipt) };
        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i].Length > 0)
            {
                // The middle of what follows the last space: words, numbers, and base64 away from its end, whose spare bits say nothing.
                var at = lines[i].LastIndexOf(' ') + 1;
                at += (lines[i].Length - at) / 2;
                broken.Add(Encoding.UTF8.GetBytes(string.Join('\n', [.. lines[..i], string.Concat(lines[i].AsSpan(0, at), lines[i][at] is '1' ? "0" : "1", lines[i].AsSpan(at + 1)), .. lines[(i + 1)..]])));
            }
        }

        foreach (var other in others)
        {
            // Another entry's opening before this one's place.
            broken.Add(Encoding.UTF8.GetBytes(string.Join('\n', [lines[0], Encoding.UTF8.GetString(other).Split('\n')[1], .. lines[2..]])));
        }

        broken.Count.ShouldBeGreaterThan(9);
        var verified = await OtherVerifier.VerifyAsync(Keys.Verifiers[0], broken);
        verified[0].ShouldNotBeNull();
        verified.Skip(1).ShouldAllBe(static answer => answer == null);
        foreach (var bytes in broken.Skip(1))
        {
            // Ours agrees.
            var read = LogProof.Parse(bytes);
            (read is not null && LeafOpening.Parse(read.Extra.Span) is { } opening && read.Verify(opening.Leaf.ToBytes(), Keys.Origin, Keys.Verifiers) is not null).ShouldBeFalse();
        }
    }

    [Fact]
    public async Task Until_a_checkpoint_covers_it_the_answer_is_202_and_one_that_was_made_stays_good_when_the_tree_grows()
    {
        var (_, generation, content) = await MakeAsync("wei");
        foreach (var id in new[] { generation, content })
        {
            var early = await ReceiptAsync(id);
            early.Status.ShouldBe(202, early.ToString());
            early.Text("state").ShouldBe("not_sealed");
            early.Headers["Retry-After"].ShouldBe("2");
            early.Headers["Cache-Control"].ShouldBe("no-store");
        }

        await SealAsync("wei", 3);
        var first = await SealedAsync(content);
        first.Headers["Content-Type"].ShouldBe("text/plain; charset=utf-8");
        first.Headers["Cache-Control"].ShouldBe("max-age=86400, private");
        var unchanged = await _studio.GetAsync($"/v1/receipts/{content}", change: request => request.Headers.IfNoneMatch.ParseAdd(first.Headers["ETag"]));
        unchanged.Status.ShouldBe(304);
        unchanged.Bytes.ShouldBeEmpty();

        await MakeAsync("later");
        await SealAsync("later", 3);
        var second = await SealedAsync(content);
        second.Headers["ETag"].ShouldNotBe(first.Headers["ETag"]);
        var verified = await OtherVerifier.VerifyAsync(Keys.Verifiers[0], first.Bytes, second.Bytes);
        verified.Select(static receipt => receipt!.Value.Size).ShouldBe([3, 6]);
        verified.Select(static receipt => receipt!.Value with { Size = 0 }).Distinct().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_receipt_opens_its_own_leaf_and_tells_nothing_of_the_stream()
    {
        var (_, generation, _) = await MakeAsync("quiet");
        await SealAsync("quiet", 3);
        var stream = await _world.StreamOfAsync("quiet");
        var entries = await _world.EntriesAsync(stream);
        var receipt = LogProof.Parse((await SealedAsync(generation)).Bytes).ShouldNotBeNull();
        var opening = LeafOpening.Parse(receipt.Extra.Span).ShouldNotBeNull();
        opening.ShouldBe(LeafOpening.Of(LeafKey.Of(Keys.Data, stream), 2, entries[1].Hash));
        receipt.Verify(opening.Leaf.ToBytes(), Keys.Origin, Keys.Verifiers).ShouldNotBeNull().Size.ShouldBe(3);

        var bytes = receipt.ToBytes();
        foreach (var secret in new[] { LeafKey.Of(Keys.Data, stream).ToBytes(), entries[0].Hash.ToBytes(), entries[2].Hash.ToBytes(), Encoding.UTF8.GetBytes(stream.ToString()) })
        {
            receipt.Extra.Span.IndexOf(secret).ShouldBe(-1);
            Encoding.UTF8.GetString(bytes).ShouldNotContain(Convert.ToBase64String(secret));
        }
    }

    [Fact]
    public async Task Only_the_app_that_owns_an_entry_is_told_anything_of_it()
    {
        var (jti, generation, content) = await MakeAsync("mine");
        await SealAsync("mine", 3);
        string[] paths = [jti, generation, content, $"{generation}/report"];
        foreach (var path in paths)
        {
            var answer = await ReceiptAsync(path, Other);
            answer.Status.ShouldBe(404, path);
            answer.Text("reason").ShouldBe("entry_unknown");
            (await ReceiptAsync(path, TokenCall.Basic(TestRegistry.App, "wrong"))).Status.ShouldBe(401, path);
        }

        // What there is no receipt of: nothing of the kind was recorded, or it is no id of an entry.
        var subject = _world.Services.GetRequiredService<Grants.AppHandles>().OfPerson(TestRegistry.App, await _world.StreamOfAsync("mine"));
        foreach (var path in new[] { $"{generation}/report", $"{generation}/release", $"{content}/release", $"{content}/removal", $"{content}/report", $"{jti}/report", $"{jti}/other", $"{jti}/0", subject, "x", jti[..^1] })
        {
            var answer = await ReceiptAsync(path);
            answer.Status.ShouldBe(404, path);
            answer.Text("reason").ShouldBe("entry_unknown", path);
        }
    }

    [Fact]
    public async Task Where_the_record_contradicts_itself_there_is_no_receipt_and_no_word_of_waiting()
    {
        var (_, frozen, _) = await MakeAsync("frozen");
        await Stores.Leaves.FreezeAsync(await _world.StreamOfAsync("frozen"), "a test says so", default);
        var (jti, _, _) = await MakeAsync("forged");
        await Stores.Leaves.AddAsync([new(await _world.StreamOfAsync("forged"), 1, EntryHash.FromBytes(RandomNumberGenerator.GetBytes(32)), EntryHash.Genesis)], default);
        foreach (var id in new[] { frozen, jti })
        {
            var answer = await ReceiptAsync(id);
            answer.Status.ShouldBe(503, answer.ToString());
            answer.Text("reason").ShouldBe("stream_frozen");
        }
    }

    private async Task StartAsync(bool drivesItself)
    {
        _world = await GateWorld.StartAsync(drivesItself: drivesItself, registry: static registry => registry["tools"]![0]!["labelling"] = TestRegistry.NewLabelling());
        _studio = new(_world.Http, _world.Addresses[0]);
    }

    /// <summary>A grant, a generation and an output of that person; what the answers say where each one's receipt is.</summary>
    private async Task<(string Jti, string Generation, string Content)> MakeAsync(string person)
    {
        var granted = await _world.Call(_world.IdToken(person)).SendAsync();
        var begun = await _studio.BeginAsync(granted.Grant);
        begun.Text("receipt").ShouldBe($"/v1/receipts/{begun.Text("id")}");
        var put = await _studio.PutAsync(begun.Json.GetProperty("outputs")[0].GetProperty("upload").GetString()!, TinyPng.Of(1));
        put.Status.ShouldBe(201, put.ToString());
        put.Text("receipt").ShouldBe($"/v1/receipts/{put.Text("content_id")}");
        return (granted.GrantId, begun.Text("id"), put.Text("content_id"));
    }

    /// <summary>Delivers what was announced of that person, as a driver would.</summary>
    private async Task SealAsync(string person, long to) =>
        (await _world.DeliverAsync(QueueNames.Trace, TraceMessage.Write([new(await _world.StreamOfAsync(person), 1, to)]))).ShouldBeOfType<MessageOutcome.Done>();

    private Task<StudioCall.Answer> ReceiptAsync(string path, AuthenticationHeaderValue? app = null) => _studio.GetAsync($"/v1/receipts/{path}", app);

    private async Task<StudioCall.Answer> SealedAsync(string path)
    {
        StudioCall.Answer answer = null!;
        await Eventually.TrueAsync(async () => (answer = await ReceiptAsync(path)).Status is not 202);
        answer.Status.ShouldBe(200, answer.ToString());
        return answer;
    }
}
