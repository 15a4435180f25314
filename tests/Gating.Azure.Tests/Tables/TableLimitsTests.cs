using Azure;
using Gating.Azure.Tables;
using Gating.Testing.Storage;
using Shouldly;
using Xunit;

namespace Gating.Azure.Tests.Tables;

/// <summary>What Azure refuses and Azurite may take: refused here, before anything is sent.</summary>
public sealed class TableLimitsTests
{
    public static TheoryData<string, TableLimit, TableEntity> Refused() => new()
    {
        { "slash in a row key", TableLimit.KeyCharacter, new("p", "a/b") },
        { "backslash in a row key", TableLimit.KeyCharacter, new("p", @"a\b") },
        { "hash in a partition key", TableLimit.KeyCharacter, new("a#b", "r") },
        { "question mark in a partition key", TableLimit.KeyCharacter, new("a?b", "r") },
        { "tab", TableLimit.KeyCharacter, new("p", "a\tb") },
        { "line break", TableLimit.KeyCharacter, new("p", "a\r\nb") },
        { "delete", TableLimit.KeyCharacter, new("p", "a\u007fb") },
        { "C1 control", TableLimit.KeyCharacter, new("p", "a\u0085b") },
        { "513 characters", TableLimit.KeyLength, new("p", new string('k', 513)) },
        { "lone surrogate in a key", TableLimit.Surrogate, new("p", "a\ud83db") },
        { "lone surrogate in a value", TableLimit.Surrogate, Row().With("A", TableValue.Of("x\ude00")) },
        { "dash in a name", TableLimit.PropertyName, Row().With("a-b", TableValue.Of(1)) },
        { "digit first", TableLimit.PropertyName, Row().With("1a", TableValue.Of(1)) },
        { "dot in a name", TableLimit.PropertyName, Row().With("a.b", TableValue.Of(1)) },
        { "annotation as a name", TableLimit.PropertyName, Row().With("A@odata.type", TableValue.Of("Edm.Int64")) },
        { "no name", TableLimit.PropertyName, Row().With("", TableValue.Of(1)) },
        { "name of 256", TableLimit.PropertyName, Row().With(new string('n', 256), TableValue.Of(1)) },
        { "the client's own Timestamp", TableLimit.PropertyName, Row().With("Timestamp", TableValue.Of(Some.Time)) },
        { "a second PartitionKey", TableLimit.PropertyName, Row().With("PartitionKey", TableValue.Of("other")) },
        { "one name twice", TableLimit.DuplicateProperty, Row().With("A", TableValue.Of(1)).With("A", TableValue.Of(2)) },
        { "32,769 characters", TableLimit.StringLength, Row().With("A", TableValue.Of(new string('x', 32_769))) },
        { "32,769 characters as UTF-8", TableLimit.StringLength, Row().With("A", TableValue.OfUtf8(new byte[32_769])) },
        { "64 KiB and a byte", TableLimit.BinaryLength, Row().With("A", TableValue.Of(new byte[65_537])) },
        { "1600", TableLimit.DateRange, Row().With("A", TableValue.Of(new DateTimeOffset(1600, 12, 31, 23, 59, 59, TimeSpan.Zero))) },
        { "253 properties", TableLimit.PropertyCount, Row(253, TableValue.Of(1)) },
        { "1.1 MiB in 16 strings", TableLimit.EntitySize, Row(17, TableValue.Of(new string('x', 32_768))) },
        { "1.1 MiB in binaries", TableLimit.EntitySize, Row(17, TableValue.Of(new byte[65_536])) },
    };

