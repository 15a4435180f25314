using System.Net;
using System.Security.Cryptography;
using System.Text;
using Gating.Archive;
using Gating.Functions.Tests.World;
using Gating.Ledger;
using Gating.Log;
using Gating.Log.Merkle;
using Gating.Log.Notes;
using Gating.Log.Sealing;
using Gating.Log.Tiles;
using Gating.Testing.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;

namespace Gating.Functions.Tests;

/// <summary>The log over real HTTP and real Azurite, read as a stranger would who has its key: checkpoint, tiles, entries, and a receipt made of them.</summary>
public sealed class LogTests : IAsyncLifetime
{
    private GateWorld _world = null!;

    private LogStores Stores => _world.Services.GetRequiredService<LogStores>();

    private LogKeys Keys => _world.Services.GetRequiredService<LogKeys>();

    public async Task InitializeAsync() => _world = await GateWorld.StartAsync();

    public Task DisposeAsync() => _world.DisposeAsync().AsTask();

    [Fact]
    public async Task A_stranger_proves_that_an_entry_is_in_the_log_and_that_the_log_only_grows()
    {
        var stream = StreamId.Create();
        await LogAsync(stream, 80);
        var first = await CheckpointAsync();
        await LogAsync(stream, 80);
        await LogAsync(StreamId.Create(), 110);
        var (second, note) = (await CheckpointAsync(), await GetBytesAsync("checkpoint"));

        (first.Size, second.Size).ShouldBe((80, 270));
        var proofs = new TileProofs(async (id, _) => await GetBytesAsync(id.Path));
        (await proofs.ConsistencyAsync(first.Size, first.Root, second.Size, second.Root, default)).ShouldNotBeEmpty();

        // Which leaf is entry 7's: the stream's key tells, and its row.
        var entry = (await _world.Ledger.ReadEntryAsync(stream, 7, default)).ShouldNotBeNull();
        var (key, row) = (LeafKey.Of(Keys.Data, stream), (await Stores.Leaves.ReadAsync(stream, 7, 7, default)).ShouldHaveSingleItem());
        var index = row.Index.ShouldNotBeNull();
        var bundle = EntryBundle.Read(await GetBytesAsync(new TileId(TileId.EntriesLevel, index / 256, index < 256 ? 256 : 14).Path), index < 256 ? 256 : 14).ShouldNotBeNull();
        var leaf = LogLeaf.FromBytes(bundle[(int)(index % 256)].Span);
        leaf.ShouldBe(key.LeafOf(7, entry.Hash));

        var hashes = await proofs.InclusionAsync(leaf.Hash, index, second.Size, second.Root, default);
        var receipt = LogProof.Parse(new LogProof(index, hashes, note, key.Opening(7).ToBytes()).ToBytes()).ShouldNotBeNull();
        receipt.Verify(leaf.ToBytes(), Keys.Origin, Keys.Verifiers).ShouldBe(second);
        leaf.CommitsTo(entry.Hash, EntryHash.FromBytes(receipt.Extra.Span)).ShouldBeTrue();
    }

    [Fact]
    public async Task A_checkpoint_is_cached_for_seconds_and_a_tile_for_ever()
    {
        await LogAsync(StreamId.Create(), 3);
        using var checkpoint = await _world.Http.GetAsync(Address("checkpoint"));
        checkpoint.Content.Headers.ContentType!.ToString().ShouldBe("text/plain; charset=utf-8");
        checkpoint.Headers.CacheControl!.ToString().ShouldBe("public, max-age=2");
        foreach (var path in new[] { "tile/0/000.p/3", "tile/entries/000.p/3" })
        {
            using var tile = await _world.Http.GetAsync(Address(path));
            tile.StatusCode.ShouldBe(HttpStatusCode.OK, path);
            tile.Content.Headers.ContentType!.ToString().ShouldBe("application/octet-stream");
            tile.Headers.CacheControl!.ToString().ShouldContain("immutable");
            (await tile.Content.ReadAsByteArrayAsync()).Length.ShouldBe(path.Contains("entries", StringComparison.Ordinal) ? 3 * 66 : 3 * TreeHash.Size);
        }
    }

    [Fact]
    public async Task The_keys_it_is_checked_with_are_listed_the_current_one_first_and_former_ones_stay()
    {
        var former = Ed25519NoteSigner.Parse(Ed25519NoteSigner.Generate(Keys.Origin))!.Key.ToString();
        using var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var instance = await _world.AddInstanceAsync(builder => builder.Configuration.AddInMemoryCollection(
            [new("Gating:Keys:LogFormer", former), new("Gating:Keys:LogEcdsa", ecdsa.ExportPkcs8PrivateKeyPem())]));
        using var answer = await _world.Http.GetAsync(new Uri(instance, "/log/vkeys"));
        answer.Content.Headers.ContentType!.ToString().ShouldBe("text/plain; charset=utf-8");
        answer.Headers.CacheControl!.ToString().ShouldBe("public, max-age=60");
        var text = await answer.Content.ReadAsStringAsync();
        text.ShouldEndWith("\n");
        var lines = text[..^1].Split('\n');
        lines.Length.ShouldBe(3);
        lines[2].ShouldBe(former);

        // By the written format alone: name, id (32 bits of SHA-256 over name, newline, type and key), type and key.
        foreach (var line in new[] { lines[0], lines[2] })
        {
            var parts = line.Split('+', 3);
            var key = Convert.FromBase64String(parts[2]);
            (parts[0], key.Length, key[0]).ShouldBe((Keys.Origin, 33, (byte)1));
            parts[1].ShouldBe(Convert.ToHexStringLower(SHA256.HashData([.. Encoding.UTF8.GetBytes(parts[0]), (byte)'\n', .. key])[..4]));
        }

        // The first alone opens what is served.
        await LogAsync(StreamId.Create(), 1);
        Checkpoint.Open(await GetBytesAsync("checkpoint"), Keys.Origin, [NoteKey.Parse(lines[0]).ShouldNotBeNull()]).ShouldNotBeNull().Size.ShouldBe(1);
        NoteKey.Parse(lines[1]).ShouldNotBeNull().Algorithm.ShouldBe(NoteAlgorithm.EcdsaP256);
    }

