using Gating.Local.OpenId;
using Xunit;

namespace Gating.Testing.Processes;

/// <summary>The shared OpenID provider as an xunit fixture (<c>IClassFixture</c> or a collection's).</summary>
public sealed class OpenIdProviderFixture : IAsyncLifetime
{
    public OpenIdProviderProcess Provider { get; private set; } = null!;

    public async Task InitializeAsync() => Provider = await SharedProcesses.ProviderAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    /// <summary>The ID token of a person who signs in to <paramref name="client"/> (default: <see cref="OpenIdClient.Studio"/>).</summary>
    public Task<string> SignInAsync(DemoPerson person, OpenIdClient? client = null) =>
        new OpenIdLogin(Provider.Issuer, client ?? OpenIdClient.Studio).SignInAsync(person, CancellationToken.None);
}
