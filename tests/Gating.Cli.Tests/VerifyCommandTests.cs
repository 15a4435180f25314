using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Gating.Ledger;
using Gating.Testing.Evidence;
using Shouldly;
using Spectre.Console;
using Xunit;

namespace Gating.Cli.Tests;

/// <summary><c>gating verify</c>: what it says and how it ends. What it finds is BundleMutationTests' and BundleHostileTests' to show.</summary>
public sealed class VerifyCommandTests : IAsyncLifetime
{
    private readonly StringWriter _json = new(CultureInfo.InvariantCulture);
    private readonly StringWriter _console = new(CultureInfo.InvariantCulture);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gating-");
    private readonly EvidenceWorld _world = new();
    private StreamId _stream;

    private string Bundle => Path.Combine(_folder.FullName, "bundle.zip");

    private string KeySet => Path.Combine(_folder.FullName, "jwks.json");

    private string Log => Path.Combine(_folder.FullName, "log");

    private string Key => _world.Keys.Verifiers[0].ToString();

    public async Task InitializeAsync()
    {
        _stream = await _world.LogAsync(300);
        await File.WriteAllBytesAsync(Bundle, await _world.WriteAsync(_world.Request(_stream)));
        await File.WriteAllBytesAsync(KeySet, BundleSurgery.JwksOf(_world.Signing));
        await _world.WriteLogAsync(Log);
    }

    public Task DisposeAsync()
    {
        _json.Dispose();
        _console.Dispose();
        _folder.Delete(recursive: true);
        return Task.CompletedTask;
    }

    [Fact]
    public async Task Evidence_that_holds_in_every_claim_ends_in_zero()
    {
        (await RunAsync("verify", Bundle, "--vkey", Key, "--jwks", KeySet, "--log", Log)).ShouldBe(0, _console.ToString());
        _console.ToString().ShouldContain("bundle.zip: 300 entries, made 2026-11-22T12:00:01Z: holds.");
        _console.ToString().ShouldContain("of 300 leaves of the log 300 are these streams' own, each once, and the one that would come next is not there");
    }

    [Fact]
    public async Task What_could_not_be_checked_is_said_and_ends_in_four()
    {
        (await RunAsync("verify", Bundle)).ShouldBe(4);
        _console.ToString().ShouldContain("the bundle itself brings the key: whoever made the one may have made the other");
        _console.ToString().ShouldContain("nothing left out");
        _console.ToString().ShouldContain("300 entries, made 2026-11-22T12:00:01Z: not checked.");
        (await RunAsync("verify", Bundle, "--vkey", Key, "--jwks", KeySet)).ShouldBe(4);
    }

    [Fact]
    public async Task A_claim_that_fails_ends_in_one_and_is_named_for_machines()
    {
        var files = BundleSurgery.Unpack(await File.ReadAllBytesAsync(Bundle));
        await File.WriteAllBytesAsync(Bundle, files.SignedAnew(_world.Signing, "proofs.jsonl", [.. BundleSurgery.Join(BundleSurgery.Lines(files["proofs.jsonl"])[..^1])]));
        (await RunAsync("verify", Bundle, "--vkey", Key, "--jwks", KeySet, "--log", Log, "--json")).ShouldBe(1);
        using var json = JsonDocument.Parse(_json.ToString());
        json.RootElement.GetProperty("verdict").GetString().ShouldBe("fails");
        json.RootElement.GetProperty("entries").GetInt64().ShouldBe(300);
        var claims = json.RootElement.GetProperty("claims").EnumerateArray().ToDictionary(static claim => claim.GetProperty("claim").GetString()!, StringComparer.Ordinal);
        claims["proofs"].GetProperty("verdict").GetString().ShouldBe("fails");
        claims["proofs"].GetProperty("failures")[0].GetString().ShouldBe("line 300 of proofs.jsonl is missing");
        claims["manifest"].GetProperty("verdict").GetString().ShouldBe("holds");
        claims["nothing left out"].GetProperty("verdict").GetString().ShouldBe("not_checked");
    }

