using Azure;
using Gating.Azure.Tables;
using Gating.Testing.Storage;
using Shouldly;
using Xunit;

namespace Gating.Azure.Tests.Tables;

public sealed class TableClientTests
{
    [Fact]
    public async Task A_table_that_is_there_already_is_fine()
    {
        var table = await NewTableAsync();

        await table.CreateIfNotExistsAsync(default);
    }

    [Fact]
    public async Task A_table_that_is_not_there_is_never_an_empty_one()
    {
        var table = AzuriteStorage.Table(await AzuriteStorage.SharedOptionsAsync(), "absent" + Guid.NewGuid().ToString("N"));

        await Should.ThrowAsync<StorageUnavailableException>(() => table.GetAsync("p", "r", default));
        await Should.ThrowAsync<StorageUnavailableException>(() => table.InsertAsync(new("p", "r"), default));
        await Should.ThrowAsync<StorageUnavailableException>(() => table.DeleteAsync("p", "r", ETag.All, default));
        await Should.ThrowAsync<StorageUnavailableException>(() => table.SubmitTransactionAsync(new TableTransaction("p").Insert(new("p", "r")), default));
        await Should.ThrowAsync<StorageUnavailableException>(() => ReadAllAsync(table, new("p")));
    }

    [Fact]
    public async Task Every_type_comes_back_as_it_was()
    {
        var (table, guid) = (await NewTableAsync(), Guid.NewGuid());
        var row = new TableEntity("p", "types")
            .With("S", TableValue.Of("ä \"q\" \\ \u0001 \r\n 😀 <&>'"))
            .With("Empty", TableValue.Of(""))
            .With("Utf8", TableValue.OfUtf8("""{"a":"ü"}"""u8.ToArray()))
            .With("T", TableValue.Of(true))
            .With("F", TableValue.Of(false))
            .With("I", TableValue.Of(int.MinValue))
            .With("L", TableValue.Of(long.MaxValue))
            .With("D", TableValue.Of(0.1 + 0.2))
            .With("Whole", TableValue.Of(3.0))
            .With("NaN", TableValue.Of(double.NaN))
            .With("Inf", TableValue.Of(double.NegativeInfinity))
            .With("G", TableValue.Of(guid))
            .With("At", TableValue.Of(new DateTimeOffset(2026, 2, 28, 23, 59, 59, 999, TimeSpan.FromHours(8)).AddTicks(1234)))
            .With("B", TableValue.Of(new byte[] { 0, 255, 10, 13 }))
            .With("NoBytes", TableValue.Of(ReadOnlyMemory<byte>.Empty));
        await table.InsertAsync(row, default);

        var read = (await table.GetAsync("p", "types", default))!;

        read.Get("S").AsString().ShouldBe("ä \"q\" \\ \u0001 \r\n 😀 <&>'");
        read.Get("Empty").AsString().ShouldBe("");
        read.Get("Utf8").AsString().ShouldBe("""{"a":"ü"}""");
        (read.Get("T").AsBoolean(), read.Get("F").AsBoolean()).ShouldBe((true, false));
        (read.Get("I").AsInt32(), read.Get("L").AsInt64()).ShouldBe((int.MinValue, long.MaxValue));
        (read.Get("D").AsDouble(), read.Get("Whole").AsDouble()).ShouldBe((0.1 + 0.2, 3.0));
        (double.IsNaN(read.Get("NaN").AsDouble()), read.Get("Inf").AsDouble()).ShouldBe((true, double.NegativeInfinity));
        read.Get("G").AsGuid().ShouldBe(guid);
        read.Get("At").AsDateTime().ShouldBe(row.Get("At").AsDateTime());
        read.Get("B").AsBinary().ToArray().ShouldBe([0, 255, 10, 13]);
        read.Get("NoBytes").AsBinary().Length.ShouldBe(0);
        Should.Throw<FormatException>(() => read.Get("S").AsInt32());
        Should.Throw<FormatException>(() => read.Get("Absent"));
    }

    [Fact]
    public async Task Insert_replace_merge_and_delete_answer_what_they_found()
    {
        var table = await NewTableAsync();
        var exists = new TableOutcome.Refused(0, TableRefusal.Exists);
        var changed = new TableOutcome.Refused(0, TableRefusal.Changed);
        var missing = new TableOutcome.Refused(0, TableRefusal.Missing);
        var first = Tag(await table.InsertAsync(Row(1), default));

        (await table.InsertAsync(Row(2), default)).ShouldBe(exists);
        var second = Tag(await table.ReplaceAsync(Row(3), first, default));
        (await table.ReplaceAsync(Row(4), first, default)).ShouldBe(changed);
        var third = Tag(await table.MergeAsync(new TableEntity("p", "r").With("More", TableValue.Of("m")), second, default));
        (await table.MergeAsync(Row(5), second, default)).ShouldBe(changed);
        var read = (await table.GetAsync("p", "r", default))!;
        (read.Get("N").AsInt32(), read.Get("More").AsString(), read.ETag).ShouldBe((3, "m", third));
        (await table.DeleteAsync("p", "r", first, default)).ShouldBe(changed);
        (await table.DeleteAsync("p", "r", third, default)).ShouldBeOfType<TableOutcome.Done>();
        (await table.DeleteAsync("p", "r", ETag.All, default)).ShouldBe(missing);
        (await table.ReplaceAsync(Row(6), ETag.All, default)).ShouldBe(missing);

        // A token of the row that was, on the row that is.
        await table.InsertAsync(Row(7), default);
        (await table.ReplaceAsync(Row(8), third, default)).ShouldBe(changed);
        Tag(await table.ReplaceAsync(Row(9), ETag.All, default)).ShouldNotBe(default);
    }

