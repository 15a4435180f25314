using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Azure;
using Azure.Storage;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Specialized;
using Gating.Archive;
using Gating.Azure;
using Gating.Azure.Tables;
using Gating.Generations;
using Gating.Ledger;
using Gating.Local.Storage;
using Gating.Log;
using Gating.Log.Notes;
using Gating.Log.Sealing;
using Gating.Log.Tiles;
using Gating.Messages;
using Gating.Receipts;
using Gating.Testing.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gating.Benchmarks.Log;

/// <summary>
/// A log that grows to a size by our own sealer, every leaf of it in the tiles. One stream in each go is real throughout: entries, index rows, leaf rows. The other leaves wait in memory for their seal, and as many rows as
/// they would have fill the tables of entries, outputs and leaves, in partitions of their own: in those of the real ones Azurite, which looks through a partition for a row, would spend on that what a receipt may cost.
/// Ids rise, and what fills stands before all ids, so that each row goes near the end of Azurite's sorted lists: in the middle, every row moves half of all others.
/// </summary>
internal sealed class GrowingLog : IDisposable
{
    private const string Origin = "growth.example/log";
    private const int Each = 50;

    private const int Together = 16_000;
    private const int MostAttempts = 60;

    private static readonly EntryHash Digest = EntryHash.FromBytes(new byte[EntryHash.Size]);

    private readonly StorageOptions _options;
    private readonly AzureStorage _storage;
    private readonly LogKeys _keys;
    private readonly LogStores _stores;
    private readonly LogSealer _sealer;
    private readonly BlobContainerClient _blobs;
    private readonly (TableClient Ledger, TableClient Index, TableClient Leaves, TableClient Pending) _tables;
    private readonly List<(StreamId Stream, long Seq, ContentId Content)> _recorded = [];
    private ulong _streams;
    private long _size;
    private long _rows;

    public GrowingLog(AzuriteProcess azurite)
    {
        _options = StorageOptions.Development(azurite.Table, azurite.Queue, azurite.Blob, "growing") with { TryTimeout = TimeSpan.FromSeconds(30) };
        _keys = new(Origin, new(RandomNumberGenerator.GetBytes(OperatorKey.Size)), [Ed25519NoteSigner.Parse(Ed25519NoteSigner.Generate(Origin))!], []);
        _storage = new(_options, TimeProvider.System, _keys.Data);
        _stores = new(_storage.Ledger, _storage.Leaves, _storage.Log, _storage.Published, _storage.LastKnown);
        _sealer = SealerOf(_stores);
        Receipts = new(_stores, _keys);
        Outputs = new(_storage.Index, _storage.Archive, new ArchiveReferences(_keys.Data), _storage.Ledger);
        _tables = (AzuriteStorage.Table(_options, Keys.LedgerTable), AzuriteStorage.Table(_options, Keys.IndexTable), AzuriteStorage.Table(_options, Keys.LeavesTable), AzuriteStorage.Table(_options, Keys.PendingTable));
        var key = (StorageCredential.SharedKey)_options.Credential;
        _blobs = new BlobServiceClient(azurite.Blob, new StorageSharedKeyCredential(key.Account, key.Key)).GetBlobContainerClient(Keys.LogContainer);
    }

    public long Size => _size;

    private ReceiptMaker Receipts { get; }

    private RecordedOutputs Outputs { get; }

    private TableKeys Keys => new(_options.Prefix);

    public Task CreateAsync() => _storage.EnsureCreatedAsync(CancellationToken.None);

    /// <summary>Until it has that many leaves, and the tables of entries and of outputs as many rows.</summary>
    public async Task GrowAsync(long size, Action<string> say)
    {
        for (var told = 0; _size < size;)
        {
            var count = (int)Math.Min(Together, size - _size);
            await RecordAsync(NextStream());
            await PatientlyAsync(_ => SealAsync(_sealer));
            await Task.WhenAll(FillLogAsync(count - Each), FillAsync(_tables.Ledger, count), FillAsync(_tables.Index, count), FillAsync(_tables.Leaves, count));
            _size += count;
            if (_size / 100_000 > told)
            {
                told = (int)(_size / 100_000);
                say($"{_size} leaves");
            }
        }
    }

    /// <summary>A receipt for an entry taken at random, which is verified as it is made.</summary>
    public async Task ReceiptAsync()
    {
        var (stream, seq, _) = Random.Shared.GetItems(_recorded.ToArray(), 1)[0];
        if (await Receipts.MakeAsync(new(stream, seq), CancellationToken.None) is not ReceiptOutcome.Made)
        {
            throw new InvalidDataException("There is no receipt.");
        }
    }

