using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Gating.Evidence;
using Gating.Ledger;
using Gating.Log;
using Gating.Log.Sealing;
using Gating.Testing.Evidence;
using Gating.Tests.Ledger.Append;
using Shouldly;
using Xunit;

namespace Gating.Tests.Evidence;

/// <summary>What a bundle holds, and what its claims come to where nobody deceives.</summary>
public sealed class BundleTests
{
    private readonly EvidenceWorld _world = new();

    [Fact]
    public async Task Everything_holds_for_whoever_has_the_keys_and_the_log()
    {
        var (whole, other) = (await _world.LogAsync(40), await _world.LogAsync(300));
        var request = _world.Request(whole) with { Answer = Places(new(other, 3), new(whole, 5), new(other, 4), new(other, 4), new(other, 290)) };
        var report = (await _world.VerifyAsync(await _world.WriteAsync(request))).ShouldBeOfType<BundleReport.Judged>();
        report.Verdict.ShouldBe(Verdict.Holds, string.Join('\n', report.Claims));
        report.Entries.ShouldBe(43);
        report.Made.ShouldBe(_world.Time.GetUtcNow());
        report.Claims.Select(static claim => claim.Name).ShouldBe([
            "manifest", "signing key", "file question.json", "file checkpoint.txt", "file keys.json", "file registry.json", "file entries.jsonl", "file labels.jsonl", "file proofs.jsonl", "file streams.jsonl", "file entries.csv",
            "checkpoint", "log key", "entries", "chain", "proofs", "labels", "table", "whole streams", "nothing left out"]);
        report.Claims.Single(static claim => claim.Name is "chain").Says.ShouldStartWith("41 entries");
        report.Claims.Single(static claim => claim.Name is "labels").Says.ShouldStartWith("14 labels");
        report.Claims.Single(static claim => claim.Name is "nothing left out").Says.ShouldStartWith("of 340 leaves of the log 40 are these streams' own");
    }

    [Fact]
    public async Task Whoever_knows_nothing_is_told_what_that_leaves_open()
    {
        var bundle = await _world.WriteAsync(_world.Request(await _world.LogAsync(5)));
        var report = (await _world.VerifyAsync(bundle, new([], null, null))).ShouldBeOfType<BundleReport.Judged>();
        report.Verdict.ShouldBe(Verdict.NotChecked);
        report.Claims.Where(static claim => claim.Verdict is not Verdict.Holds).Select(static claim => (claim.Name, claim.Verdict))
            .ShouldBe([("signing key", Verdict.NotChecked), ("log key", Verdict.NotChecked), ("nothing left out", Verdict.NotChecked)]);
    }

    [Fact]
    public async Task Somebody_elses_keys_make_neither_manifest_nor_checkpoint_true()
    {
        var (bundle, other) = (await _world.WriteAsync(_world.Request(await _world.LogAsync(5))), new EvidenceWorld());
        var report = (await _world.VerifyAsync(bundle, other.Trust() with { Tiles = null })).ShouldBeOfType<BundleReport.Judged>();
        Failing(report).ShouldBe(["manifest", "checkpoint"]);
    }

    [Fact]
    public async Task What_the_checkpoint_does_not_cover_yet_is_in_it_and_said_to_be_open()
    {
        var stream = await _world.LogAsync(10);
        await _world.AppendAsync(4, stream);
        var report = (await _world.VerifyAsync(await _world.WriteAsync(_world.Request(stream)))).ShouldBeOfType<BundleReport.Judged>();
        report.Verdict.ShouldBe(Verdict.NotChecked);
        report.Claims.Where(static claim => claim.Verdict is Verdict.NotChecked).ShouldHaveSingleItem().Says.ShouldStartWith("4 entries were too new for the checkpoint");
        report.Entries.ShouldBe(14);
    }

    [Fact]
    public async Task The_checkpoint_stays_the_one_of_the_beginning_however_the_log_grows_meanwhile()
    {
        var (stream, other) = (await _world.LogAsync(300), await _world.LogAsync(20));
        var size = _world.Keys.Open((await _world.Published.ReadAsync(default))!, "published").Size;

        // More of the whole stream, of the answer's, and seals: once while whole streams are counted, once between answers.
        async IAsyncEnumerable<LeafPlace> AnswerAsync()
        {
            yield return new(other, 1);
            await _world.LogAsync(50, stream);
            await _world.LogAsync(5, other);
            yield return new(other, 24);
        }

        var bundle = await _world.WriteAsync(_world.Request(stream) with { Answer = AnswerAsync() });
        Encoding.UTF8.GetString(BundleSurgery.Unpack(bundle)["checkpoint.txt"]).Split('\n')[1].ShouldBe(size.ToString(System.Globalization.CultureInfo.InvariantCulture));
        var report = (await _world.VerifyAsync(bundle)).ShouldBeOfType<BundleReport.Judged>();
        report.Claims.Where(static claim => claim.Verdict is not Verdict.Holds).ShouldHaveSingleItem().Says.ShouldStartWith("1 entries were too new");
    }

