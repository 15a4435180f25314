using System.Text.Json;
using Gating.Local.Processes;

namespace Gating.Local.OpenId;

/// <summary>
/// A demonstration OpenID provider on 127.0.0.1 (the certified oidc-provider), for as long as this object, or the process that made it, lives.
/// Authorization code with PKCE; ID tokens carry OpenID4IDA <c>verified_claims</c> (scope <c>identity</c>) and the person claim (scope <c>person</c>).
/// </summary>
public sealed class OpenIdProviderProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private readonly NodeProcess _process;

    private OpenIdProviderProcess(NodeProcess process, string issuer)
    {
        _process = process;
        Issuer = issuer;
    }

    /// <summary>Byte for byte the <c>iss</c> of its tokens, without a final slash.</summary>
    public string Issuer { get; }

    public int ProcessId => _process.Id;

    /// <summary>Completes when it has ended, with one sentence that says how.</summary>
    public Task<string> Ending => _process.EndingAsync();

    /// <summary>Starts it and returns when it answers. Throws <see cref="SetupException"/> (a port in use).</summary>
    public static async Task<OpenIdProviderProcess> StartAsync(
        NodeRuntime runtime, OpenIdProviderOptions options, TimeProvider clock, CancellationToken cancellation)
    {
        var process = NodeProcess.Start("the demonstration OpenID provider", runtime, "provider.mjs", []);
        try
        {
            var settings = ProviderSettings.From(options, clock.GetUtcNow());
            await process.SendAsync(JsonSerializer.Serialize(settings, ProviderJson.Default.ProviderSettings), cancellation);
            var ready = await process.NextEventAsync(StartLimit, cancellation);
            return new OpenIdProviderProcess(process, ready.GetProperty("issuer").GetString()!);
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Signs with fresh keys from now on. The old ones stay published unless <see cref="KeyRotation.Retire"/> or
    /// <see cref="KeyRotation.SameIds"/> says otherwise.
    /// </summary>
    public async Task RotateKeysAsync(KeyRotation rotation, CancellationToken cancellation)
    {
        var command = new RotateCommand("rotate", rotation is not KeyRotation.Keep, rotation is KeyRotation.SameIds);
        await _process.SendAsync(JsonSerializer.Serialize(command, ProviderJson.Default.RotateCommand), cancellation);
        await _process.NextEventAsync(StartLimit, cancellation);
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}

/// <summary>What becomes of the old keys.</summary>
public enum KeyRotation
{
    /// <summary>They stay in the key set behind the new ones.</summary>
    Keep = 1,

    /// <summary>They leave the key set at once.</summary>
    Retire = 2,

    /// <summary>They leave, and the new ones take over their <c>kid</c>s, as a careless provider does.</summary>
    SameIds = 3,
}