    /// <summary>The record of an output taken at random.</summary>
    public async Task FindAsync()
    {
        var (_, _, content) = Random.Shared.GetItems(_recorded.ToArray(), 1)[0];
        if (await Outputs.FindAsync(content, CancellationToken.None) is not { } output || output.File.Content != content)
        {
            throw new InvalidDataException("There is no output.");
        }
    }

    /// <summary>From pending pointers to the checkpoint that covers them.</summary>
    public async Task AppendAsync()
    {
        await SealAsync(_sealer);
        _size += Each;
    }

    /// <summary>What <see cref="AppendAsync"/> needs to be there, and the second that lies between two seals.</summary>
    public async Task PrepareAppendAsync()
    {
        await LogAsync(Some.Chain(NextStream(), Head.New(Some.Salt), Each));
        await Task.Delay(LogSealer.Pace);
    }

    /// <summary>The rows and blobs that a receipt is made of, without what the tree's growth adds to them.</summary>
    public async Task RawReceiptAsync()
    {
        var (stream, seq, _) = Random.Shared.GetItems(_recorded.ToArray(), 1)[0];
        await Task.WhenAll(
            GetAsync(_tables.Ledger, TableKeys.Partition(stream), TableKeys.Entry(seq)), GetAsync(_tables.Leaves, TableKeys.LeafPartition(stream), TableKeys.Leaf(new(stream, seq))), ReadAsync(TableKeys.Checkpoint));
        await ReadAsync(new TileId(0, 0, TileId.FullWidth).Path);
        await ReadAsync(new TileId(0, 1, TileId.FullWidth).Path);
    }

    public async Task RawFindAsync()
    {
        var (stream, seq, content) = Random.Shared.GetItems(_recorded.ToArray(), 1)[0];
        await GetAsync(_tables.Index, content.Text, TableKeys.Output);
        await GetAsync(_tables.Ledger, TableKeys.Partition(stream), TableKeys.Entry(seq));
    }

    /// <summary>As many rows written, asked for by their range and deleted as a seal of that many leaves of one stream has, and as many blobs put.</summary>
    public async Task RawAppendAsync()
    {
        var (leaves, pending) = (_tables.Leaves, _tables.Pending);
        var stream = NextStream();
        var partition = $"raw{TableKeys.LeafPartition(stream)}";
        TableTransaction All(Func<TableTransaction, string, TableTransaction> add) =>
            Enumerable.Range(1, Each).Aggregate(new TableTransaction(partition), (transaction, seq) => add(transaction, TableKeys.Leaf(new(stream, seq))));
        TableEntity Row(string key) => new TableEntity(partition, key).With("V", TableValue.Of(1)).With("Hash", TableValue.Of(new byte[32]));
        await leaves.SubmitTransactionAsync(All((transaction, key) => transaction.Insert(Row(key))), CancellationToken.None);
        await pending.SubmitTransactionAsync(All((transaction, key) => transaction.Insert(Row(key))), CancellationToken.None);
        var range = new TableQuery(partition).RowKey(TableComparison.GreaterThanOrEqual, TableKeys.Leaf(new(stream, 1))).RowKey(TableComparison.LessThanOrEqual, TableKeys.Leaf(new(stream, Each)));
        await foreach (var row in leaves.QueryAsync(range, CancellationToken.None))
        {
            _ = row;
        }

        await leaves.SubmitTransactionAsync(All((transaction, key) => transaction.Replace(Row(key), ETag.All)), CancellationToken.None);
        await pending.SubmitTransactionAsync(All((transaction, key) => transaction.Delete(key, ETag.All)), CancellationToken.None);
        for (var blob = 0; blob < 6; blob++)
        {
            var client = _blobs.GetBlockBlobClient(string.Create(CultureInfo.InvariantCulture, $"raw/{blob}"));
            var block = Convert.ToBase64String("raw0"u8);
            await client.StageBlockAsync(block, new MemoryStream(new byte[66 * Each]));
            await client.CommitBlockListAsync([block]);
        }
    }

    public void Dispose() => _storage.Dispose();

    private StreamId NextStream() => new(new(_streams += ulong.MaxValue / 100_000, 0));

    private LogSealer SealerOf(LogStores stores) =>
        new(stores, _keys, new EntryIndexes([]), new InMemoryMessageQueues(TimeProvider.System), TimeProvider.System, NullLogger<LogSealer>.Instance);

