using System.Globalization;
using System.Runtime.CompilerServices;
using Gating.StatusLists;
using Gating.Timelines;

namespace Gating.Testing.Storage;

/// <summary>Status lists in memory.</summary>
public sealed class InMemoryStatusListStore(Faults? faults = null) : IStatusListStore
{
    private readonly Lock _lock = new();
    private readonly Dictionary<StatusListId, (StatusList List, long Version)> _lists = [];
    private readonly HashSet<(UtcHour Hour, StatusListId Id)> _names = [];
    private long _versions;

    public Faults Faults { get; } = faults ?? new();

    public Task<StoredStatusList?> ReadAsync(StatusListId id, CancellationToken cancellation) => RunAsync(
        StoreCall.ReadStatusList, () => _lists.TryGetValue(id, out var row) ? new StoredStatusList(row.List, row.Version.ToString(CultureInfo.InvariantCulture)) : null, cancellation);

    public Task<bool> AddAsync(StatusList list, CancellationToken cancellation) => RunAsync(
        StoreCall.AddStatusList,
        () =>
        {
            _names.Add((list.Hour, list.Id));
            return _lists.TryAdd(list.Id, (list, ++_versions));
        },
        cancellation);

    public Task<bool> ReplaceAsync(StatusList list, string token, CancellationToken cancellation) => RunAsync(
        StoreCall.ReplaceStatusList,
        () =>
        {
            if (!_lists.TryGetValue(list.Id, out var row) || row.Version.ToString(CultureInfo.InvariantCulture) != token)
            {
                return false;
            }

            _lists[list.Id] = (list, ++_versions);
            return true;
        },
        cancellation);

    public async IAsyncEnumerable<StatusListId> ListAsync(UtcHour hour, [EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (var name in await RunAsync(StoreCall.ListStatusLists, () => _names.Where(name => name.Hour == hour).ToArray(), cancellation))
        {
            yield return name.Id;
        }
    }

    public Task RemoveAsync(UtcHour hour, StatusListId id, CancellationToken cancellation) => RunAsync(
        StoreCall.RemoveStatusList, () => _lists.Remove(id) | _names.Remove((hour, id)), cancellation);

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