    [Theory]
    [InlineData("tile/0/000")]
    [InlineData("tile/0/000.p/2")]
    [InlineData("tile/0/000.p/03")]
    [InlineData("tile/0/0%30%30.p/3")]
    [InlineData("tile/0/000%2Ep/3")]
    [InlineData("tile/%30/000.p/3")]
    [InlineData("tile//0/000.p/3")]
    [InlineData("tile/0/x000/000.p/3")]
    [InlineData("tile/1/000")]
    [InlineData("tile/state")]
    [InlineData("tile/../state")]
    [InlineData("tile/..%2Fstate")]
    [InlineData("tile/..%2Fstaging")]
    [InlineData("state")]
    [InlineData("staging")]
    public async Task What_is_no_tile_of_the_log_is_not_there(string path)
    {
        await LogAsync(StreamId.Create(), 3);

        // As it is written here, or the client would decode it before it is sent.
        var address = new Uri($"{_world.Addresses[0].GetLeftPart(UriPartial.Authority)}/log/{path}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        using var answer = await _world.Http.GetAsync(address);
        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        answer.Headers.CacheControl!.NoStore.ShouldBeTrue();
    }

    [Fact]
    public async Task Two_instances_that_seal_at_once_on_real_storage_make_one_log()
    {
        var streams = Enumerable.Range(0, 6).Select(static _ => StreamId.Create()).ToArray();
        foreach (var stream in streams)
        {
            await AppendAsync(stream, 20);
        }

        await Task.WhenAll(Enumerable.Range(0, 3).Select(async _ =>
        {
            var handler = NewHandler();
            foreach (var stream in streams.OrderBy(static _ => RandomNumberGenerator.GetInt32(100)))
            {
                await handler.HandleAsync(TraceMessage.Write([new(stream, 1, 20)]), default);
            }
        }));

        var checkpoint = await CheckpointAsync();
        checkpoint.Size.ShouldBe(120);
        var bundle = EntryBundle.Read(await GetBytesAsync("tile/entries/000.p/120"), 120).ShouldNotBeNull();
        var leaves = bundle.Select(static leaf => LogLeaf.FromBytes(leaf.Span)).ToArray();
        var expected = new List<LogLeaf>();
        foreach (var stream in streams)
        {
            await foreach (var entry in _world.Ledger.ReadEntriesAsync(stream, 1, 99, default))
            {
                expected.Add(LeafKey.Of(Keys.Data, stream).LeafOf(entry.Seq, entry.Hash));
            }
        }

        leaves.ShouldBe(expected, ignoreOrder: true);
        TreeEdge.Empty.Append([.. leaves.Select(static leaf => leaf.Hash)]).Root.ShouldBe(checkpoint.Root);
        (await Stores.Leaves.ReadPendingAsync(10, default)).ShouldBeEmpty();
    }

    private Uri Address(string path) => new(_world.Addresses[0], $"/log/{path}");

    private async Task<byte[]> GetBytesAsync(string path) => await _world.Http.GetByteArrayAsync(Address(path));

    private async Task<Checkpoint> CheckpointAsync() => Checkpoint.Open(await GetBytesAsync("checkpoint"), Keys.Origin, Keys.Verifiers).ShouldNotBeNull();

    private TraceHandler NewHandler()
    {
        var (queues, indexes) = (new InMemoryMessageQueues(TimeProvider.System), new EntryIndexes([new OutputIndexing(new InMemoryOutputIndex())]));
        return new(Stores, indexes, queues, new LogSealer(Stores, Keys, indexes, queues, TimeProvider.System, NullLogger<LogSealer>.Instance), TimeProvider.System, NullLogger<TraceHandler>.Instance);
    }

    private async Task LogAsync(StreamId stream, int count)
    {
        var last = await AppendAsync(stream, count);
        await NewHandler().HandleAsync(TraceMessage.Write([new(stream, last - count + 1, last)]), default);
    }

    private async Task<long> AppendAsync(StreamId stream, int count)
    {
        foreach (var chunk in Enumerable.Range(0, count).Chunk(90))
        {
            var head = await _world.Ledger.ReadHeadAsync(stream, default);
            var entries = Some.Chain(stream, head?.Head ?? Head.New(Some.Salt), chunk.Length);
            (await _world.Ledger.CommitAsync(Some.Batch(stream, head, entries), default)).ShouldBeOfType<CommitOutcome.Committed>();
        }

        return (await _world.Ledger.ReadHeadAsync(stream, default))!.Head.Seq;
    }
}