    private static async Task SealAsync(LogSealer sealer)
    {
        while (await sealer.RunAsync(CancellationToken.None) is not SealRun.Done)
        {
            // Its time was over: the next run goes on.
        }
    }

    /// <summary>Leaves of one stream that are nowhere but in the log.</summary>
    private async Task FillLogAsync(int count)
    {
        var (stream, leaves) = (NextStream(), new InMemoryLeafStore());
        await leaves.AddAsync([.. Some.Chain(stream, Head.New(Some.Salt), count).Select(NewLeaf.Of)], CancellationToken.None);
        await leaves.AddPendingAsync([.. Enumerable.Range(1, count).Select(seq => new LeafPlace(stream, seq))], CancellationToken.None);
        var sealer = SealerOf(_stores with { Leaves = leaves });
        await PatientlyAsync(_ => SealAsync(sealer));
    }

    // Both add what is missing: a second try is the same.
    private Task LogAsync(IReadOnlyList<Entry> entries) => PatientlyAsync(async _ =>
    {
        await _storage.Leaves.AddAsync([.. entries.Select(NewLeaf.Of)], CancellationToken.None);
        await _storage.Leaves.AddPendingAsync([.. entries.Select(entry => new LeafPlace(entry.Stream, entry.Seq))], CancellationToken.None);
    });

    /// <summary>Filling goes on where Azurite, busy with all its rows, let a connection die that it kept: what is measured begins when nothing of that kind runs.</summary>
    private static async Task PatientlyAsync(Func<int, Task> work)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await work(attempt);
                return;
            }
            catch (Exception error) when (error is StorageUnavailableException or RequestFailedException && attempt < MostAttempts)
            {
                await Task.Delay(TimeSpan.FromSeconds(2));
            }
        }
    }

    /// <summary>A stream of outputs: its entries, their index rows and their leaves.</summary>
    private async Task RecordAsync(StreamId stream)
    {
        var (entries, head) = (new List<Entry>(), Head.New(Some.Salt));
        var (seq, previous) = (head.Seq, head.Hash);
        for (var i = 0; i < Each; i++)
        {
            var content = ContentId.Create(DateTimeOffset.UtcNow);
            var json = string.Create(CultureInfo.InvariantCulture, $$"""
                {"v":1,"app":"app","tool":"tool","generation":1,"number":{{i + 1}},"content":"{{content}}","media_type":"image/png","bytes":1,"source_sha256":"{{Digest}}","output_sha256":"{{Digest}}","label":"{}","explicit_label":"none","retain_until":0}
                """);
            var entry = new Entry(
                stream, seq + 1, EntryKind.Archived, Some.Time.AddMilliseconds(i), OperationId.Create(), Encoding.ASCII.GetBytes(json), default, EntryHash.FromBytes(SHA256.HashData([])), previous);
            entries.Add(entry);
            (seq, previous) = (entry.Seq, entry.Hash);
            await _storage.Index.AddAsync(content, new(stream, entry.Seq), [], null, CancellationToken.None);
            _recorded.Add((stream, entry.Seq, content));
        }

        if (await _storage.Ledger.CommitAsync(Some.Batch(stream, null, [.. entries]), CancellationToken.None) is not CommitOutcome.Committed)
        {
            throw new InvalidDataException("The entries were not committed.");
        }

        await LogAsync(entries);
    }

    private Task FillAsync(TableClient table, int rows)
    {
        var first = _rows;
        _rows += rows;
        return Parallel.ForEachAsync(Enumerable.Range(0, rows / 100), new ParallelOptions { MaxDegreeOfParallelism = 2 }, async (i, cancel) => await PatientlyAsync(async attempt =>
        {
            // Of its own for each try: what a lost one left is filling too.
            var partition = string.Create(CultureInfo.InvariantCulture, $"!{(first / 100) + i:D9}.{attempt}");
            var transaction = new TableTransaction(partition);
            for (var row = 0; row < 100; row++)
            {
                transaction.Insert(new TableEntity(partition, string.Create(CultureInfo.InvariantCulture, $"!{first + (i * 100) + row:D12}")).With("V", TableValue.Of(1)).With("Bytes", TableValue.Of(new byte[300])));
            }

            await table.SubmitTransactionAsync(transaction, cancel);
        }));
    }

    private static async Task GetAsync(TableClient table, string partition, string key) =>
        _ = await table.GetAsync(partition, key, CancellationToken.None) ?? throw new InvalidDataException($"There is no row {key}.");

    private async Task ReadAsync(string blob) => await _blobs.GetBlobClient(blob).DownloadContentAsync();
}
