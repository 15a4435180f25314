using Azure.Storage.Queues;
using Gating.Local.Storage;

namespace Gating.Functions.Tests.Hosting;

/// <summary>
/// Stands for the Azure Functions host in front of the published gate: made from host.json and function.json alone, it starts the executable, proxies HTTP to it and posts messages and timers to it. What it does was seen of, or read
/// in, version 4.1037 of the real one. It is stricter where more than one behaviour was seen. What it does not show: the front end of Azure, more than one instance, managed identities.
/// </summary>
internal sealed class ContractHost : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly HttpClient _invoker = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, ActivityHeadersPropagator = null }) { Timeout = Timeout.InfiniteTimeSpan };
    private readonly HostProxy _proxy;
    private readonly Task _listening;

    private ContractHost(HostSettings settings, IReadOnlyList<FunctionFile> functions, HandlerSlot handler, HostProxy proxy, QueueServiceClient? queues)
    {
        (Settings, Functions, Handler, _proxy) = (settings, functions, handler, proxy);
        _listening = queues is null
            ? Task.CompletedTask
            : Task.WhenAll(functions.Where(static function => function.IsQueue).Select(function => new QueueListener(function, settings, queues, InvokeAsync).RunAsync(_stopping.Token)));
    }

    public HostSettings Settings { get; }

    public IReadOnlyList<FunctionFile> Functions { get; }

    public HandlerSlot Handler { get; }

    /// <summary>Where the outside reaches it.</summary>
    public Uri Address => _proxy.Address;

    /// <param name="environment">Settings of the app, as the host's environment has them.</param>
    /// <param name="azurite">Whose queues are listened to; null for none.</param>
    /// <param name="change">What an app setting <c>AzureFunctionsJobHost__…</c> would change of host.json.</param>
    public static async Task<ContractHost> StartAsync(string folder, IReadOnlyDictionary<string, string?> environment, AzuriteProcess? azurite = null, Func<HostSettings, HostSettings>? change = null)
    {
        var settings = HostSettings.Read(folder);
        settings = change?.Invoke(settings) ?? settings;
        var functions = FunctionFile.ReadAll(folder);
        var handler = await HandlerSlot.StartAsync(folder, settings, environment);
        var proxy = await HostProxy.StartAsync(functions, settings.RoutePrefix, handler.Address, () => handler.Ready);
        return new(settings, functions, handler, proxy, azurite is null ? null : QueueListener.Client(azurite.Queue, AzuriteProcess.AccountName, AzuriteProcess.AccountKey));
    }

    public FunctionFile Function(string name) => Functions.Single(function => function.Name == name);

    /// <summary>Posts it to the handler. A handler that is down is a failure; one that answers nothing at all is killed when the function's time is over.</summary>
    public async Task<InvocationResult> InvokeAsync(FunctionFile function, string body)
    {
        using var late = new CancellationTokenSource(Settings.FunctionTimeout);
        try
        {
            using var request = Invocation.Request(Handler.Address, function.Name, body);
            using var answer = await _invoker.SendAsync(request, late.Token);
            var result = await Invocation.ResultAsync(answer);
            if (result is InvocationResult.Hang)
            {
                await Handler.KillAsync();
            }

            return result;
        }
        catch (HttpRequestException)
        {
            return InvocationResult.Failure;
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested)
        {
            await Handler.KillAsync();
            return InvocationResult.Hang;
        }
    }

    public Task<InvocationResult> RunTimerAsync(string name) => InvokeAsync(Function(name), Invocation.OfTimer(Function(name)));

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _listening.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _proxy.DisposeAsync();
        await Handler.DisposeAsync();
        _invoker.Dispose();
        _stopping.Dispose();
    }
}
