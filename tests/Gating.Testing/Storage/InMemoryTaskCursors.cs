using System.Collections.Concurrent;

namespace Gating.Testing.Storage;

/// <summary>Cursors in memory.</summary>
public sealed class InMemoryTaskCursors(Faults? faults = null) : ITaskCursors
{
    private readonly ConcurrentDictionary<string, string> _values = new(StringComparer.Ordinal);

    public Faults Faults { get; } = faults ?? new();

    public Task<string?> ReadAsync(string task, CancellationToken cancellation) => Faults.RunAsync(StoreCall.ReadCursor, () => _values.GetValueOrDefault(task), cancellation);

    public Task MoveAsync(string task, string value, CancellationToken cancellation) => Faults.RunAsync(StoreCall.MoveCursor, () => _values[task] = value, cancellation);
}
