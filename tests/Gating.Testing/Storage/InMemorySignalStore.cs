using System.Globalization;
using System.Runtime.CompilerServices;
using Gating.Signals;

namespace Gating.Testing.Storage;

/// <summary>Streams of security events in memory.</summary>
public sealed class InMemorySignalStore(Faults? faults = null) : ISignalStore
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, (SignalStream Stream, long Version)> _streams = new(StringComparer.Ordinal);
    private readonly Dictionary<(string App, string Id), (SecurityEvent Signal, bool Waits)> _signals = [];
    private long _versions;

    public Faults Faults { get; } = faults ?? new();

    public Task<StoredSignalStream?> FindStreamAsync(string app, CancellationToken cancellation) => RunAsync(
        StoreCall.FindSignalStream, () => _streams.TryGetValue(app, out var row) ? new StoredSignalStream(row.Stream, Token(row.Version)) : null, cancellation);

    public Task<bool> WriteStreamAsync(SignalStream stream, string? token, CancellationToken cancellation) => RunAsync(
        StoreCall.WriteSignalStream,
        () =>
        {
            var isAsRead = _streams.TryGetValue(stream.App, out var row) ? token == Token(row.Version) : token is null;
            if (isAsRead)
            {
                _streams[stream.App] = (stream, ++_versions);
            }

            return isAsRead;
        },
        cancellation);

    public Task<bool> RemoveStreamAsync(string app, string token, CancellationToken cancellation) => RunAsync(
        StoreCall.RemoveSignalStream,
        () =>
        {
            if (!_streams.TryGetValue(app, out var row) || token != Token(row.Version))
            {
                return false;
            }

            _streams.Remove(app);
            Remove(key => key.App == app);
            return true;
        },
        cancellation);

    public Task<KeptSignal> AddAsync(string app, SecurityEvent signal, CancellationToken cancellation) => RunAsync(
        StoreCall.AddSignal,
        () => _signals.TryAdd((app, signal.Id), (signal, true)) ? KeptSignal.Added : _signals[(app, signal.Id)].Waits ? KeptSignal.Waiting : KeptSignal.Received,
        cancellation);

    public Task<SecurityEvent?> FindAsync(string app, string id, CancellationToken cancellation) => RunAsync(
        StoreCall.FindSignal, () => _signals.TryGetValue((app, id), out var row) && row.Waits ? row.Signal : null, cancellation);

    public async IAsyncEnumerable<SecurityEvent> ReadAsync(string app, [EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (var signal in await RunAsync(StoreCall.ReadSignals, () => _signals.Where(row => row.Key.App == app && row.Value.Waits).Select(static row => row.Value.Signal).ToList(), cancellation))
        {
            yield return signal;
        }
    }

    public Task SettleAsync(string app, string id, CancellationToken cancellation) => RunAsync(
        StoreCall.SettleSignal,
        () =>
        {
            if (_signals.TryGetValue((app, id), out var row))
            {
                _signals[(app, id)] = (row.Signal, false);
            }

            return true;
        },
        cancellation);

    public Task PurgeAsync(string app, DateTimeOffset received, DateTimeOffset waiting, CancellationToken cancellation) => RunAsync(
        StoreCall.PurgeSignals,
        () =>
        {
            Remove(key => key.App == app && _signals[key] is var (signal, waits) && signal.At < (waits ? waiting : received));
            return true;
        },
        cancellation);

    private static string Token(long version) => version.ToString(CultureInfo.InvariantCulture);

    private void Remove(Predicate<(string App, string Id)> which)
    {
        foreach (var key in _signals.Keys.Where(key => which(key)).ToList())
        {
            _signals.Remove(key);
        }
    }

    private Task<T> RunAsync<T>(StoreCall call, Func<T> effect, CancellationToken cancellation) => Faults.RunAsync(
        call,
        () =>
        {
            lock (_lock)
            {
                return effect();
            }
        },
        cancellation);
}