    [Fact]
    public async Task A_transaction_does_all_or_nothing_and_names_the_operation()
    {
        var table = await NewTableAsync();
        var head = Tag(await table.SubmitTransactionAsync(new TableTransaction("p").Insert(Row(1, "head")).Insert(Row(1, "gone")).Insert(Row(1, "merged")), default));
        (await table.GetAsync("p", "head", default))!.ETag.ShouldBe(head);

        var next = Tag(await table.SubmitTransactionAsync(
            new TableTransaction("p").Replace(Row(2, "head"), head).Merge(new TableEntity("p", "merged").With("M", TableValue.Of(5)), ETag.All)
                .Delete("gone", ETag.All).Upsert(Row(9, "new")).Insert(Row(3, "it's; 100% #".Replace("#", "+", StringComparison.Ordinal))),
            default));
        (await table.GetAsync("p", "head", default))!.ETag.ShouldBe(next);
        (await table.GetAsync("p", "gone", default)).ShouldBeNull();
        (await table.GetAsync("p", "new", default))!.Get("N").AsInt32().ShouldBe(9);
        (await table.GetAsync("p", "it's; 100% +", default)).ShouldNotBeNull();
        (await table.GetAsync("p", "merged", default))!.Get("N").AsInt32().ShouldBe(1);

        var refused = new TableTransaction("p").Replace(Row(3, "head"), next).Insert(Row(1, "fresh")).Insert(Row(1, "new"));
        (await table.SubmitTransactionAsync(refused, default)).ShouldBe(new TableOutcome.Refused(2, TableRefusal.Exists));
        (await table.SubmitTransactionAsync(new TableTransaction("p").Replace(Row(3, "head"), head).Insert(Row(1, "new")), default))
            .ShouldBe(new TableOutcome.Refused(0, TableRefusal.Changed));
        (await table.SubmitTransactionAsync(new TableTransaction("p").Replace(Row(3, "head"), next).Delete("gone", ETag.All), default))
            .ShouldBe(new TableOutcome.Refused(1, TableRefusal.Missing));
        (await table.GetAsync("p", "fresh", default)).ShouldBeNull();
        (await table.GetAsync("p", "head", default))!.ETag.ShouldBe(next);
    }

    [Fact]
    public async Task Rows_come_in_ordinal_order_and_every_kind_of_literal_filters()
    {
        var (table, guid) = (await NewTableAsync(), Guid.NewGuid());
        string[] keys = ["a", "Z", "10", "ä", "_", "B", "9"];
        foreach (var key in keys)
        {
            await table.InsertAsync(
                new TableEntity("p", key).With("S", TableValue.Of(key + "'s")).With("L", TableValue.Of(long.MaxValue)).With("G", TableValue.Of(guid))
                    .With("T", TableValue.Of(Some.Time)).With("B", TableValue.Of(new byte[] { 1, 171 })).With("F", TableValue.Of(key == "a")).With("D", TableValue.Of(1.5)),
                default);
        }

        (await ReadAllAsync(table, new("p"))).Select(row => row.RowKey).ShouldBe(["10", "9", "B", "Z", "_", "a", "ä"]);
        (await ReadAllAsync(table, new TableQuery("p").RowKey(TableComparison.GreaterThan, "B").RowKey(TableComparison.LessThanOrEqual, "_")))
            .Select(row => row.RowKey).ShouldBe(["Z", "_"]);
        (await ReadAllAsync(table, new TableQuery("p").Where("S", TableComparison.Equal, TableValue.Of("Z's")))).ShouldHaveSingleItem();
        (await ReadAllAsync(table, new TableQuery("p").Where("F", TableComparison.Equal, TableValue.Of(true)))).ShouldHaveSingleItem();
        (string Name, TableComparison Comparison, TableValue Value)[] literals =
        [
            ("L", TableComparison.Equal, TableValue.Of(long.MaxValue)),
            ("G", TableComparison.Equal, TableValue.Of(guid)),
            ("T", TableComparison.LessThanOrEqual, TableValue.Of(Some.Time)),
            ("B", TableComparison.Equal, TableValue.Of(new byte[] { 1, 171 })),
            ("D", TableComparison.GreaterThan, TableValue.Of(1.25)),
        ];
        foreach (var (name, comparison, value) in literals)
        {
            (await ReadAllAsync(table, new TableQuery("p").Where(name, comparison, value))).Count.ShouldBe(keys.Length, name);
        }
    }

