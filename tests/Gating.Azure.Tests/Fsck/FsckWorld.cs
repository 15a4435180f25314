using System.Security.Cryptography;
using System.Text;
using Gating.Archive;
using Gating.Fsck;
using Gating.Generations;
using Gating.Ledger;
using Gating.Log.Notes;
using Gating.Log.Sealing;
using Gating.Messages;
using Gating.Testing;
using Gating.Testing.Storage;
using Gating.Timelines;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;

namespace Gating.Azure.Tests.Fsck;

/// <summary>A small installation on real storage: five streams, a log of more than one tile sealed in two goes, outputs kept and removed, and leaves that are not sealed yet.</summary>
internal sealed class FsckWorld : IDisposable
{
    public const string Origin = "gate.example/log";

    private const string Look = "0123456789abcdef0123456789abcdef";

    private static readonly byte[] Salt = RandomNumberGenerator.GetBytes(Head.SaltSize);

    private readonly LogKeys _keys = new(Origin, new(RandomNumberGenerator.GetBytes(OperatorKey.Size)), [Ed25519NoteSigner.Parse(Ed25519NoteSigner.Generate(Origin))!], []);

    private readonly Dictionary<FsckPhase, FsckPosition> _begins = [];

    private FsckWorld(StorageOptions options) => (Options, Storage) = (options, new(options, TimeProvider.System, _keys.Data));

    public StorageOptions Options { get; }

    public AzureStorage Storage { get; }

    public StreamId Person { get; } = StreamId.Create();

    /// <summary>Its two leaves are pending.</summary>
    public StreamId Late { get; } = StreamId.Create();

    public List<StreamId> Others { get; } = [];

    public ContentId Kept { get; } = ContentId.Create(Some.Time);

    public ContentId Removed { get; } = ContentId.Create(Some.Time);

    public byte[] File { get; } = RandomNumberGenerator.GetBytes(5000);

    /// <summary>What a check takes for the time.</summary>
    public ManualTime Time { get; } = ManualTime.Running();

    public FsckKeys Keys => new(_keys.Data, _keys.Verifiers);

    public FsckStores Stores => StoresOf(Storage);

    public static async Task<FsckWorld> CreateAsync(int others = 3)
    {
        var world = new FsckWorld(await AzuriteStorage.NewOptionsAsync());
        await world.Storage.EnsureCreatedAsync(default);
        await world.BuildAsync(others);
        return world;
    }

    public static FsckStores StoresOf(AzureStorage storage) =>
        new(new(storage.Ledger, storage.Leaves, storage.Log, storage.Published, storage.LastKnown), storage.Walk, storage.Archive, storage.Index, storage.Timelines);

    /// <summary>What a whole check says.</summary>
    public async Task<List<FsckFinding>> CheckAsync(FsckPhase last = FsckPhase.Done, FsckKeys? keys = null)
    {
        var findings = new List<FsckFinding>();
        await foreach (var step in new StoreFsck(Stores, keys ?? Keys, Time).RunAsync(FsckPosition.Start, last, default))
        {
            findings.AddRange(step.Findings);
        }

        return findings;
    }

    public async Task<List<StoredThing>> WrongAsync(FsckPhase last = FsckPhase.Done, FsckKeys? keys = null) =>
        [.. (await CheckAsync(last, keys)).OfType<FsckFinding.Wrong>().Select(static wrong => wrong.Thing).Distinct()];

    /// <summary>What that phase alone finds: of those before it, which are gone through once, everything is as it was.</summary>
    public async Task<List<StoredThing>> WrongInAsync(FsckPhase phase)
    {
        var fsck = new StoreFsck(Stores, Keys, Time);
        if (!_begins.TryGetValue(phase, out var begin))
        {
            for (begin = FsckPosition.Start; begin.Phase < phase; begin = (await fsck.StepAsync(begin, default)).Next)
            {
            }

            _begins.Add(phase, begin);
        }

        var wrong = new List<StoredThing>();
        await foreach (var step in fsck.RunAsync(begin, phase, default))
        {
            wrong.AddRange(step.Findings.OfType<FsckFinding.Wrong>().Select(static found => found.Thing));
        }

        return [.. wrong.Distinct()];
    }

