using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Gating.Local;
using Gating.Local.Processes;
using Shouldly;
using Xunit;

namespace Gating.Functions.Tests.Local;

/// <summary>On a lock file without any packages: the real npm, without a network and in a second.</summary>
public sealed class NodePackagesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Heard _heard = new();

    public NodePackagesTests()
    {
        foreach (var script in new[] { "install.mjs", "lifeline.mjs" })
        {
            File.Copy(Path.Combine(NodeSettings.Default.Folder, script), _folder.File(script));
        }

        File.WriteAllText(_folder.File("package.json"), """{"name":"empty","private":true,"type":"module"}""");
        WriteLockFile("1.0.0");
    }

    private NodeSettings Settings => NodeSettings.Default with { Folder = _folder.Path };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Packages_are_installed_once_and_it_says_how_long_that_takes()
    {
        await EnsureAsync(Settings);
        _heard.Lines.ShouldContain(line => line.StartsWith("Installing the Node packages") && line.Contains("usually"));

        _heard.Lines.Clear();
        await EnsureAsync(Settings);
        _heard.Lines.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_changed_lock_file_is_installed_again()
    {
        await EnsureAsync(Settings);

        WriteLockFile("2.0.0");

        (await NodePackages.IsCurrentAsync(Settings, CancellationToken.None)).ShouldBeFalse();
        await EnsureAsync(Settings);
        (await NodePackages.IsCurrentAsync(Settings, CancellationToken.None)).ShouldBeTrue();
        Installs.ShouldBe(2);
    }

    [Fact]
    public async Task An_install_that_did_not_reach_its_end_is_done_again()
    {
        Directory.CreateDirectory(_folder.File("node_modules"));

        await EnsureAsync(Settings);

        Installs.ShouldBe(1);
    }

    [Fact]
    public async Task Of_many_that_start_at_once_one_installs()
    {
        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => EnsureAsync(Settings)));

        Installs.ShouldBe(1);
    }

    [Fact]
    public async Task A_lock_that_is_held_too_long_is_one_sentence()
    {
        Directory.CreateDirectory(_folder.File(".local"));
        await using var held = new FileStream(_folder.File(".local/install.lock"), FileMode.Create, FileAccess.ReadWrite, FileShare.None);

        var failure = await FailureAsync(Settings with { LockLimit = TimeSpan.FromMilliseconds(300) });

        failure.ShouldContain("Another process has held");
        _heard.Lines.ShouldContain(line => line.StartsWith("Another process is installing"));
    }

    [Fact]
    public async Task A_machine_without_Node_is_told_so() =>
        (await FailureAsync(Settings with { SearchPath = _folder.Path })).ShouldStartWith("Node.js is not installed");

    [Fact]
    public async Task A_Node_that_is_too_old_is_told_by_its_version()
    {
        MakeProgram("node", "echo v18.20.4");

        (await FailureAsync(Settings with { SearchPath = _folder.Path })).ShouldBe("Node.js v18.20.4 is too old; install Node.js 20 or newer and try again.");
    }

    [Fact]
    public async Task A_Node_without_npm_is_told_so()
    {
        MakeProgram("node", "echo v20.20.2");

        (await FailureAsync(Settings with { SearchPath = _folder.Path })).ShouldStartWith("npm is not installed");
    }

    [Fact]
    public async Task A_failing_npm_is_quoted_with_its_first_line_and_leaves_no_stamp()
    {
        await RequireAsync("out-of-reach", registryPort: 9);

        var failure = await FailureAsync(Settings);

        failure.ShouldStartWith($"`npm ci` failed in {_folder.Path}: ECONNREFUSED, ");
        failure.ShouldNotContain("\n");
        (await NodePackages.IsCurrentAsync(Settings, CancellationToken.None)).ShouldBeFalse();
    }

    [Fact]
    public async Task An_install_that_is_cancelled_takes_npm_along()
    {
        using var registry = new TcpListener(IPAddress.Loopback, 0);
        registry.Start();
        await RequireAsync("out-of-reach", ((IPEndPoint)registry.LocalEndpoint).Port);
        using var stop = new CancellationTokenSource();
        var install = NodePackages.EnsureAsync(Settings, _heard, stop.Token);
        using var connection = await registry.AcceptSocketAsync();
        // npm asks for the package and is left waiting for the answer; cancelled any sooner, it may end before it has asked.
        (await connection.ReceiveAsync(new byte[1])).ShouldBe(1);

        await stop.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => install);
        await ReadToEndAsync(connection).WaitAsync(TimeSpan.FromSeconds(60));
    }

    private int Installs => _heard.Lines.Count(line => line.StartsWith("Installing the Node packages", StringComparison.Ordinal));

    private Task<NodeRuntime> EnsureAsync(NodeSettings settings) => NodePackages.EnsureAsync(settings, _heard, CancellationToken.None);

    private async Task<string> FailureAsync(NodeSettings settings) => (await Should.ThrowAsync<SetupException>(() => EnsureAsync(settings))).Message;

    /// <summary>One package, from a registry on this machine: nothing of this leaves it.</summary>
    private async Task RequireAsync(string package, int registryPort)
    {
        await File.WriteAllTextAsync(_folder.File(".npmrc"), $"registry=http://127.0.0.1:{registryPort}/\nfetch-retries=0\n");
        await File.WriteAllTextAsync(_folder.File("package.json"), $$$"""{ "name": "empty", "private": true, "dependencies": { "{{{package}}}": "1.0.0" } }""");
        await File.WriteAllTextAsync(_folder.File("package-lock.json"), $$$"""
            { "name": "empty", "lockfileVersion": 3, "requires": true, "packages": {
              "": { "name": "empty", "dependencies": { "{{{package}}}": "1.0.0" } },
              "node_modules/{{{package}}}": { "version": "1.0.0" } } }
            """);
    }

    private static async Task ReadToEndAsync(Socket connection)
    {
        var buffer = new byte[4096];
        try
        {
            while (await connection.ReceiveAsync(buffer) > 0)
            {
            }
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionReset)
        {
            // Gone is gone.
        }
    }

    private void WriteLockFile(string version) => File.WriteAllText(
        _folder.File("package-lock.json"),
        $$$"""{"name":"empty","version":"{{{version}}}","lockfileVersion":3,"requires":true,"packages":{ "": { "name": "empty" } } }""");

    private void MakeProgram(string name, string text)
    {
        if (OperatingSystem.IsWindows())
        {
            File.WriteAllText(_folder.File(name + ".cmd"), $"@{text}\r\n");
            return;
        }

        File.WriteAllText(_folder.File(name), $"#!/bin/sh\n{text}\n");
        File.SetUnixFileMode(_folder.File(name), UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    private sealed class Heard : IProgress<string>
    {
        public ConcurrentQueue<string> Lines { get; } = new();

        public void Report(string value) => Lines.Enqueue(value);
    }
}