    [Theory]
    [InlineData("none' or PartitionKey ne '")]
    [InlineData("p' or '1' eq '1")]
    [InlineData("''")]
    [InlineData("'")]
    [InlineData("p%27 or true")]
    public async Task A_filter_cannot_be_broken_out_of(string hostile)
    {
        var table = await NewTableAsync();
        await table.InsertAsync(new("p", "r"), default);
        await table.InsertAsync(new(hostile, "own"), default);

        (await ReadAllAsync(table, new(hostile))).ShouldHaveSingleItem().RowKey.ShouldBe("own");
        (await ReadAllAsync(table, new TableQuery("p").Where("S", TableComparison.Equal, TableValue.Of(hostile)))).ShouldBeEmpty();
        (await table.GetAsync("p", hostile, default)).ShouldBeNull();
        Should.Throw<TableLimitException>(() => new TableQuery("p").Where("S eq 'x' or S", TableComparison.Equal, TableValue.Of(1)));
    }

    [Fact]
    public async Task Twins_by_case_normalisation_and_spaces_are_different_rows()
    {
        var table = await NewTableAsync();
        string[] twins = ["user", "User", "user ", " user", "\u00fc", "u\u0308", "%2F", "%25", "+", "user\u200b", "'", "''"];
        foreach (var twin in twins)
        {
            (await table.InsertAsync(new TableEntity("p", twin).With("Own", TableValue.Of(twin)), default)).ShouldBeOfType<TableOutcome.Done>();
        }

        foreach (var twin in twins)
        {
            (await table.GetAsync("p", twin, default))!.Get("Own").AsString().ShouldBe(twin);
        }

        (await ReadAllAsync(table, new("p"))).Count.ShouldBe(twins.Length);
    }

    [Theory]
    [InlineData(1000, 1)]
    [InlineData(1001, 2)]
    public async Task Pages_end_where_storage_says(int rows, int pages)
    {
        var table = await NewTableAsync();
        for (var i = 0; i < rows; i += 100)
        {
            var transaction = new TableTransaction("p");
            Enumerable.Range(i, Math.Min(100, rows - i)).ToList().ForEach(n => transaction.Insert(Row(n, $"r{n:D5}")));
            await table.SubmitTransactionAsync(transaction, default);
        }

        var (seen, count) = (0, 0);
        TableContinuation? continuation = null;
        do
        {
            var page = await table.QueryPageAsync(new("p"), continuation, default);
            (seen, count, continuation) = (seen + page.Entities.Count, count + 1, page.Continuation);
        }
        while (continuation is not null);

        (seen, count).ShouldBe((rows, pages));
    }

    [Fact]
    public async Task Small_pages_with_keys_of_every_alphabet_are_read_to_the_end()
    {
        var table = await NewTableAsync();
        string[] keys = ["ä", "漢字", "😀", "a b", "it's", "100%"];
        foreach (var key in keys)
        {
            await table.InsertAsync(new("p", key), default);
        }

        (await ReadAllAsync(table, new("p") { PageSize = 1 })).Select(row => row.RowKey).ShouldBe(keys, ignoreOrder: true);
    }

    [Fact]
    public async Task Many_requests_at_once_keep_their_bytes_apart()
    {
        var table = await NewTableAsync();
        await Task.WhenAll(Enumerable.Range(0, 200).Select(i => Task.Run(async () =>
        {
            var text = new string((char)('a' + (i % 26)), 100 + (i * 37));
            var transaction = new TableTransaction($"p{i}").Insert(new TableEntity($"p{i}", "r").With("S", TableValue.Of(text))).Insert(Row(i, "n", $"p{i}"));
            (await table.SubmitTransactionAsync(transaction, default)).ShouldBeOfType<TableOutcome.Done>();
            (await table.GetAsync($"p{i}", "r", default))!.Get("S").AsString().ShouldBe(text);
        })));
    }

    internal static async Task<TableClient> NewTableAsync()
    {
        var table = AzuriteStorage.Table(await AzuriteStorage.SharedOptionsAsync(), AzuriteStorage.NewPrefix());
        await table.CreateIfNotExistsAsync(default);
        return table;
    }

    internal static async Task<List<TableEntity>> ReadAllAsync(TableClient table, TableQuery query)
    {
        var rows = new List<TableEntity>();
        await foreach (var row in table.QueryAsync(query, default))
        {
            rows.Add(row);
        }

        return rows;
    }

    private static TableEntity Row(int n, string row = "r", string partition = "p") => new TableEntity(partition, row).With("N", TableValue.Of(n));

    private static ETag Tag(TableOutcome outcome) => outcome.ShouldBeOfType<TableOutcome.Done>().ETag;
}
