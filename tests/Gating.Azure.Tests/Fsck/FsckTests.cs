using System.Globalization;
using Gating.Azure.Tables;
using Gating.Fsck;
using Gating.Ledger;
using Gating.Log.Tiles;
using Gating.Testing.Storage;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace Gating.Azure.Tests.Fsck;

/// <summary>Whatever is changed in storage, a check names it and nothing else.</summary>
public sealed class FsckTests(ITestOutputHelper output) : IAsyncLifetime
{
    private FsckWorld _world = null!;
    private Intruder _intruder = null!;

    public Task InitializeAsync() => BuildAsync(others: 3);

    public Task DisposeAsync()
    {
        _world.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task A_good_store_gives_no_cause_and_every_part_was_judged()
    {
        (await _world.CheckAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Without_the_data_key_what_is_public_is_checked_and_the_rest_is_said_to_be_unjudged()
    {
        var findings = await _world.CheckAsync(keys: new(null, _world.Keys.Verifiers));
        findings.ShouldAllBe(static finding => finding is FsckFinding.Unjudged);
        findings.ShouldContain(static finding => finding is FsckFinding.Unjudged && ((FsckFinding.Unjudged)finding).Thing == null);
        (await _world.CheckAsync(FsckPhase.Log, new(null, []))).OfType<FsckFinding.Unjudged>().Select(static one => one.Thing).ShouldContain(new StoredThing.Published());
    }

    /// <summary>Every property of every kind of row of the ledger, one bit at a time.</summary>
    [Fact]
    public async Task A_changed_property_of_a_row_of_a_ledger_is_named()
    {
        await BuildAsync(others: 1);
        var rows = await _intruder.RowsAsync(_intruder.Keys.LedgerTable, _world.Person.ToString());
        await FlipAllAsync(_intruder.Keys.LedgerTable, rows, ThingOfLedger);
    }

    /// <summary>Usage, status, holds and what else no entry says again: the MAC vouches for it.</summary>
    [Fact]
    public async Task A_changed_byte_of_a_head_is_named_whichever_it_is()
    {
        await BuildAsync(others: 1);
        var table = _intruder.Keys.LedgerTable;
        var head = (await _intruder.RowsAsync(table, _world.Person.ToString())).Single(static row => row.RowKey == TableKeys.Head);
        var bytes = head.Get("Head").AsBinary().ToArray();
        for (var at = 0; at < bytes.Length; at++)
        {
            await _intruder.PutAsync(table, HeadRow(_world.Person, head.Get("Seq").AsInt64(), Intruder.Flip(bytes, at), head.Get("Mac").AsBinary().ToArray()));
            (await _world.WrongInAsync(FsckPhase.Streams)).ShouldBe([new StoredThing.Head(_world.Person)], $"byte {at}");
        }

        await _intruder.PutAsync(table, head);
        output.WriteLine($"each of {bytes.Length} bytes is named");
    }

    [Fact]
    public async Task A_name_that_leads_elsewhere_is_named_and_one_that_stands_elsewhere()
    {
        var names = new StreamNames(_world.Storage.Names, _world.Keys.Data!);
        await names.OfAsync("app", "one", default);
        await names.OfAsync("app", "other", default);
        (await _world.CheckAsync()).ShouldBeEmpty();
        var table = _intruder.Keys.NamesTable;
        var rows = new List<TableEntity>();
        foreach (var partition in await _intruder.PartitionsAsync(table))
        {
            rows.AddRange(await _intruder.RowsAsync(table, partition));
        }

        await FlipAllAsync(table, rows, static row => ThingOfName(row.PartitionKey));
        await _intruder.PutAsync(table, Intruder.Copy(rows[0], partition: rows[1].PartitionKey));
        (await _world.WrongAsync()).ShouldBe([ThingOfName(rows[1].PartitionKey)]);
        await _intruder.PutAsync(table, rows[1]);
        var stray = Intruder.Copy(rows[0], "x");
        await _intruder.PutAsync(table, stray);
        (await _world.WrongAsync()).ShouldBe([new StoredThing.Row(StoredTable.Names, stray.PartitionKey, "x")]);

        static StoredThing ThingOfName(string partition) => new StoredThing.NameRow(new(TableKeys.TryReadHash(partition, out var hash) ? hash : throw new InvalidOperationException(partition)));
    }

    [Fact]
    public async Task A_changed_property_of_a_row_of_the_registry_is_named_and_one_that_is_gone_by_the_stamp()
    {
        (await _world.Storage.Registry.WriteAsync(0, [new("app", "a", "{}"), new("stop", "s", "{}", 7), new("tool", "https://t.test", "{}")], [], default)).ShouldBe(1);
        (await _world.CheckAsync()).ShouldBeEmpty();
        var table = _intruder.Keys.RegistryTable;
        var rows = await _intruder.RowsAsync(table, TableKeys.Registry);
        await FlipAllAsync(table, rows, static row => row.RowKey == TableKeys.RegistryVersion ? new StoredThing.RegistryStamp() : new StoredThing.Row(StoredTable.Registry, row.PartitionKey, row.RowKey));
        await DeleteAllAsync(table, rows, static _ => new StoredThing.RegistryStamp());
        var stray = Intruder.Copy(rows[0], "x", "y");
        await _intruder.PutAsync(table, stray);
        (await _world.WrongAsync()).ShouldBe([new StoredThing.Row(StoredTable.Registry, "y", "x")]);
        await _intruder.DeleteAsync(table, stray);

        // An older state of one row, with its MAC.
        await _world.Storage.Registry.WriteAsync(1, [new("app", "a", "[]")], [], default);
        await _intruder.PutAsync(table, rows.Single(static row => row.RowKey == TableKeys.RegistryRow("app", "a")));
        (await _world.WrongAsync()).ShouldBe([new StoredThing.RegistryStamp()]);
    }

    [Fact]
    public async Task A_head_of_another_stream_is_named_although_a_gate_wrote_it()
    {
        var table = _intruder.Keys.LedgerTable;
        var (mine, other) = (await HeadOfAsync(_world.Others[0]), await HeadOfAsync(_world.Others[1]));
        await _intruder.PutAsync(table, Intruder.Copy(other, TableKeys.Head, mine.PartitionKey));
        (await _world.WrongAsync()).ShouldBe([new StoredThing.Head(_world.Others[0])]);
        await _intruder.PutAsync(table, mine);

        async Task<TableEntity> HeadOfAsync(StreamId stream) => (await _intruder.RowsAsync(table, stream.ToString())).Single(static row => row.RowKey == TableKeys.Head);
    }

    [Fact]
    public async Task A_changed_property_of_a_leaf_row_is_named()
    {
        var rows = await _intruder.RowsAsync(_intruder.Keys.LeavesTable, _world.Person.ToString());
        await FlipAllAsync(_intruder.Keys.LeavesTable, [rows[0], rows[3], rows[^1]], row => new StoredThing.Leaf(_world.Person, Number(row.RowKey)));
    }

    [Fact]
    public async Task A_changed_property_of_an_index_row_is_named()
    {
        var rows = new List<TableEntity>();
        foreach (var partition in await _intruder.PartitionsAsync(_intruder.Keys.IndexTable))
        {
            rows.AddRange(await _intruder.RowsAsync(_intruder.Keys.IndexTable, partition));
        }

        await FlipAllAsync(_intruder.Keys.IndexTable, rows, ThingOfIndex);
    }

    [Fact]
    public async Task A_row_that_is_gone_is_named()
    {
        await BuildAsync(others: 1);
        var ledger = await _intruder.RowsAsync(_intruder.Keys.LedgerTable, _world.Person.ToString());
        await DeleteAllAsync(_intruder.Keys.LedgerTable, ledger, ThingOfLedger);
        var leaves = await _intruder.RowsAsync(_intruder.Keys.LeavesTable, _world.Person.ToString());
        await DeleteAllAsync(_intruder.Keys.LeavesTable, leaves, row => new StoredThing.Leaf(_world.Person, Number(row.RowKey)));
        foreach (var partition in await _intruder.PartitionsAsync(_intruder.Keys.IndexTable))
        {
            await DeleteAllAsync(_intruder.Keys.IndexTable, await _intruder.RowsAsync(_intruder.Keys.IndexTable, partition), ThingOfIndex);
        }
    }

    [Fact]
    public async Task Two_rows_that_changed_places_are_named()
    {
        await SwapAsync(_intruder.Keys.LedgerTable, _world.Person, TableKeys.Entry(1), TableKeys.Entry(2), new StoredThing.Entry(_world.Person, 1), new StoredThing.Entry(_world.Person, 2));
        await SwapAsync(_intruder.Keys.LedgerTable, _world.Others[0], TableKeys.Entry(94), TableKeys.Entry(95), new StoredThing.Entry(_world.Others[0], 94), new StoredThing.Entry(_world.Others[0], 95));
        await SwapAsync(_intruder.Keys.LeavesTable, _world.Person, TableKeys.Leaf(new(_world.Person, 3)), TableKeys.Leaf(new(_world.Person, 4)), new StoredThing.Leaf(_world.Person, 3), new StoredThing.Leaf(_world.Person, 4));
        await SwapAsync(
            _intruder.Keys.LedgerTable, _world.Person, TableKeys.Settlement(new(2, 1)), TableKeys.Settlement(new(2, 2)),
            new StoredThing.Settlement(_world.Person, new(2, 1)), new StoredThing.Settlement(_world.Person, new(2, 2)));
    }

    [Fact]
    public async Task A_row_that_was_put_in_is_named()
    {
        var (ledger, leaves, index, pending) = (_intruder.Keys.LedgerTable, _intruder.Keys.LeavesTable, _intruder.Keys.IndexTable, _intruder.Keys.PendingTable);
        var person = _world.Person.ToString();
        var rows = await _intruder.RowsAsync(ledger, person);
        var leaf = (await _intruder.RowsAsync(leaves, person))[^1];
        var stranger = StreamId.Create();
        var digest = EntryHash.FromBytes(new byte[32]);
        var key = new KeyHash(new(0, 7));
        (string Table, TableEntity Row, StoredThing Thing)[] planted =
        [
            (ledger, Intruder.Copy(rows[6], TableKeys.Entry(8)), new StoredThing.Entry(_world.Person, 8)),
            (ledger, Intruder.Copy(rows.Single(static row => row.RowKey == TableKeys.Settlement(1)), TableKeys.Settlement(6)), new StoredThing.Settlement(_world.Person, 6)),
            (ledger, Intruder.Copy(rows[^1], TableKeys.Key(key)), new StoredThing.ShortLived(_world.Person, key)),
            (ledger, Intruder.Copy(rows[0], "x"), new StoredThing.Row(StoredTable.Ledger, person, "x")),
            (ledger, Intruder.Copy(rows[0], "x", "nobody"), new StoredThing.Row(StoredTable.Ledger, "nobody", "x")),
            (leaves, Intruder.Copy(leaf, TableKeys.Leaf(new(_world.Person, 8))), new StoredThing.Leaf(_world.Person, 8)),
            (pending, new TableEntity(TableKeys.LeafPartition(stranger), TableKeys.Leaf(new(stranger, 1))).With("V", TableValue.Of(1)), new StoredThing.Pending(stranger, 1)),
            (pending, new TableEntity(TableKeys.LeafPartition(_world.Person), TableKeys.Leaf(new(_world.Person, 1))).With("V", TableValue.Of(1)), new StoredThing.Pending(_world.Person, 1)),
            (index, new TableEntity(digest.ToString(), _world.Kept.Text).With("V", TableValue.Of(1)), new StoredThing.DigestRow(digest, _world.Kept)),
        ];
        foreach (var (table, row, thing) in planted)
        {
            await _intruder.PutAsync(table, row);
            (await _world.WrongAsync()).ShouldBe([thing], row.RowKey);
            await _intruder.DeleteAsync(table, row);
        }

        (await _world.CheckAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_stream_that_is_gone_with_all_of_its_rows_is_missed_in_the_log()
    {
        foreach (var table in (string[])[_intruder.Keys.LedgerTable, _intruder.Keys.LeavesTable])
        {
            foreach (var row in await _intruder.RowsAsync(table, _world.Person.ToString()))
            {
                await _intruder.DeleteAsync(table, row);
            }
        }

        // Sealed first and alone, its leaves are the first seven. Its outputs are left behind.
        var wrong = await _world.WrongAsync();
        wrong.OfType<StoredThing.LogLeaf>().Select(static leaf => leaf.Index).ShouldBe([0, 1, 2, 3, 4, 5, 6]);
        wrong.ShouldContain(new StoredThing.File(_world.Kept.Text));
        wrong.ShouldContain(new StoredThing.OutputRow(_world.Removed));
    }

    [Fact]
    public async Task A_ledger_set_back_to_an_older_state_contradicts_its_leaves()
    {
        var (table, stream) = (_intruder.Keys.LedgerTable, _world.Others[1]);
        var rows = await _intruder.RowsAsync(table, stream.ToString());
        var last = (await _world.Storage.Ledger.ReadEntryAsync(stream, 94, default))!;
        var head = (await _world.Storage.Ledger.ReadHeadAsync(stream, default))!.Head;
        var older = HeadEncoding.Encode(head with { Seq = 94, Hash = last.Hash, Time = last.Time, Announced = 0 });
        var mac = new RowMac(_world.Keys.Data!).Of(RowMacKind.Head, stream.ToBytes(), older);
        await _intruder.DeleteAsync(table, rows.Single(static row => row.RowKey == TableKeys.Entry(95)));
        await _intruder.PutAsync(table, HeadRow(stream, 94, older, mac));

        (await _world.WrongAsync()).ShouldBe([new StoredThing.Entry(stream, 95), new StoredThing.Head(stream)]);
    }

    /// <summary>Where each of many rows is changed and the store checked for each, one other stream is enough.</summary>
    private async Task BuildAsync(int others)
    {
        _world?.Dispose();
        _world = await FsckWorld.CreateAsync(others);
        _intruder = new(_world.Options);
    }

    private static TableEntity HeadRow(StreamId stream, long seq, byte[] head, byte[] mac) => new TableEntity(stream.ToString(), TableKeys.Head)
        .With("V", TableValue.Of(1)).With("Seq", TableValue.Of(seq)).With("Head", TableValue.Of(head)).With("Mac", TableValue.Of(mac));

    private static long Number(string key) => long.Parse(key.AsSpan(key.IndexOf(';', StringComparison.Ordinal) + 1), NumberStyles.None, CultureInfo.InvariantCulture);

    private StoredThing ThingOfLedger(TableEntity row) => row.RowKey switch
    {
        TableKeys.Head => new StoredThing.Head(_world.Person),
        ['e', ..] => new StoredThing.Entry(_world.Person, Number(row.RowKey[2..])),
        ['g', ..] when TableKeys.TryReadSettlement(row.RowKey, out var id) => new StoredThing.Settlement(_world.Person, id),
        _ when TableKeys.TryReadKey(row.RowKey, out var key) => new StoredThing.ShortLived(_world.Person, key),
        _ => throw new InvalidOperationException(row.RowKey),
    };

    private static StoredThing ThingOfIndex(TableEntity row) =>
        row.RowKey == TableKeys.Output && Generations.ContentId.TryParse(row.PartitionKey, out var content) ? new StoredThing.OutputRow(content)
        : !Generations.ContentId.TryParse(row.RowKey, out content) ? throw new InvalidOperationException(row.RowKey)
        : TableKeys.TryReadBand(row.PartitionKey, out var band) ? new StoredThing.LookRow(band, content)
        : TableKeys.TryReadHash(row.PartitionKey, out var digest) ? new StoredThing.DigestRow(digest, content)
        : throw new InvalidOperationException(row.PartitionKey);

    private async Task FlipAllAsync(string table, IEnumerable<TableEntity> rows, Func<TableEntity, StoredThing> thing)
    {
        var phase = table == _intruder.Keys.IndexTable ? FsckPhase.Index : table == _intruder.Keys.NamesTable ? FsckPhase.Names : table == _intruder.Keys.RegistryTable ? FsckPhase.Registry : FsckPhase.Streams;
        var (named, failures) = (0, new List<string>());
        foreach (var row in rows)
        {
            var isFirst = true;
            foreach (var (what, flipped) in Intruder.Flips(row))
            {
                await _intruder.PutAsync(table, flipped);
                var wrong = isFirst ? await _world.WrongAsync() : await _world.WrongInAsync(phase);
                isFirst = false;
                var blob = row.TryGet("Blob", out var name) ? new StoredThing.EntryBlob(name.AsString()) : null;
                if (wrong is [var one] && (one == thing(row) || one is StoredThing.EntryBlob))
                {
                    named++;
                }
                else
                {
                    failures.Add($"{what}: {string.Join(", ", wrong)} ({blob})");
                }
            }

            await _intruder.PutAsync(table, row);
        }

        output.WriteLine($"{named} changes named");
        failures.ShouldBeEmpty();
        (await _world.CheckAsync()).ShouldBeEmpty();
    }

    private async Task DeleteAllAsync(string table, IEnumerable<TableEntity> rows, Func<TableEntity, StoredThing> thing)
    {
        var (named, failures) = (0, new List<string>());
        foreach (var row in rows)
        {
            await _intruder.DeleteAsync(table, row);
            var wrong = await _world.WrongAsync();
            named += wrong is [var one] && one == thing(row) ? 1 : 0;
            if (wrong is not [var only] || only != thing(row))
            {
                failures.Add($"{row.RowKey}: {string.Join(", ", wrong)}");
            }

            await _intruder.PutAsync(table, row);
        }

        output.WriteLine($"{table}: {named} rows missed");
        failures.ShouldBeEmpty();
        (await _world.CheckAsync()).ShouldBeEmpty();
    }

    private async Task SwapAsync(string table, StreamId stream, string left, string right, params StoredThing[] things)
    {
        var rows = await _intruder.RowsAsync(table, stream.ToString());
        var (one, other) = (rows.Single(row => row.RowKey == left), rows.Single(row => row.RowKey == right));
        await _intruder.PutAsync(table, Intruder.Copy(one, right));
        await _intruder.PutAsync(table, Intruder.Copy(other, left));
        (await _world.WrongAsync()).ShouldBe(things, ignoreOrder: true);
        await _intruder.PutAsync(table, one);
        await _intruder.PutAsync(table, other);
        (await _world.CheckAsync()).ShouldBeEmpty();
    }
}