    /// <summary>Closes the hours that were indexed until now, hours later, and logs what the operator's ledger says then.</summary>
    public async Task<StreamId> CloseHoursAsync()
    {
        Time.Pass(TimeSpan.FromHours(2));
        var names = new StreamNames(Storage.Names, _keys.Data);
        var closing = new HourClosing(
            Storage.Timelines, Storage.Ledger, new(Storage.Ledger, new InMemoryTraceQueue(), _keys.Data, Time), names, Storage.Cursors, new(static () => true, TimeSpan.Zero), Time, NullLogger<HourClosing>.Instance);
        (await closing.RunAsync(default)).Alarming.ShouldBe(0);
        var operators = await names.OfAsync("operator", "operator", default);
        await Task.Delay(LogSealer.Pace);
        await SealAsync(operators, (await Storage.Ledger.ReadHeadAsync(operators, default))!.Head.Seq);
        return operators;
    }

    /// <summary>An entry more of a person who is new, on the same timelines and in the same hour as the others, logged now.</summary>
    public async Task AddLateAsync()
    {
        var stream = StreamId.Create();
        var batch = Some.Batch(stream, null, Some.Chain(stream, Head.New(default), 1, json: """{"v":1,"app":"app","tool":"tool"}"""));
        (await Storage.Ledger.CommitAsync(batch with { Head = batch.Head with { Salt = default } }, default)).ShouldBeOfType<CommitOutcome.Committed>();
        await Task.Delay(LogSealer.Pace);
        await SealAsync(stream, 1);
    }

    public void Dispose() => Storage.Dispose();

    private async Task BuildAsync(int others)
    {
        // The same number in both, so that the two files have nothing in common but their person.
        await AppendPersonAsync();
        await SealAsync(Person, 7);
        for (var i = 0; i < others; i++)
        {
            var stream = StreamId.Create();
            Others.Add(stream);
            await AppendAsync(stream, 95);
        }

        await Task.Delay(LogSealer.Pace);
        await SealAsync([.. Others.Select(static stream => new TraceReference(stream, 1, 95))]);
        await AppendAsync(Late, 2);
        NewLeaf[] leaves = [.. await Storage.Ledger.ReadEntriesAsync(Late, 1, 2, default).Select(static entry => NewLeaf.Of(entry)).ToListAsync()];
        await Storage.Leaves.AddAsync(leaves, default);
        await Storage.Leaves.AddPendingAsync([new(Late, 1), new(Late, 2)], default);
    }

