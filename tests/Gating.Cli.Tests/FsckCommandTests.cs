using System.Globalization;
using System.Text.Json;
using Gating.Azure;
using Gating.Ledger;
using Gating.Testing.Storage;
using Shouldly;
using Spectre.Console;
using Xunit;

namespace Gating.Cli.Tests;

/// <summary><c>gating fsck</c> on the real Azurite: what it says, how it ends, where it goes on. What it finds is FsckTests' to show.</summary>
public sealed class FsckCommandTests : IAsyncLifetime
{
    private readonly StringWriter _json = new(CultureInfo.InvariantCulture);
    private readonly StringWriter _console = new(CultureInfo.InvariantCulture);
    private readonly Dictionary<string, string> _settings = new(StringComparer.Ordinal);
    private readonly string _file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
    private readonly StreamId _stream = StreamId.Create();
    private AzureStorage _storage = null!;

    public async Task InitializeAsync()
    {
        var options = await AzuriteStorage.NewOptionsAsync();
        _storage = new(options, TimeProvider.System, AzuriteStorage.DataKey);
        await _storage.EnsureCreatedAsync(default);
        _settings["Gating__Storage__TableServiceUri"] = options.Tables.AbsoluteUri;
        _settings["Gating__Storage__QueueServiceUri"] = options.Queues.AbsoluteUri;
        _settings["Gating__Storage__BlobServiceUri"] = options.Blobs.AbsoluteUri;
        _settings["Gating__Storage__Prefix"] = options.Prefix;
        _settings["Gating__Development"] = "true";
        _settings["Gating__Keys__Data"] = Convert.ToBase64String(new byte[OperatorKey.Size]);
        var batch = Some.Batch(_stream, null, Some.Chain(_stream, Head.New(default), 3));
        (await _storage.Ledger.CommitAsync(batch with { Head = batch.Head with { Salt = default } }, default)).ShouldBeOfType<CommitOutcome.Committed>();
    }

    public Task DisposeAsync()
    {
        _storage.Dispose();
        _json.Dispose();
        _console.Dispose();
        File.Delete(_file);
        return Task.CompletedTask;
    }

    [Fact]
    public async Task A_good_store_ends_in_zero_and_says_how_much_it_read()
    {
        (await RunAsync("fsck")).ShouldBe(0);
        _console.ToString().ShouldContain("nothing wrong");
        _console.ToString().ShouldContain("3 things");
    }

    [Fact]
    public async Task What_is_wrong_is_named_for_people_and_for_machines_and_ends_in_two()
    {
        await _storage.Leaves.AddAsync([new(_stream, 4, EntryHash.Genesis, EntryHash.Genesis)], default);
        (await RunAsync("fsck")).ShouldBe(2);
        _console.ToString().ShouldContain($"row {_stream};000000000004");
        (await RunAsync("fsck", "--json", "--resume", _file)).ShouldBe(2);
        using var json = JsonDocument.Parse(_json.ToString());
        json.RootElement.GetProperty("sound").GetBoolean().ShouldBeFalse();
        var wrong = json.RootElement.GetProperty("wrong").EnumerateArray().ShouldHaveSingleItem();
        wrong.GetProperty("where").GetString().ShouldEndWith($"row {_stream};000000000004");
        wrong.GetProperty("what").GetString().ShouldBe("stray");
        File.Exists(_file).ShouldBeFalse();
    }

    [Fact]
    public async Task It_goes_on_where_the_file_says_and_takes_it_away_when_it_is_done()
    {
        await _storage.Leaves.AddAsync([new(_stream, 4, EntryHash.Genesis, EntryHash.Genesis)], default);
        await File.WriteAllTextAsync(_file, $$"""{"v":1,"phase":"Streams","after":"{{_stream}}","size":null,"seen":null}""");
        (await RunAsync("fsck", "--resume", _file)).ShouldBe(0);
        File.Exists(_file).ShouldBeFalse();
    }

    [Fact]
    public async Task The_log_alone_leaves_ledgers_alone()
    {
        await _storage.Leaves.AddAsync([new(_stream, 4, EntryHash.Genesis, EntryHash.Genesis)], default);
        (await RunAsync("fsck", "--log-only")).ShouldBe(0);
    }

    [Fact]
    public async Task Without_the_data_key_that_is_said()
    {
        _settings.Remove("Gating__Keys__Data");
        (await RunAsync("fsck")).ShouldBe(0);
        _console.ToString().ShouldContain("Not judged: without the data key");
    }

    [Fact]
    public async Task Keys_that_are_none_are_wrong_usage()
    {
        _settings["Gating__Keys__Data"] = "AAAA";
        (await RunAsync("fsck", "--vkey", "nobody")).ShouldBe(1);
        _console.ToString().ShouldContain("Gating__Keys__Data is not 32 bytes");
        _console.ToString().ShouldContain("--vkey 'nobody'");
    }

    [Fact]
    public async Task Storage_that_does_not_answer_is_no_good_store()
    {
        _settings["Gating__Storage__TableServiceUri"] = "http://127.0.0.1:1";
        (await RunAsync("fsck")).ShouldBe(3);
        _console.ToString().ShouldNotContain("nothing wrong");
    }

    private Task<int> RunAsync(params string[] arguments)
    {
        var console = AnsiConsole.Create(new() { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(_console) });
        console.Profile.Width = 400;
        return GatingCommand.Create(console, _json, _settings.GetValueOrDefault).Parse(arguments).InvokeAsync(new() { Output = TextWriter.Null, Error = TextWriter.Null });
    }
}
