using Gating.Azure.Tables;
using Gating.Ledger;
using Gating.Log;
using Gating.Log.Merkle;
using Gating.Testing;
using Gating.Testing.Storage;
using Shouldly;
using Xunit;

namespace Gating.Azure.Tests;

/// <summary>Somebody who can write to storage, and has no data key, changes what no entry says again: the gate reads none of it.</summary>
public sealed class RowMacTests
{
    [Fact]
    public async Task Usage_that_was_given_back_freezes_its_stream()
    {
        var (storage, options) = await OpenAsync();
        var stream = StreamId.Create();
        var batch = Some.Batch(stream, null, Some.EntryAfter(stream, Head.New(Some.Salt)));
        var used = batch.Head.State with { Windows = [new(1, DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue, 10)] };
        (await storage.Ledger.CommitAsync(batch with { Head = batch.Head with { State = used } }, default)).ShouldBeOfType<CommitOutcome.Committed>();
        var forged = HeadEncoding.Encode(batch.Head with { State = used with { Windows = [used.Windows[0] with { Used = 0 }] } });
        await ForgeAsync(options, static keys => keys.LedgerTable, TableKeys.Partition(stream), TableKeys.Head, "Head", TableValue.Of(forged));

        (await Should.ThrowAsync<StreamFrozenException>(() => storage.Ledger.ReadHeadAsync(stream, default))).Stream.ShouldBe(stream);

        // Whoever opened it without the key is told what is there: a check says that it judged nothing.
        using var unkeyed = new AzureStorage(options, TimeProvider.System, null);
        (await unkeyed.Ledger.ReadHeadAsync(stream, default)).ShouldNotBeNull().Head.State.Windows[0].Used.ShouldBe(0);
    }

    [Fact]
    public async Task A_name_that_was_led_to_another_stream_leads_nowhere()
    {
        var (storage, options) = await OpenAsync();
        var (revoked, clean) = (new StreamNames(storage.Names, AzuriteStorage.DataKey), StreamId.Create());
        var stream = await revoked.OfAsync("app", "forger", default);
        var partition = (await new Intruder(options).PartitionsAsync(new TableKeys(options.Prefix).NamesTable)).ShouldHaveSingleItem();
        await ForgeAsync(options, static keys => keys.NamesTable, partition, TableKeys.Name, "Stream", TableValue.Of(clean.ToString()));

        (await Should.ThrowAsync<StreamFrozenException>(async () => await new StreamNames(storage.Names, AzuriteStorage.DataKey).FindAsync("app", "forger", default))).Stream.ShouldBe(clean);
        stream.ShouldNotBe(clean);
    }

    [Fact]
    public async Task A_state_of_the_log_whose_time_was_changed_freezes_it()
    {
        var (storage, options) = await OpenAsync();
        var edge = TreeEdge.Empty.Append([TreeHash.FromBytes(new byte[TreeHash.Size])]);
        (await storage.Log.WriteStateAsync(new(edge, 0, TreeEdge.Empty.Root, EntryHash.Genesis, Some.Time), null, default)).ShouldBeTrue();
        (await storage.Log.ReadStateAsync(default)).ShouldNotBeNull().State.SealedAt.ShouldBe(Some.Time);
        var intruder = new Intruder(options);
        var (bytes, properties) = await intruder.ReadBlobAsync(intruder.Keys.LogContainer, TableKeys.LogState);
        await intruder.PutBlobAsync(intruder.Keys.LogContainer, TableKeys.LogState, Intruder.Flip(bytes, 80), properties);

        await Should.ThrowAsync<LogFrozenException>(() => storage.Log.ReadStateAsync(default));
    }

    [Fact]
    public async Task Who_has_no_key_writes_nothing_that_has_a_MAC()
    {
        var (_, options) = await OpenAsync();
        using var unkeyed = new AzureStorage(options, TimeProvider.System, null);
        var stream = StreamId.Create();
        await Should.ThrowAsync<InvalidOperationException>(() => unkeyed.Ledger.CommitAsync(Some.Batch(stream, null, Some.EntryAfter(stream, Head.New(Some.Salt))), default));
        await Should.ThrowAsync<InvalidOperationException>(async () => await new StreamNames(unkeyed.Names, AzuriteStorage.DataKey).OfAsync("app", "a", default));
        (await unkeyed.Ledger.ReadHeadAsync(stream, default)).ShouldBeNull();
    }

    /// <summary>The row as it was but for one property.</summary>
    private static async Task ForgeAsync(StorageOptions options, Func<TableKeys, string> table, string partition, string key, string property, TableValue value)
    {
        var intruder = new Intruder(options);
        var row = (await intruder.RowsAsync(table(intruder.Keys), partition)).Single(row => row.RowKey == key);
        await intruder.PutAsync(table(intruder.Keys), Intruder.With(row, property, value));
    }

    private static async Task<(AzureStorage Storage, StorageOptions Options)> OpenAsync()
    {
        var options = await AzuriteStorage.NewOptionsAsync();
        var storage = new AzureStorage(options, TimeProvider.System, AzuriteStorage.DataKey);
        await storage.EnsureCreatedAsync(default);
        return (storage, options);
    }
}