    public static TheoryData<string, TableEntity> Accepted() => new()
    {
        { "a key of 512", new("p", new string('k', 512)) },
        { "an empty row key", new(Guid.NewGuid().ToString(), "") },
        { "every other character", new("p", "%2F %25 + & , ' '' ; : @ ! $ * ( ) = ~ ^ ` { } | [ ] < > \" ä 😀 \u202e \ufeff ") },
        { "252 properties", Row(252, TableValue.Of(1)) },
        { "a name of 255", Row().With(new string('n', 255), TableValue.Of(1L)) },
        { "32,768 characters", Row().With("A", TableValue.Of(new string('ä', 32_768))) },
        { "64 KiB", Row().With("A", TableValue.Of(new byte[65_536])) },
        { "1601", Row().With("A", TableValue.Of(TableLimits.MinDate)) },
        { "just under 1 MiB", Row(15, TableValue.Of(new byte[65_536])) },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task A_row_that_Azure_would_refuse_is_refused_before_it_is_sent(string what, TableLimit limit, TableEntity row)
    {
        var table = NowhereTable();

        var refusal = await Should.ThrowAsync<TableLimitException>(() => table.InsertAsync(row, default), what);

        refusal.Limit.ShouldBe(limit, what);
        Should.Throw<TableLimitException>(() => new TableTransaction(row.PartitionKey).Insert(row)).Limit.ShouldBe(limit);
    }

    [Theory]
    [MemberData(nameof(Accepted))]
    public async Task A_row_at_the_limit_is_taken_and_comes_back(string what, TableEntity row)
    {
        var table = await TableClientTests.NewTableAsync();

        (await table.InsertAsync(row, default)).ShouldBeOfType<TableOutcome.Done>(what);

        var read = (await table.GetAsync(row.PartitionKey, row.RowKey, default)).ShouldNotBeNull();
        (read.PartitionKey, read.RowKey, read.Count).ShouldBe((row.PartitionKey, row.RowKey, row.Count));
    }

    [Fact]
    public void A_refusal_names_where_and_never_the_value()
    {
        var refusal = Should.Throw<TableLimitException>(() => TableLimits.Check(Row().With("Secret", TableValue.Of("hunter2" + new string('x', 40_000)))));

        refusal.Where.ShouldBe("property Secret");
        refusal.Message.ShouldNotContain("hunter2");
    }

    [Fact]
    public void A_transaction_has_a_hundred_operations_on_one_partition_and_each_row_once()
    {
        var transaction = new TableTransaction("p");
        for (var i = 0; i < 100; i++)
        {
            transaction.Insert(new("p", $"r{i}"));
        }

        Should.Throw<TableLimitException>(() => transaction.Delete("one more", ETag.All)).Limit.ShouldBe(TableLimit.OperationCount);
        Should.Throw<TableLimitException>(() => new TableTransaction("p").Insert(new("q", "r"))).Limit.ShouldBe(TableLimit.TransactionPartition);
        Should.Throw<TableLimitException>(() => new TableTransaction("p").Insert(new("p", "r")).Delete("r", ETag.All)).Limit.ShouldBe(TableLimit.TransactionDuplicateRow);
    }

    [Fact]
    public async Task A_transaction_over_four_MiB_or_without_operations_is_refused()
    {
        var large = new TableTransaction("p");
        for (var i = 0; i < 5; i++)
        {
            // 15 x 64 KiB in base64 are 1.25 MiB a row.
            var row = new TableEntity("p", $"r{i}");
            Enumerable.Range(0, 15).ToList().ForEach(p => row.With($"B{p}", TableValue.Of(new byte[65_536])));
            large.Insert(row);
        }

        (await Should.ThrowAsync<TableLimitException>(() => NowhereTable().SubmitTransactionAsync(large, default))).Limit.ShouldBe(TableLimit.TransactionSize);
        (await Should.ThrowAsync<TableLimitException>(() => NowhereTable().SubmitTransactionAsync(new("p"), default))).Limit.ShouldBe(TableLimit.OperationCount);
    }

    [Theory]
    [InlineData("")]
    [InlineData("plain")]
    [InlineData("W/\"a\"\r\nX-Injected: 1")]
    [InlineData("W/\"a\", \"b\"")]
    [InlineData("W/\"ä\"")]
    public void An_ETag_that_storage_never_gave_is_refused(string tag) =>
        Should.Throw<TableLimitException>(() => new TableTransaction("p").Replace(new("p", "r"), new(tag))).Limit.ShouldBe(TableLimit.ETag);

    [Theory]
    [InlineData("ab")]
    [InlineData("1abc")]
    [InlineData("a-bc")]
    [InlineData("tables/x")]
    public async Task A_table_name_that_Azure_would_refuse_is_refused(string name)
    {
        var options = await AzuriteStorage.SharedOptionsAsync();

        Should.Throw<TableLimitException>(() => AzuriteStorage.Table(options, name)).Limit.ShouldBe(TableLimit.TableName);
    }

    [Fact]
    public void A_query_has_fifteen_comparisons_its_partition_included()
    {
        var query = new TableQuery("p");
        for (var i = 0; i < 14; i++)
        {
            query.Where("A", TableComparison.NotEqual, TableValue.Of(i));
        }

        Should.Throw<TableLimitException>(() => query.Where("A", TableComparison.NotEqual, TableValue.Of(14))).Limit.ShouldBe(TableLimit.ComparisonCount);
    }

    private static TableEntity Row() => new("p", Guid.NewGuid().ToString());

    private static TableEntity Row(int properties, TableValue value)
    {
        var row = Row();
        for (var i = 0; i < properties; i++)
        {
            row.With($"P{i}", value);
        }

        return row;
    }

    /// <summary>A table that nothing listens for: a request would be "unavailable", not "refused".</summary>
    private static TableClient NowhereTable()
    {
        var nowhere = new Uri("http://127.0.0.1:9");
        return AzuriteStorage.Table(StorageOptions.Development(nowhere, nowhere, nowhere), "nowhere");
    }
}
