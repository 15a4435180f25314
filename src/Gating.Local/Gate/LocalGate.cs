using Gating.Local.OpenId;
using Gating.Local.Walk;

namespace Gating.Local.Gate;

/// <summary>The gate as this program runs it: the product's own app on Kestrel, over the Azurite that we started. The one place where the two meet.</summary>
internal sealed class LocalGate : IAsyncDisposable
{
    public Uri Address { get; }

    private LocalGate(Uri address) => Address = address;

    /// <summary>Seeds the registry and starts the gate. Throws <see cref="SetupException"/> (a port in use, storage that does not answer).</summary>
    public static Task<LocalGate> StartAsync(LocalGateOptions options, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        throw new SetupException("The gate is not part of this build yet.");
    }

    /// <summary>The verified ledger of a person, oldest entry first.</summary>
    public Task<IReadOnlyList<LedgerLine>> ReadLedgerAsync(string issuer, DemoPerson person, CancellationToken cancellation) =>
        throw new StepFailedException($"The gate at {Address} is not part of this build yet.");

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
