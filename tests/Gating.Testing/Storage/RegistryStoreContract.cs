using Gating.Registry;
using Shouldly;
using Xunit;

namespace Gating.Testing.Storage;

/// <summary>What every registry store must do. Each test has an empty registry.</summary>
public abstract class RegistryStoreContract
{
    [Fact]
    public async Task An_empty_registry_has_version_zero_and_no_rows()
    {
        var store = await OpenAsync();

        (await store.ReadVersionAsync(default)).ShouldBe(0);
        var (version, rows) = await store.ReadAsync(default);
        version.ShouldBe(0);
        rows.ShouldBeEmpty();
    }

    [Fact]
    public async Task Rows_are_written_replaced_and_removed_and_each_change_moves_the_version()
    {
        var store = await OpenAsync();
        var (app, tool) = (new RegistryRow("app", "studio", "{}"), new RegistryRow("tool", "https://tools.example/face?x=1#y", """{"a":"ä€😀"}"""));
        var one = (await store.WriteAsync(0, [app, tool], [], default)).ShouldNotBeNull();
        var changed = app with { Json = """{"name":"Studio"}""", Change = 1L << 40 };

        var two = (await store.WriteAsync(one, [changed], [tool], default)).ShouldNotBeNull();

        two.ShouldBeGreaterThan(one);
        (await store.ReadVersionAsync(default)).ShouldBe(two);
        var (version, rows) = await store.ReadAsync(default);
        version.ShouldBe(two);
        rows.ShouldHaveSingleItem().ShouldBe(changed);
    }

    [Fact]
    public async Task A_change_to_a_version_that_moved_is_refused_whole()
    {
        var store = await OpenAsync();
        var one = (await store.WriteAsync(0, [new("app", "a", "1")], [], default)).ShouldNotBeNull();

        (await store.WriteAsync(0, [new("app", "b", "2")], [new("app", "a", "")], default)).ShouldBeNull();

        var (version, rows) = await store.ReadAsync(default);
        version.ShouldBe(one);
        rows.ShouldHaveSingleItem().Name.ShouldBe("a");
    }

    [Fact]
    public async Task What_is_to_be_removed_and_is_not_there_is_passed_over()
    {
        var store = await OpenAsync();
        var one = (await store.WriteAsync(0, [new("app", "a", "1")], [new("app", "never", ""), new("tool", "a", "")], default)).ShouldNotBeNull();

        (await store.ReadAsync(default)).Rows.ShouldHaveSingleItem();
        (await store.ReadVersionAsync(default)).ShouldBe(one);
    }

    [Fact]
    public async Task A_change_without_rows_moves_the_version()
    {
        var store = await OpenAsync();

        (await store.WriteAsync(0, [], [], default)).ShouldBe(1);

        (await store.ReadVersionAsync(default)).ShouldBe(1);
    }

    [Fact]
    public async Task A_change_that_names_a_row_twice_is_refused()
    {
        var store = await OpenAsync();

        await Should.ThrowAsync<ArgumentException>(() => store.WriteAsync(0, [new("app", "a", "1")], [new("app", "a", "")], default));

        (await store.ReadVersionAsync(default)).ShouldBe(0);
    }

    [Fact]
    public async Task Names_of_every_kind_come_back_and_none_is_taken_for_another()
    {
        var store = await OpenAsync();
        string[] names =
        [
            "a/b", @"a\b", "a#b", "a?b", "a%2Fb", "a+b", "a b", " a", "a ", "a'b", "a''b", "a;b", "a~b", "a~2fb", "\u0001", "ü", "u\u0308", "😀", "A", "a", "\u202eabc", "\ufeffx",
            new string('n', 600), new string('n', 599) + "m", "version", "..", "none' or PartitionKey ne '",
        ];

        await store.WriteAsync(0, [.. names.Select((name, i) => new RegistryRow("app", name, i.ToString()))], [], default);

        var (_, rows) = await store.ReadAsync(default);
        rows.Select(row => (row.Name, row.Json)).ShouldBe(names.Select((name, i) => (name, i.ToString())), ignoreOrder: true);
    }

    [Fact]
    public async Task Rows_as_large_as_a_registry_may_need_come_back_whole()
    {
        var store = await OpenAsync();
        var json = string.Concat(Enumerable.Repeat("\"😀ä\"", 30_000));

        await store.WriteAsync(0, [new("app", "large", json)], [], default);

        (await store.ReadAsync(default)).Rows.ShouldHaveSingleItem().Json.ShouldBe(json);
    }

    [Fact]
    public async Task More_rows_than_a_transaction_holds_are_written_and_read_page_by_page()
    {
        var store = await OpenAsync();
        var rows = Enumerable.Range(0, 1_001).Select(i => new RegistryRow("tool", $"tool-{i}", "{}")).ToList();

        var version = (await store.WriteAsync(0, rows, [], default)).ShouldNotBeNull();

        var read = await store.ReadAsync(default);
        read.Version.ShouldBe(version);
        read.Rows.ShouldBe(rows, ignoreOrder: true);
    }

    [Fact]
    public async Task Of_many_changes_at_once_to_one_version_one_is_made()
    {
        var store = await OpenAsync();
        await store.WriteAsync(0, [], [], default);

        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(() => store.WriteAsync(1, [new("app", $"a{i}", "{}")], [], default))));

        answers.Count(answer => answer is not null).ShouldBe(1);
        (await store.ReadAsync(default)).Rows.ShouldHaveSingleItem();
    }

    protected abstract ValueTask<IRegistryStore> OpenAsync();
}
