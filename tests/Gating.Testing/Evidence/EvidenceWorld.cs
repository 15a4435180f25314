using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Gating.Archive;
using Gating.Evidence;
using Gating.Generations;
using Gating.Grants;
using Gating.Identity.Jose;
using Gating.Ledger;
using Gating.Log;
using Gating.Log.Notes;
using Gating.Log.Sealing;
using Gating.Log.Tiles;
using Gating.Messages;
using Gating.Registry;
using Gating.Testing.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;

namespace Gating.Testing.Evidence;

/// <summary>Ledgers and a log in memory, sealed by the real handler and sealer, and bundles of them.</summary>
public sealed class EvidenceWorld
{
    public const string Origin = "gate.example/log";

    private readonly LogSealer _sealer;
    private readonly TraceHandler _handler;
    private readonly InMemoryMessageQueues _queues;

    public EvidenceWorld()
    {
        _queues = new(Time, Faults);
        Ledger = new(Faults);
        Leaves = new(Faults);
        Log = new(Time, Faults);
        Published = InMemoryCheckpointStore.Published(Faults);
        Stores = new(Ledger, Leaves, Log, Published, InMemoryCheckpointStore.LastKnown(Faults));
        Keys = new(Origin, new(RandomNumberGenerator.GetBytes(OperatorKey.Size)), [Ed25519NoteSigner.Parse(Ed25519NoteSigner.Generate(Origin))!], []);
        Signing = NewSigning();
        var indexes = new EntryIndexes([new OutputIndexing(new InMemoryOutputIndex(Faults))]);
        _sealer = new(Stores, Keys, indexes, _queues, Time, NullLogger<LogSealer>.Instance);
        _handler = new(Stores, indexes, _queues, _sealer, Time, NullLogger<TraceHandler>.Instance);
    }

    public Faults Faults { get; } = new();

    public ManualTime Time { get; } = ManualTime.AtNoon();

    public InMemoryLedgerStore Ledger { get; }

    public InMemoryLeafStore Leaves { get; }

    public InMemoryLogStore Log { get; }

    public InMemoryCheckpointStore Published { get; }

    public LogStores Stores { get; }

    public LogKeys Keys { get; }

    public SigningKeyRing Signing { get; }

    /// <summary>A secret's digest, which no bundle may have.</summary>
    public const string SecretDigest = "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b";

    /// <summary>Rows as they are stored.</summary>
    public BundleRegistry Registry { get; } = new(7, [
        new("app", "studio", $$$"""{"version":1,"app":{"id":"studio","name":"Studio 工作室","secretDigests":["{{{SecretDigest}}}"],"tools":["https://tools.example/face-swap"]}}"""),
        new("policy", "default", """{"version":1,"policy":{"personQuotas":[]}}"""),
    ]);

    public static SigningKeyRing NewSigning() => SigningKeyRing.FromPem(ECDsa.Create(ECCurve.NamedCurves.nistP256).ExportPkcs8PrivateKeyPem(), null, null);

    /// <summary>All that a reader can know from elsewhere.</summary>
    public BundleTrust Trust() => new(Keys.Verifiers, BundleSurgery.KeysOf(Signing), Log.ReadTileAsync);

    public BundleWriter Writer(LogStores? stores = null) => new(stores ?? Stores, Keys, Signing, Time, static () => new MemoryStream());

    public BundleRequest Request(params StreamId[] whole) => new("""{"question":"what did this person make?"}"""u8.ToArray(), Registry) { Whole = whole };

    public async Task<byte[]> WriteAsync(BundleRequest request, LogStores? stores = null)
    {
        using var output = new MemoryStream();
        (await Writer(stores).WriteAsync(request, output, default)).ShouldBeOfType<BundleOutcome.Written>();
        return output.ToArray();
    }

    public async Task<BundleReport> VerifyAsync(byte[] bundle, BundleTrust? trust = null)
    {
        using var file = new MemoryStream(bundle, writable: false);
        return await BundleVerifier.VerifyAsync(file, trust ?? Trust(), default);
    }

    /// <summary>Appends entries to a stream's ledger, grants and in between outputs, without a word to the queue.</summary>
    public async Task<StreamId> AppendAsync(int count, StreamId? stream = null)
    {
        var id = stream ?? StreamId.Create();
        foreach (var chunk in Enumerable.Range(0, count).Chunk(90))
        {
            var stored = await Ledger.ReadHeadAsync(id, default);
            var (seq, hash) = stored is null ? (0L, EntryHash.Genesis) : (stored.Head.Seq, stored.Head.Hash);
            var entries = new Entry[chunk.Length];
            for (var i = 0; i < entries.Length; i++)
            {
                entries[i] = EntryAfter(id, seq, hash);
                (seq, hash) = (entries[i].Seq, entries[i].Hash);
            }

            (await Ledger.CommitAsync(Some.Batch(id, stored, entries), default)).ShouldBeOfType<CommitOutcome.Committed>();
        }

        return id;
    }

    /// <summary>Appends, announces and seals, with time enough since the last seal.</summary>
    public async Task<StreamId> LogAsync(int count, StreamId? stream = null)
    {
        var id = await AppendAsync(count, stream);
        var last = (await Ledger.ReadHeadAsync(id, default))!.Head.Seq;
        Time.Pass(LogSealer.Pace);
        (await _handler.HandleAsync(TraceMessage.Write([new(id, last - count + 1, last)]), default)).ShouldBeOfType<MessageOutcome.Done>();
        while (_queues.Take() is { } next)
        {
            Time.Pass(LogSealer.Pace);
            (await _handler.HandleAsync(next.Message, default)).ShouldBeOfType<MessageOutcome.Done>();
        }

        return id;
    }

    /// <summary>Puts the log's public files into a folder, as it is served.</summary>
    public async Task WriteLogAsync(string folder)
    {
        var size = Log.State!.Size;
        for (var index = 0L; index * TileId.FullWidth < size; index++)
        {
            var id = new TileId(TileId.EntriesLevel, index, (int)Math.Min(TileId.FullWidth, size - (index * TileId.FullWidth)));
            var path = Path.Combine(folder, id.Path);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await File.WriteAllBytesAsync(path, (await Log.ReadTileAsync(id, default))!.Value.ToArray());
        }
    }

    private static Entry EntryAfter(StreamId stream, long seq, EntryHash previous)
    {
        var (kind, text) = seq % 3 == 1
            ? (EntryKind.Archived, Output(seq + 1))
            : (EntryKind.Granted, """{"v":1,"app":"studio","tool":"https://tools.example/face-swap","units":1,"note":"\u0022=1\u002B1\u0022 \u003Ctool\u003E"}""");
        var sealedBytes = BitConverter.GetBytes(seq);
        return new(
            stream, seq + 1, kind, Some.Time.AddMilliseconds(seq), OperationId.Create(), Encoding.ASCII.GetBytes(text), sealedBytes, EntryHash.FromBytes(SHA256.HashData(sealedBytes)), previous);
    }

    private static string Output(long number)
    {
        var (content, digest) = (ContentId.Create(Some.Time).Text, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(EntryHash.Size)));
        var label = $$"""{\u0022Label\u0022:\u00221\u0022,\u0022ProduceID\u0022:\u0022{{content}}\u0022}""";
        return string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"v":1,"app":"studio","tool":"https://tools.example/face-swap","generation":1,"number":{{number}},"content":"{{content}}","media_type":"image/png","bytes":4096,"source_sha256":"{{digest}}","output_sha256":"{{digest}}","label":"{{label}}","explicit_label":"applied","retain_until":1800000000000}""");
    }
}
