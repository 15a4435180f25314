using Azure;
using Azure.Storage.Blobs;
using Gating.Azure.Tables;
using Gating.Ledger;
using Gating.Registry;
using Gating.Testing.Storage;
using Shouldly;
using Xunit;

namespace Gating.Azure.Tests;

/// <summary>The stores behind a bad network, and over rows that are not as they wrote them.</summary>
public sealed class LedgerFaultTests : IAsyncLifetime
{
    private readonly StreamId _stream = StreamId.Create();
    private FaultProxy _proxy = null!;
    private StorageOptions _options = null!;
    private AzureStorage _storage = null!;
    private AzureStorage _direct = null!;

    public async Task InitializeAsync()
    {
        _options = await AzuriteStorage.SharedOptionsAsync();
        _direct = await AzuriteStorage.SharedAsync();
        _proxy = await FaultProxy.StartAsync(_options.Tables);
        _storage = new(_options with { Tables = _proxy.Address }, TimeProvider.System, AzuriteStorage.DataKey);
        await _storage.EnsureCreatedAsync(default);
    }

    public async Task DisposeAsync()
    {
        _storage.Dispose();
        await _proxy.DisposeAsync();
    }

    [Theory]
    [InlineData(WireFault.AnswerLost)]
    [InlineData(WireFault.ErrorAfter)]
    [InlineData(WireFault.CutOff)]
    [InlineData(WireFault.CutShort)]
    public async Task A_commit_whose_answer_is_lost_is_tried_once_reported_as_unknown_and_found_by_its_operation(WireFault loss)
    {
        var batch = Some.Batch(_stream, null, Some.EntryAfter(_stream, Head.New(Some.Salt)));
        var before = _storage.Requests[StorageOperation.Transaction];
        _proxy.Next(loss);

        await Should.ThrowAsync<StorageUnavailableException>(() => _storage.Ledger.CommitAsync(batch, default));

        (_storage.Requests[StorageOperation.Transaction] - before).ShouldBe(1);
        (await _storage.Ledger.ReadEntryAsync(_stream, 1, default))!.Operation.ShouldBe(batch.Entries[0].Operation);
        (await _storage.Ledger.CommitAsync(batch, default)).ShouldBe(new CommitOutcome.HeadMoved());
    }

    [Theory]
    [InlineData(WireFault.ResetBefore)]
    [InlineData(WireFault.Busy)]
    [InlineData(WireFault.Forbidden)]
    public async Task A_commit_that_did_not_arrive_is_unknown_and_can_be_made_again(WireFault fault)
    {
        var batch = Some.Batch(_stream, null, Some.EntryAfter(_stream, Head.New(Some.Salt)));
        _proxy.Next(fault);

        await Should.ThrowAsync<StorageUnavailableException>(() => _storage.Ledger.CommitAsync(batch, default));

        (await _storage.Ledger.ReadEntryAsync(_stream, 1, default)).ShouldBeNull();
        (await _storage.Ledger.CommitAsync(batch, default)).ShouldBeOfType<CommitOutcome.Committed>();
    }

    [Fact]
    public async Task A_warm_commit_is_one_request()
    {
        await CommitAsync(Some.EntryAfter(_stream, Head.New(Some.Salt)));
        var head = (await _storage.Ledger.ReadHeadAsync(_stream, default))!;
        var before = _storage.Requests.Total;

        await _storage.Ledger.CommitAsync(Some.Batch(_stream, head, Some.EntryAfter(_stream, head.Head)), default);

        (_storage.Requests.Total - before).ShouldBe(1);
    }

    [Fact]
    public async Task A_lost_claim_is_recognised_and_a_late_one_hears_of_the_first()
    {
        var (name, first) = (Some.Name(), StreamId.Create());
        _proxy.Next(WireFault.AnswerLost);
        (await _storage.Names.ClaimAsync(name, first, default)).ShouldBe(first);

        _proxy.Next(WireFault.AnswerLost);
        (await _storage.Names.ClaimAsync(name, StreamId.Create(), default)).ShouldBe(first);
    }

