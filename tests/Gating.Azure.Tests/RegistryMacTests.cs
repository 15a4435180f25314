using Gating.Azure.Tables;
using Gating.Ledger;
using Gating.Registry;
using Gating.Testing.Storage;
using Shouldly;
using Xunit;

namespace Gating.Azure.Tests;

/// <summary>Somebody who can write to storage, and has no data key, registers an issuer of his own or lifts a stop: the registry is unreadable, which closes the gate, until it is put right.</summary>
public sealed class RegistryMacTests : IAsyncLifetime
{
    private static readonly RegistryRow App = new("app", "studio", """{"app":1}""");
    private static readonly RegistryRow Stop = new("stop", "0123", """{"stop":1}""", 7);
    private static readonly RegistryRow Tool = new("tool", "https://tools.test/face", """{"tool":1}""");

    private StorageOptions _options = null!;
    private AzureStorage _storage = null!;
    private Intruder _intruder = null!;

    public async Task InitializeAsync()
    {
        _options = await AzuriteStorage.NewOptionsAsync();
        (_storage, _intruder) = (new(_options, TimeProvider.System, AzuriteStorage.DataKey), new(_options));
        (await _storage.Registry.WriteAsync(0, [App, Stop, Tool], [], default)).ShouldBe(1);
        (await _storage.Registry.ReadAsync(default)).Rows.Count.ShouldBe(3);
    }

    public Task DisposeAsync()
    {
        _storage.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task A_row_that_was_changed_taken_away_put_in_or_put_under_another_name_is_not_read_and_nothing_is_written_upon_it()
    {
        var table = _intruder.Keys.RegistryTable;
        var rows = await RowsAsync();
        var (app, stop, tool) = (Of(rows, App), Of(rows, Stop), Of(rows, Tool));
        (string What, Func<Task> Forge, Func<Task> Undo)[] forgeries =
        [
            ("changed", () => _intruder.PutAsync(table, Intruder.With(app, "Json", TableValue.Of("""{"app":2}"""))), () => _intruder.PutAsync(table, app)),
            ("another change's", () => _intruder.PutAsync(table, Intruder.With(stop, "Change", TableValue.Of(8L))), () => _intruder.PutAsync(table, stop)),
            ("taken away", () => _intruder.DeleteAsync(table, stop), () => _intruder.PutAsync(table, stop)),
            ("put in", () => _intruder.PutAsync(table, Intruder.Copy(app, TableKeys.RegistryRow("app", "mine"))), () => _intruder.DeleteAsync(table, Intruder.Copy(app, TableKeys.RegistryRow("app", "mine")))),
            ("another row's", () => _intruder.PutAsync(table, Intruder.Copy(app, tool.RowKey)), () => _intruder.PutAsync(table, tool)),
            ("without its stamp", () => _intruder.DeleteAsync(table, Stamp(rows)), () => _intruder.PutAsync(table, Stamp(rows))),
        ];
        foreach (var (what, forge, undo) in forgeries)
        {
            await forge();
            await Should.ThrowAsync<RegistryUnreadableException>(() => _storage.Registry.ReadAsync(default), what);
            foreach (var version in new[] { 0L, 1L })
            {
                await Should.ThrowAsync<RegistryUnreadableException>(() => _storage.Registry.WriteAsync(version, [App with { Json = "{}" }], [], default), what);
            }

            await undo();
            (await _storage.Registry.ReadAsync(default)).Rows.ShouldBe([App, Stop, Tool], ignoreOrder: true);
        }
    }

    [Fact]
    public async Task A_row_as_it_was_before_a_change_is_not_taken_for_the_one_after_it()
    {
        var before = await RowsAsync();
        (await _storage.Registry.WriteAsync(1, [App with { Json = """{"app":"stopped"}""" }], [], default)).ShouldBe(2);
        await _intruder.PutAsync(_intruder.Keys.RegistryTable, Of(before, App));
        (await Should.ThrowAsync<RegistryUnreadableException>(() => _storage.Registry.ReadAsync(default))).Errors.ShouldHaveSingleItem().Seen.ShouldBe("other rows than its stamp stands for");
    }

    [Fact]
    public async Task A_stamp_is_vouched_for_where_it_is_read_alone()
    {
        await _intruder.PutAsync(_intruder.Keys.RegistryTable, Intruder.With(Stamp(await RowsAsync()), "Stamp", TableValue.Of(2L)));
        await Should.ThrowAsync<RegistryUnreadableException>(() => _storage.Registry.ReadVersionAsync(default));
    }

    /// <summary>A wrong key would name every person anew, and nobody would be revoked.</summary>
    [Fact]
    public async Task Under_another_data_key_there_is_no_registry_and_so_no_grant()
    {
        using var other = new AzureStorage(_options, TimeProvider.System, new OperatorKey(System.Security.Cryptography.RandomNumberGenerator.GetBytes(OperatorKey.Size)));
        (await Should.ThrowAsync<RegistryUnreadableException>(() => other.Registry.ReadAsync(default))).Errors[0].Allowed.ShouldContain("data key");
        using var unkeyed = new AzureStorage(_options, TimeProvider.System, null);
        (await unkeyed.Registry.ReadAsync(default)).Rows.Count.ShouldBe(3);
    }

    private Task<List<TableEntity>> RowsAsync() => _intruder.RowsAsync(_intruder.Keys.RegistryTable, TableKeys.Registry);

    private static TableEntity Of(List<TableEntity> rows, RegistryRow row) => rows.Single(one => one.RowKey == TableKeys.RegistryRow(row.Kind, row.Name));

    private static TableEntity Stamp(List<TableEntity> rows) => rows.Single(static one => one.RowKey == TableKeys.RegistryVersion);
}
