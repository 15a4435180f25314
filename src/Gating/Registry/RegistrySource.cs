namespace Gating.Registry;
public sealed class RegistrySource { public static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(2); public ValueTask<RegistrySnapshot> GetAsync(CancellationToken cancellation) => throw new InvalidOperationException(); }