    [Fact]
    public async Task A_lost_registry_change_is_recognised_and_made_once()
    {
        var options = await AzuriteStorage.NewOptionsAsync();
        using var storage = new AzureStorage(options with { Tables = _proxy.Address }, TimeProvider.System, AzuriteStorage.DataKey);
        await storage.Registry.WriteAsync(0, [new("app", "a", "1")], [], default);
        _proxy.Choose(Once(request => request.Path.Value!.EndsWith("$batch", StringComparison.Ordinal), WireFault.AnswerLost));

        (await storage.Registry.WriteAsync(1, [new("app", "b", "2")], [], default)).ShouldBe(2);

        (await storage.Registry.ReadAsync(default)).Version.ShouldBe(2);
    }

    /// <summary>Whether the first half of it happened nobody can tell any more: the second half is not written, and what stands is vouched for.</summary>
    [Fact]
    public async Task A_large_registry_change_that_lost_an_answer_and_was_overtaken_vouches_for_no_rows_but_those_that_are_there()
    {
        var options = await AzuriteStorage.NewOptionsAsync();
        using var storage = new AzureStorage(options with { Tables = _proxy.Address }, TimeProvider.System, AzuriteStorage.DataKey);
        using var other = new AzureStorage(options, TimeProvider.System, AzuriteStorage.DataKey);
        await other.Registry.WriteAsync(0, [new("app", "a", "1")], [], default);
        var (isLost, isOvertaken) = (false, false);
        _proxy.Choose((request, _) =>
        {
            if (!isLost && request.Path.Value!.EndsWith("$batch", StringComparison.Ordinal))
            {
                isLost = true;
                return WireFault.AnswerLost;
            }

            if (isLost && !isOvertaken && request.Method is "GET")
            {
                isOvertaken = true;
                other.Registry.WriteAsync(2, [new("app", "others", "{}")], [], default).GetAwaiter().GetResult().ShouldBe(3);
            }

            return WireFault.None;
        });

        await Should.ThrowAsync<StorageUnavailableException>(() => storage.Registry.WriteAsync(1, [.. Enumerable.Range(0, 150).Select(static i => new RegistryRow("tool", $"t{i}", "{}"))], [], default));

        var rows = (await other.Registry.ReadAsync(default)).Rows;
        (rows.Count, rows.Count(static row => row.Name is "others")).ShouldBe((101, 1));
    }

    [Fact]
    public async Task A_registry_that_changes_while_it_is_read_is_read_again()
    {
        var options = await AzuriteStorage.NewOptionsAsync();
        using var storage = new AzureStorage(options with { Tables = _proxy.Address }, TimeProvider.System, AzuriteStorage.DataKey);
        using var other = new AzureStorage(options, TimeProvider.System, AzuriteStorage.DataKey);
        await other.Registry.WriteAsync(0, [new("app", "a", "1")], [], default);
        var changed = false;
        _proxy.Choose((request, _) =>
        {
            if (!changed && request.QueryString.HasValue)
            {
                changed = true;
                other.Registry.WriteAsync(1, [new("app", "a", "2")], [], default).GetAwaiter().GetResult();
            }

            return WireFault.None;
        });

        var (version, rows) = await storage.Registry.ReadAsync(default);

        (version, rows.Single().Json).ShouldBe((2, "2"));
        _proxy.Requests.Count(request => request.Query.Length > 0).ShouldBe(2);
    }

    [Fact]
    public async Task A_table_that_vanishes_is_an_outage_and_not_an_empty_one()
    {
        var options = await AzuriteStorage.NewOptionsAsync();
        using var storage = new AzureStorage(options, TimeProvider.System, AzuriteStorage.DataKey);
        await storage.Ledger.CommitAsync(Some.Batch(_stream, null, Some.EntryAfter(_stream, Head.New(Some.Salt))), default);
        await RawStorage.DeleteTableAsync(options, new TableKeys(options.Prefix).LedgerTable);

        await Should.ThrowAsync<StorageUnavailableException>(() => storage.Ledger.ReadHeadAsync(_stream, default));
        await Should.ThrowAsync<StorageUnavailableException>(() =>
            storage.Ledger.CommitAsync(Some.Batch(_stream, null, Some.EntryAfter(_stream, Head.New(Some.Salt))), default));
    }

    [Fact]
    public async Task Setting_up_that_fails_is_tried_again()
    {
        var options = await AzuriteStorage.NewOptionsAsync() with { Tables = _proxy.Address, MaxRetries = 0 };
        using var storage = new AzureStorage(options, TimeProvider.System, AzuriteStorage.DataKey);
        _proxy.Next(WireFault.Busy);
        await Should.ThrowAsync<StorageUnavailableException>(() => storage.Names.FindAsync(Some.Name(), default));

        (await storage.Names.FindAsync(Some.Name(), default)).ShouldBeNull();
    }

