using System.Globalization;
using System.Text;
using System.Text.Json;
using Gating.Azure;
using Gating.Messages;
using Gating.Testing.Storage;
using Shouldly;
using Spectre.Console;
using Xunit;

namespace Gating.Cli.Tests;

/// <summary>The operator's commands over messages, on the real Azurite.</summary>
public sealed class MessagesCommandTests : IAsyncLifetime
{
    private static readonly DateTimeOffset At = new(2026, 11, 27, 12, 0, 0, TimeSpan.Zero);

    private readonly StringWriter _json = new(CultureInfo.InvariantCulture);
    private readonly StringWriter _console = new(CultureInfo.InvariantCulture);
    private readonly Dictionary<string, string> _settings = new(StringComparer.Ordinal);
    private AzureStorage _storage = null!;

    public async Task InitializeAsync()
    {
        var options = await AzuriteStorage.NewOptionsAsync();
        _storage = new(options, TimeProvider.System, null);
        _settings["Gating__Storage__TableServiceUri"] = options.Tables.AbsoluteUri;
        _settings["Gating__Storage__QueueServiceUri"] = options.Queues.AbsoluteUri;
        _settings["Gating__Storage__BlobServiceUri"] = options.Blobs.AbsoluteUri;
        _settings["Gating__Storage__Prefix"] = options.Prefix;
        _settings["Gating__Development"] = "true";
    }

    public Task DisposeAsync()
    {
        _storage.Dispose();
        _json.Dispose();
        _console.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task Nothing_set_aside_is_said_so()
    {
        (await RunAsync("messages", "list")).ShouldBe(0);
        _console.ToString().ShouldContain("Nothing was set aside.");
    }

    [Fact]
    public async Task What_was_set_aside_is_listed_for_people_and_for_machines()
    {
        var one = await PutAsync("generations", "one", "report_differs");
        await PutAsync("outputs", "two", "worn_out");
        (await RunAsync("messages", "list")).ShouldBe(0);
        _console.ToString().ShouldContain("report_differs");
        _console.ToString().ShouldContain(one.Id);
        _console.ToString().ShouldContain("2 set aside.");
        (await RunAsync("messages", "list", "generations", "--json")).ShouldBe(0);
        using var json = JsonDocument.Parse(_json.ToString());
        var listed = json.RootElement.EnumerateArray().ShouldHaveSingleItem();
        listed.GetProperty("id").GetString().ShouldBe(one.Id);
        listed.GetProperty("at").GetString().ShouldBe("2026-11-27T12:00:00Z");
        listed.GetProperty("message").GetBytesFromBase64().ShouldBe("one"u8.ToArray());
    }

    [Fact]
    public async Task One_is_replayed_by_its_id_and_what_is_not_there_is_named()
    {
        var one = await PutAsync("generations", "one", "report_differs");
        await PutAsync("generations", "two", "report_differs");
        (await RunAsync("messages", "replay", "generations", one.Id, "nothing")).ShouldBe(2);
        _console.ToString().ShouldContain($"replayed {one.Id}");
        _console.ToString().ShouldContain("no such message in generations: nothing");
        (await WaitingAsync("generations")).ShouldBe(["one"]);
        (await LettersAsync("generations")).ShouldBe(["two"]);
    }

    [Fact]
    public async Task All_of_a_queue_are_replayed_and_no_other_queues()
    {
        await PutAsync("generations", "one", "report_differs");
        await PutAsync("generations", "two", "worn_out");
        await PutAsync("outputs", "three", "worn_out");
        (await RunAsync("messages", "replay", "generations", "all")).ShouldBe(0);
        (await WaitingAsync("generations")).Order(StringComparer.Ordinal).ShouldBe(["one", "two"]);
        (await LettersAsync("generations")).ShouldBeEmpty();
        (await LettersAsync("outputs")).ShouldBe(["three"]);
    }

    [Theory]
    [InlineData("Gating__Storage__TableServiceUri", null, "Gating__Storage__TableServiceUri is ''")]
    [InlineData("Gating__Development", "false", "which is a developer's storage")]
    [InlineData("Gating__Storage__QueueServiceUri", "https://real.queue.core.windows.net", "is not local storage")]
    public async Task Settings_that_do_not_add_up_are_named(string name, string? value, string said)
    {
        _settings.Remove(name);
        if (value is not null)
        {
            _settings[name] = value;
        }

        (await RunAsync("messages", "list")).ShouldBe(1);
        _console.ToString().ShouldContain(said);
        _console.ToString().ShouldContain("az login");
    }

    [Fact]
    public async Task Storage_that_does_not_answer_is_said_so()
    {
        _settings["Gating__Storage__TableServiceUri"] = "http://127.0.0.1:1";
        (await RunAsync("messages", "list")).ShouldBe(3);
        _console.ToString().ShouldContain("Nothing is lost");
    }

    private async Task<DeadLetter> PutAsync(string queue, string message, string reason)
    {
        var letter = new DeadLetter(queue, Encoding.UTF8.GetBytes(message), reason, "A sentence.", At);
        await _storage.DeadLetters.PutAsync(letter, default);
        return letter;
    }

    private async Task<List<string>> WaitingAsync(string queue) =>
        [.. (await _storage.Queues.ReceiveAsync(queue, 32, TimeSpan.FromMinutes(1), default)).Select(static delivery => Encoding.UTF8.GetString(delivery.Message().Span))];

    private async Task<List<string>> LettersAsync(string queue)
    {
        var letters = new List<string>();
        await foreach (var letter in _storage.DeadLetters.ReadAsync(queue, default))
        {
            letters.Add(Encoding.UTF8.GetString(letter.Message.Span));
        }

        return letters;
    }

    private Task<int> RunAsync(params string[] arguments)
    {
        var console = AnsiConsole.Create(new() { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(_console) });
        console.Profile.Width = 300;
        return GatingCommand.Create(console, _json, _settings.GetValueOrDefault).Parse(arguments).InvokeAsync(new() { Output = TextWriter.Null, Error = TextWriter.Null });
    }
}