    [Fact]
    public async Task A_stream_whose_last_entry_is_kept_back_is_found_out_by_the_log()
    {
        var stream = await _world.LogAsync(10);
        var bundle = await _world.WriteAsync(_world.Request(stream), _world.Stores with { Ledger = new ShorterLedger(_world.Ledger) });
        var report = (await _world.VerifyAsync(bundle)).ShouldBeOfType<BundleReport.Judged>();
        Failing(report).ShouldBe(["nothing left out"]);
        report.Claims.Single(static claim => claim.Verdict is Verdict.Fails).Says.ShouldBe($"entry {stream}/10 is in the log, and the bundle does not have it");
    }

    [Fact]
    public async Task A_stream_that_has_nothing_is_shown_to_have_nothing()
    {
        await _world.LogAsync(3);
        var report = (await _world.VerifyAsync(await _world.WriteAsync(_world.Request(StreamId.Create())))).ShouldBeOfType<BundleReport.Judged>();
        report.Verdict.ShouldBe(Verdict.Holds, string.Join('\n', report.Claims));
        report.Claims[^1].Says.ShouldStartWith("of 3 leaves of the log 0 are these streams' own");
    }

    [Fact]
    public async Task A_log_that_grew_and_kept_its_wide_tiles_alone_is_as_good_and_another_log_is_not()
    {
        var stream = await _world.LogAsync(10);
        var bundle = await _world.WriteAsync(_world.Request(stream));
        await _world.LogAsync(300);
        _world.Log.Tamper(new(-1, 0, 10), null);
        (await _world.VerifyAsync(bundle)).ShouldBeOfType<BundleReport.Judged>().Verdict.ShouldBe(Verdict.Holds);
        var other = new EvidenceWorld();
        await other.LogAsync(10);
        Failing((await _world.VerifyAsync(bundle, _world.Trust() with { Tiles = other.Log.ReadTileAsync })).ShouldBeOfType<BundleReport.Judged>()).ShouldBe(["nothing left out"]);
        var silent = _world.Trust() with { Tiles = static (_, _) => throw new LogUnreadableException("no answer") };
        (await _world.VerifyAsync(bundle, silent)).ShouldBeOfType<BundleReport.Judged>().Claims[^1].ShouldBe(new("nothing left out", Verdict.NotChecked, "no answer", []));
    }

    [Fact]
    public async Task What_is_said_to_close_an_hour_and_does_not_fails()
    {
        var (stream, operatorStream) = (await _world.LogAsync(3), await _world.LogAsync(2));
        var bundle = await _world.WriteAsync(_world.Request(stream) with { Hours = Places(new(operatorStream, 1), new(operatorStream, 2)) });
        (await _world.VerifyAsync(bundle)).ShouldBeOfType<BundleReport.Judged>().Claims.Where(static claim => claim.Verdict is Verdict.Fails).ShouldHaveSingleItem().Name.ShouldBe("hours");
    }

    [Fact]
    public async Task Before_the_first_seal_there_is_none()
    {
        using var output = new MemoryStream();
        (await _world.Writer().WriteAsync(_world.Request(), output, default)).ShouldBeOfType<BundleOutcome.NothingSealed>();
        output.Length.ShouldBe(0);
    }

    [Fact]
    public async Task The_question_is_there_as_it_was_asked_and_of_the_registry_everything_but_secrets()
    {
        var request = _world.Request(await _world.LogAsync(3));
        var files = BundleSurgery.Unpack(await _world.WriteAsync(request));
        files["question.json"].ShouldBe(request.Question.ToArray());
        using var registry = JsonDocument.Parse(files["registry.json"]);
        registry.RootElement.GetProperty("version").GetInt64().ShouldBe(7);
        var app = registry.RootElement.GetProperty("rows")[0].GetProperty("row");
        app.GetProperty("app").GetProperty("name").GetString().ShouldBe("Studio 工作室");
        Encoding.UTF8.GetString(files["registry.json"]).ShouldNotContain(EvidenceWorld.SecretDigest);
    }

