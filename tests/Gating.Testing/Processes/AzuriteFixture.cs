using Gating.Local.Storage;
using Xunit;

namespace Gating.Testing.Processes;

/// <summary>The shared Azurite as an xunit fixture (<c>IClassFixture</c> or a collection's).</summary>
public sealed class AzuriteFixture : IAsyncLifetime
{
    public AzuriteProcess Azurite { get; private set; } = null!;

    public async Task InitializeAsync() => Azurite = await SharedProcesses.AzuriteAsync();

    public Task DisposeAsync() => Task.CompletedTask;
}