    [Fact]
    public async Task What_is_no_whole_bundle_ends_in_three()
    {
        await File.WriteAllBytesAsync(Bundle, (await File.ReadAllBytesAsync(Bundle))[..^1]);
        (await RunAsync("verify", Bundle)).ShouldBe(3);
        _console.ToString().ShouldContain("refused (NotABundle)");
        (await RunAsync("verify", Bundle, "--json")).ShouldBe(3);
        using var json = JsonDocument.Parse(_json.ToString());
        json.RootElement.GetProperty("verdict").GetString().ShouldBe("refused");
        json.RootElement.GetProperty("reason").GetString().ShouldBe("not_a_bundle");
        (await RunAsync("verify", Path.Combine(_folder.FullName, "nowhere.zip"))).ShouldBe(3);
    }

    [Theory]
    [InlineData("--vkey", "nobody")]
    [InlineData("--jwks", "nowhere.json")]
    [InlineData("--log", "nowhere")]
    [InlineData("--log", "ftp://gate.example/log/")]
    [InlineData("--nonsense", "1")]
    public async Task Wrong_usage_ends_in_two_whoever_says_so(string option, string value)
    {
        (await RunAsync("verify", Bundle, option, value)).ShouldBe(2);
        (await RunAsync("verify", option, value)).ShouldBe(2);
    }

    [Fact]
    public async Task Help_is_no_wrong_usage() => (await RunAsync("verify", "--help")).ShouldBe(0);

    [Fact]
    public async Task A_file_that_is_no_key_set_is_wrong_usage()
    {
        await File.WriteAllTextAsync(KeySet, "{}");
        (await RunAsync("verify", Bundle, "--jwks", KeySet)).ShouldBe(2);
        _console.ToString().ShouldContain("is no set of keys");
    }

    [Fact]
    public async Task The_log_is_read_from_a_server_too_and_one_that_is_silent_leaves_its_claim_open()
    {
        using var server = new FolderServer(Log);
        (await RunAsync("verify", Bundle, "--vkey", Key, "--jwks", KeySet, "--log", server.Address)).ShouldBe(0, _console.ToString());
        server.Paths.ShouldContain("/log/tile/entries/000");
        server.Dispose();
        (await RunAsync("verify", Bundle, "--vkey", Key, "--jwks", KeySet, "--log", server.Address)).ShouldBe(4);
        _console.ToString().ShouldContain("the log that was given does not answer at tile/entries/000");
    }

    [Fact]
    public async Task A_log_that_does_not_reach_the_checkpoint_leaves_its_claim_open_and_another_one_breaks_it()
    {
        File.Delete(Path.Combine(Log, "tile", "entries", "001.p", "44"));
        (await RunAsync("verify", Bundle, "--vkey", Key, "--jwks", KeySet, "--log", Log)).ShouldBe(4);
        _console.ToString().ShouldContain("the log that was given has no leaves from 256 on, and the checkpoint has 300");
        var other = new EvidenceWorld();
        await other.LogAsync(300);
        await other.WriteLogAsync(Log);
        (await RunAsync("verify", Bundle, "--vkey", Key, "--jwks", KeySet, "--log", Log)).ShouldBe(1);
    }

    private Task<int> RunAsync(params string[] arguments)
    {
        var console = AnsiConsole.Create(new() { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(_console) });
        console.Profile.Width = 600;
        return GatingCommand.RunAsync(GatingCommand.Create(console, _json, static _ => null), arguments, new() { Output = TextWriter.Null, Error = TextWriter.Null });
    }

    /// <summary>Serves a folder on this machine, below <c>/log/</c>.</summary>
    private sealed class FolderServer : IDisposable
    {
        private readonly HttpListener _listener = new();
        private readonly string _folder;

        public FolderServer(string folder)
        {
            _folder = folder;
            using (var free = new TcpListener(IPAddress.Loopback, 0))
            {
                free.Start();
                Address = $"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}/log";
            }

            _listener.Prefixes.Add(Address + "/");
            _listener.Start();
            _ = ServeAsync();
        }

        public string Address { get; }

        public List<string> Paths { get; } = [];

        public void Dispose() => _listener.Close();

        private async Task ServeAsync()
        {
            try
            {
                while (true)
                {
                    var context = await _listener.GetContextAsync();
                    Paths.Add(context.Request.Url!.AbsolutePath);
                    var file = Path.Combine(_folder, context.Request.Url.AbsolutePath["/log/".Length..]);
                    context.Response.StatusCode = File.Exists(file) ? 200 : 404;
                    context.Response.Close(File.Exists(file) ? await File.ReadAllBytesAsync(file) : [], willBlock: false);
                }
            }
            catch (Exception closed) when (closed is HttpListenerException or ObjectDisposedException)
            {
            }
        }
    }
}