    /// <summary>By what README.md says, with .NET's hashes and nothing of ours.</summary>
    [Fact]
    public async Task Anybody_can_make_the_hash_of_an_entry_and_its_leaf_again()
    {
        var files = BundleSurgery.Unpack(await _world.WriteAsync(_world.Request(await _world.LogAsync(3))));
        foreach (var (line, proof) in BundleSurgery.Lines(files["entries.jsonl"]).Zip(BundleSurgery.Lines(files["proofs.jsonl"])))
        {
            using var json = JsonDocument.Parse(line);
            using var beside = JsonDocument.Parse(proof);
            var (data, text) = (json.RootElement.GetProperty("data"), Encoding.UTF8.GetString(line).TrimEnd('\n'));
            var publicPart = Encoding.UTF8.GetBytes(text[(text.IndexOf("\"public\":", StringComparison.Ordinal) + 9)..^2]);
            var fixedPart = new byte[119];
            fixedPart[0] = 1;
            Hex(data, "stream").CopyTo(fixedPart, 1);
            BinaryPrimitives.WriteInt64BigEndian(fixedPart.AsSpan(17), data.GetProperty("seq").GetInt64());
            BinaryPrimitives.WriteUInt16BigEndian(fixedPart.AsSpan(25), data.GetProperty("kind").GetUInt16());
            BinaryPrimitives.WriteInt64BigEndian(fixedPart.AsSpan(27), data.GetProperty("time_ms").GetInt64());
            Hex(data, "operation").CopyTo(fixedPart, 35);
            Hex(data, "previous").CopyTo(fixedPart, 51);
            Hex(data, "sealed_sha256").CopyTo(fixedPart, 83);
            BinaryPrimitives.WriteInt32BigEndian(fixedPart.AsSpan(115), publicPart.Length);
            var hash = SHA256.HashData([.. fixedPart, .. publicPart]);
            Hex(data, "hash").ShouldBe(hash);
            byte[] leaf = [.. Hex(beside.RootElement, "tag"), .. HMACSHA256.HashData(Hex(beside.RootElement, "opening"), (byte[])[.. "gating/log/commitment/v1"u8, .. hash])];
            var tile = (await _world.Log.ReadTileAsync(new(-1, 0, 3), default))!.Value;
            tile.Slice((int)(beside.RootElement.GetProperty("index").GetInt64() * 66) + 2, 64).ToArray().ShouldBe(leaf);
        }
    }

    [Fact]
    public async Task An_answer_that_goes_backwards_in_a_stream_or_to_what_is_not_there_ends_it()
    {
        var stream = await _world.LogAsync(5);
        await Should.ThrowAsync<InvalidOperationException>(() => _world.WriteAsync(_world.Request() with { Answer = Places(new(stream, 2), new(stream, 1)) }));
        await Should.ThrowAsync<StreamFrozenException>(() => _world.WriteAsync(_world.Request() with { Answer = Places(new LeafPlace(stream, 6)) }));
    }

    [Fact]
    public async Task An_entry_that_was_changed_after_it_was_logged_is_never_exported()
    {
        var stream = await _world.LogAsync(5);
        _world.Ledger.Tamper(stream, static rows =>
        {
            var was = rows.Entries[3];
            rows.Entries[3] = new(was.Stream, was.Seq, EntryKind.Refused, was.Time, was.Operation, was.Public, was.Sealed, was.SealedDigest, was.Previous);
        });
        await Should.ThrowAsync<StreamFrozenException>(() => _world.WriteAsync(_world.Request(stream)));
    }

    internal static IReadOnlyList<string> Failing(BundleReport.Judged report) => [.. report.Claims.Where(static claim => claim.Verdict is Verdict.Fails).Select(static claim => claim.Name)];

    internal static IAsyncEnumerable<LeafPlace> Places(params LeafPlace[] places) => places.ToAsyncEnumerable();

    private static byte[] Hex(JsonElement root, string name) => Convert.FromHexString(root.GetProperty(name).GetString()!);

    /// <summary>An operator who says that streams end one entry before they do.</summary>
    private sealed class ShorterLedger(ILedgerStore inner) : LedgerStoreDecorator(inner)
    {
        public override async Task<StoredHead?> ReadHeadAsync(StreamId stream, CancellationToken cancellation) =>
            await base.ReadHeadAsync(stream, cancellation) is { } stored ? stored with { Head = stored.Head with { Seq = stored.Head.Seq - 1 } } : null;
    }
}
