using Gating.Local.OpenId;
using Gating.Local.Processes;
using Gating.Local.Storage;

namespace Gating.Testing.Processes;

/// <summary>
/// One Azurite and one OpenID provider per test process, started when the first test asks. They end with the process (their standard input
/// closes), so that nobody has to dispose of them; tests keep apart by the names they use.
/// </summary>
public static class SharedProcesses
{
    private static readonly Lazy<Task<AzuriteProcess>> LazyAzurite = new(StartAzuriteAsync);

    private static readonly Lazy<Task<AzuriteProcess>> LazyBusyAzurite = new(StartAzuriteAsync);

    private static readonly Lazy<Task<OpenIdProviderProcess>> LazyProvider = new(StartProviderAsync);

    public static Task<AzuriteProcess> AzuriteAsync() => LazyAzurite.Value;

    /// <summary>Another one, for tests that keep theirs busy for minutes: gates of all others would wait behind them, and refuse where they cannot read their registry within two seconds.</summary>
    public static Task<AzuriteProcess> BusyAzuriteAsync() => LazyBusyAzurite.Value;

    /// <summary>The provider with <see cref="OpenIdProviderOptions.Default"/>. A test that rotates its keys starts one of its own.</summary>
    public static Task<OpenIdProviderProcess> ProviderAsync() => LazyProvider.Value;

    /// <summary>One of its own, for a test that waits for more of it than a neighbour leaves. The caller ends it.</summary>
    public static Task<AzuriteProcess> NewAzuriteAsync() => StartAzuriteAsync();

    /// <summary>For a test that needs a process of its own.</summary>
    public static Task<NodeRuntime> NodeAsync() => NodePackages.EnsureAsync(new ConsoleProgress(), CancellationToken.None);

    private static async Task<AzuriteProcess> StartAzuriteAsync() =>
        await AzuriteProcess.StartAsync(await NodeAsync(), new AzuriteOptions(), CancellationToken.None);

    private static async Task<OpenIdProviderProcess> StartProviderAsync() =>
        await OpenIdProviderProcess.StartAsync(await NodeAsync(), OpenIdProviderOptions.Default, TimeProvider.System, CancellationToken.None);

    private sealed class ConsoleProgress : IProgress<string>
    {
        public void Report(string value) => Console.Error.WriteLine(value);
    }
}