    private async Task AppendPersonAsync()
    {
        var (output, source) = (Hex(SHA256.HashData(File)), Hex(SHA256.HashData("kept"u8)));
        var drafts = new (EntryKind Kind, string Json, byte[] Private)[]
        {
            (EntryKind.Granted, """{"v":1,"app":"app","tool":"tool"}""", "who it was"u8.ToArray()),
            (EntryKind.Redeemed, $$"""{"v":1,"app":"app","tool":"tool","grant":1,"charged":1,"request":"00","contents":["{{Kept}}","{{Removed}}"]}""", []),
            (EntryKind.Archived, Archived(Kept, 1, source, output, File.Length, $",\"perceptual_hash\":\"{Look}\""), []),
            (EntryKind.Archived, Archived(Removed, 2, Hex(SHA256.HashData("gone"u8)), Hex(SHA256.HashData("gone, labelled"u8)), 9, string.Empty), []),
            (EntryKind.Removed, $$"""{"v":1,"app":"app","tool":"tool","output":4,"content":"{{Removed}}","retain_until":0}""", []),
            (EntryKind.Granted, $$"""{"v":1,"pad":"{{new string('x', 40_000)}}"}""", []),
            (EntryKind.Refused, """{"v":1}""", "and again"u8.ToArray()),
        };
        var (entries, previous) = (new List<Entry>(), EntryHash.Genesis);
        using var cipher = SealedPart.Cipher(_keys.Data.SealingKey(Salt));
        foreach (var (kind, json, plain) in drafts)
        {
            var seq = entries.Count + 1;
            var bytes = plain is [] ? [] : SealedPart.Seal(cipher, Person, seq, kind, plain);
            entries.Add(new(Person, seq, kind, Some.Time.AddMilliseconds(seq), OperationId.Create(), Encoding.ASCII.GetBytes(json), bytes, EntryHash.FromBytes(SHA256.HashData(bytes)), previous));
            previous = entries[^1].Hash;
        }

        KeyRow[] keys = [new(Some.Key(), 1), new(Some.Key(), 7)];
        var head = new Head(7, previous, entries[^1].Time, 7, Salt, [.. keys.Select(static key => new ShortLivedRow(key.Key, Some.Time.AddDays(1), key.Seq))], StreamState.New);
        SettlementRow[] settlements = [new(1, 2), new(new(2, 1), 3), new(new(2, 2), 4), new(new(4, 1), 5)];
        (await Storage.Ledger.CommitAsync(new(Person, head, null, entries, keys, settlements, []), default)).ShouldBeOfType<CommitOutcome.Committed>();

        var look = new OutputLook(Look, Gating.Labels.Perceptual.PerceptualHash.TryParse(Look, out var hash) ? hash.Bands : []);
        await Storage.Index.AddAsync(Kept, new(Person, 3), [Digest(source), Digest(output)], look, default);
        await Storage.Index.AddAsync(Removed, new(Person, 4), [EntryHash.FromBytes(SHA256.HashData("gone"u8)), EntryHash.FromBytes(SHA256.HashData("gone, labelled"u8))], null, default);
        var file = new ArchivedFile(Kept, "image/png", File.Length, Digest(source), Digest(output), Retained);
        (await Storage.Archive.StoreAsync(file, new ArchiveReferences(_keys.Data).Seal(Kept, new(Person, 2, 1)), new MemoryStream(File), default)).ShouldBeOfType<StoreOutcome.Stored>();
    }

    private static DateTimeOffset Retained { get; } = DateTimeOffset.FromUnixTimeSeconds(1_900_000_000);

    private static string Archived(ContentId content, int number, string source, string output, int bytes, string look) =>
        $$"""{"v":1,"app":"app","tool":"tool","generation":2,"number":{{number}},"content":"{{content}}","media_type":"image/png","bytes":{{bytes}},"source_sha256":"{{source}}","output_sha256":"{{output}}","label":"{}","explicit_label":"none"{{look}},"retain_until":{{Retained.ToUnixTimeMilliseconds()}}}""";

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);

    private static EntryHash Digest(string hex) => EntryHash.FromBytes(Convert.FromHexString(hex));

    private async Task AppendAsync(StreamId stream, int count)
    {
        var entries = Some.Chain(stream, Head.New(ReadOnlyMemory<byte>.Empty), count);
        var batch = Some.Batch(stream, null, entries);
        (await Storage.Ledger.CommitAsync(batch with { Head = batch.Head with { Salt = default } }, default)).ShouldBeOfType<CommitOutcome.Committed>();
    }

    private Task SealAsync(StreamId stream, long to) => SealAsync([new(stream, 1, to)]);

    private async Task SealAsync(TraceReference[] references)
    {
        var queues = new InMemoryMessageQueues(TimeProvider.System);
        var indexes = new EntryIndexes([new OutputIndexing(Storage.Index), new TimelineIndexing(Storage.Timelines, new(static () => true, TimeSpan.Zero), Time)]);
        var sealer = new LogSealer(Stores.Log, _keys, indexes, queues, TimeProvider.System, NullLogger<LogSealer>.Instance);
        var handler = new TraceHandler(Stores.Log, indexes, queues, sealer, TimeProvider.System, NullLogger<TraceHandler>.Instance);
        (await handler.HandleAsync(TraceMessage.Write(references), default)).ShouldBeOfType<MessageOutcome.Done>();
    }
}
