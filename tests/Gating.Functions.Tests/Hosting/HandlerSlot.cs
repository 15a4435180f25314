using System.Net;
using System.Net.Sockets;

namespace Gating.Functions.Tests.Hosting;

/// <summary>
/// Keeps one handler running on one port, as the host does: after any exit but 0 it is started again, after the third within half an hour the host gives up; after an exit of 0 nobody starts it again.
/// </summary>
internal sealed class HandlerSlot : IAsyncDisposable
{
    private const int MostErrors = 3;

    private readonly string _folder;
    private readonly string _executable;
    private readonly IReadOnlyDictionary<string, string?> _environment;
    private readonly HttpClient _probe = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false }) { Timeout = TimeSpan.FromSeconds(30) };
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly List<HandlerProcess> _all = [];
    private volatile Task<bool> _ready = Task.FromResult(false);
    private volatile bool _isClosing;
    private int _errors;

    private HandlerSlot(string folder, HostSettings settings, IReadOnlyDictionary<string, string?> environment)
    {
        (_folder, _environment) = (folder, environment);
        var beside = Path.Combine(folder, settings.Executable);
        _executable = File.Exists(beside) ? beside : settings.Executable;
        Port = FreePort();
    }

    /// <summary>The same for as long as the host lives.</summary>
    public int Port { get; }

    public Uri Address => new($"http://127.0.0.1:{Port.ToString(System.Globalization.CultureInfo.InvariantCulture)}");

    public HandlerProcess Current => _all[^1];

    /// <summary>Ends when the latest one answers; false where it never did.</summary>
    public Task<bool> Ready => _ready;

    public int Starts => _all.Count;

    public bool HasGivenUp => _errors >= MostErrors;

    /// <summary>Everything that all of them said, both ways.</summary>
    public string Said => string.Join('\n', _all.SelectMany(static process => process.Output.Concat(process.Errors)));

    public static int FreePort()
    {
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        return ((IPEndPoint)free.LocalEndpoint).Port;
    }

    public static async Task<HandlerSlot> StartAsync(string folder, HostSettings settings, IReadOnlyDictionary<string, string?> environment)
    {
        var slot = new HandlerSlot(folder, settings, environment);
        if (await slot.StartOneAsync())
        {
            return slot;
        }

        var said = slot.Said;
        await slot.DisposeAsync();
        throw new InvalidOperationException($"The handler was not ready:\n{said}");
    }

    /// <summary>The host's own kill, after a function's timeout: it counts as an error, and the handler comes back.</summary>
    public Task KillAsync() => Current.KillAsync();

    public async ValueTask DisposeAsync()
    {
        _isClosing = true;
        await _turn.WaitAsync();
        foreach (var process in _all)
        {
            await process.DisposeAsync();
        }

        _probe.Dispose();
        _turn.Dispose();
    }

    private async Task<bool> StartOneAsync()
    {
        var process = HandlerProcess.Start(_executable, _folder, Port, _environment);
        _all.Add(process);
        _ = WatchAsync(process);
        _ready = process.ReadyAsync(_probe, Port);
        return await _ready;
    }

    private async Task WatchAsync(HandlerProcess process)
    {
        var code = await process.EndedAsync();
        if (_isClosing)
        {
            return;
        }

        await _turn.WaitAsync();
        try
        {
            if (!_isClosing && code != 0 && ++_errors < MostErrors)
            {
                await StartOneAsync();
            }
        }
        finally
        {
            _turn.Release();
        }
    }
}
