using Gating.Registry;

namespace Gating.Testing.Storage;

/// <summary>The registry's rows in memory.</summary>
public sealed class InMemoryRegistryStore(Faults? faults = null) : IRegistryStore
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Kind, string Name), RegistryRow> _rows = [];
    private long _version;

    public Faults Faults { get; } = faults ?? new();

    public Task<long> ReadVersionAsync(CancellationToken cancellation) => RunAsync(StoreCall.ReadRegistryVersion, () => _version, cancellation);

    public Task<(long Version, IReadOnlyList<RegistryRow> Rows)> ReadAsync(CancellationToken cancellation) =>
        RunAsync(StoreCall.ReadRegistry, () => (_version, (IReadOnlyList<RegistryRow>)[.. _rows.Values]), cancellation);

    public Task<long?> WriteAsync(
        long expectedVersion, IReadOnlyList<RegistryRow> upserts, IReadOnlyList<RegistryRow> deletions, CancellationToken cancellation)
    {
        var names = upserts.Concat(deletions).Select(KeyOf).ToList();
        if (names.Distinct().Count() != names.Count)
        {
            throw new ArgumentException("The change names a row twice.", nameof(upserts));
        }

        return RunAsync<long?>(StoreCall.WriteRegistry, () => Write(expectedVersion, upserts, deletions), cancellation);
    }

    /// <summary>Somebody puts back what stood there before.</summary>
    public void PutBack(long version, IReadOnlyList<RegistryRow> rows)
    {
        lock (_lock)
        {
            _version = version;
            _rows.Clear();
            foreach (var row in rows)
            {
                _rows.Add(KeyOf(row), row);
            }
        }
    }

    private static (string Kind, string Name) KeyOf(RegistryRow row) => (row.Kind, row.Name);

    private long? Write(long expectedVersion, IReadOnlyList<RegistryRow> upserts, IReadOnlyList<RegistryRow> deletions)
    {
        if (expectedVersion != _version)
        {
            return null;
        }

        foreach (var row in upserts)
        {
            _rows[KeyOf(row)] = row;
        }

        foreach (var row in deletions)
        {
            _rows.Remove(KeyOf(row));
        }

        return ++_version;
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