    [Fact]
    public async Task A_large_entry_lives_in_a_blob_of_its_hash_and_an_orphan_of_that_name_is_harmless()
    {
        var entry = Some.EntryAfter(_stream, Head.New(Some.Salt), """{"v":1}""", new byte[40_000]);
        _proxy.Next(WireFault.ResetBefore);
        await Should.ThrowAsync<StorageUnavailableException>(() => _storage.Ledger.CommitAsync(Some.Batch(_stream, null, entry), default));
        (await Blob(entry).ExistsAsync()).Value.ShouldBeTrue();

        await CommitAsync(entry);

        (await _storage.Ledger.ReadEntryAsync(_stream, 1, default))!.Sealed.Length.ShouldBe(40_000);
        (await LedgerTable().GetAsync(_stream.ToString(), TableKeys.Entry(1), default))!.TryGet("Sealed", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task A_blob_that_was_changed_or_is_gone_freezes_the_stream()
    {
        var entry = Some.EntryAfter(_stream, Head.New(Some.Salt), """{"v":1}""", new byte[40_000]);
        await CommitAsync(entry);
        var content = (await Blob(entry).DownloadContentAsync()).Value.Content.ToArray();
        await Blob(entry).DeleteAsync();
        await Should.ThrowAsync<StreamFrozenException>(() => _storage.Ledger.ReadEntryAsync(_stream, 1, default));

        content[^1] ^= 1;
        await RawStorage.PutBlobAsync(Blob(entry), content);
        await Should.ThrowAsync<StreamFrozenException>(() => _storage.Ledger.ReadEntryAsync(_stream, 1, default));
    }

    [Fact]
    public async Task A_row_of_an_unknown_version_is_named_and_not_guessed_at()
    {
        var entry = Some.EntryAfter(_stream, Head.New(Some.Salt));
        await CommitAsync(entry);
        foreach (var row in (string[])[TableKeys.Head, TableKeys.Entry(1)])
        {
            await LedgerTable().MergeAsync(new TableEntity(_stream.ToString(), row).With("V", TableValue.Of(2)), ETag.All, default);
        }

        (await Should.ThrowAsync<UnknownVersionException>(() => _storage.Ledger.ReadHeadAsync(_stream, default))).Version.ShouldBe(2);
        await Should.ThrowAsync<UnknownVersionException>(() => _storage.Ledger.ReadEntryAsync(_stream, 1, default));
    }

    [Fact]
    public async Task Erased_sealed_bytes_leave_an_entry_whose_hash_is_valid()
    {
        var entry = Some.EntryAfter(_stream, Head.New(Some.Salt));
        await CommitAsync(entry);
        var row = (await LedgerTable().GetAsync(_stream.ToString(), TableKeys.Entry(1), default))!;
        var erased = new TableEntity(row.PartitionKey, row.RowKey);
        foreach (var name in (string[])["V", "Op", "Kind", "Time", "Prev", "SealedDigest", "Public"])
        {
            erased.With(name, row.Get(name));
        }

        await LedgerTable().ReplaceAsync(erased, row.ETag, default);

        var read = (await _storage.Ledger.ReadEntryAsync(_stream, 1, default))!;
        (read.Hash, read.Sealed.Length).ShouldBe((entry.Hash, 0));
        (await StreamVerifier.VerifyAsync(_storage.Ledger, _stream, default)).Erased.ShouldBe(1);
    }

    private static Func<Microsoft.AspNetCore.Http.HttpRequest, string, WireFault> Once(Func<Microsoft.AspNetCore.Http.HttpRequest, bool> when, WireFault fault)
    {
        var done = 0;
        return (request, _) => when(request) && Interlocked.Exchange(ref done, 1) == 0 ? fault : WireFault.None;
    }

    private async Task CommitAsync(Entry entry) =>
        (await _direct.Ledger.CommitAsync(Some.Batch(_stream, null, entry), default)).ShouldBeOfType<CommitOutcome.Committed>();

    private TableClient LedgerTable() => AzuriteStorage.Table(_options, new TableKeys(_options.Prefix).LedgerTable);

    private BlobClient Blob(Entry entry) => RawStorage.Blob(_options, new TableKeys(_options.Prefix).EntriesContainer, TableKeys.Blob(entry.Hash));
}
