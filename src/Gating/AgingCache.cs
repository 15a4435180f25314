using System.Collections.Concurrent;

namespace Gating;

/// <summary>
/// A bounded cache without timers: two halves, a young and an old one, of at most <paramref name="size"/> entries. What is used moves to the young one; when that is full it
/// becomes the old one, and what nobody used since is forgotten. Safe for concurrent use.
/// </summary>
public sealed class AgingCache<TKey, TValue>(int size)
    where TKey : notnull
{
    private readonly Lock _turn = new();
    private ConcurrentDictionary<TKey, TValue> _young = new();
    private ConcurrentDictionary<TKey, TValue> _old = new();

    public bool TryGet(TKey key, out TValue value)
    {
        if (_young.TryGetValue(key, out value!))
        {
            return true;
        }

        if (!_old.TryGetValue(key, out value!))
        {
            return false;
        }

        Set(key, value);
        return true;
    }

    public void Set(TKey key, TValue value)
    {
        _young[key] = value;
        TurnWhenFull();
    }

    /// <summary>Returns one and the same value to all who ask at once; <paramref name="create"/> may run more than once.</summary>
    public TValue GetOrAdd<TState>(TKey key, TState state, Func<TState, TValue> create)
    {
        if (_young.TryGetValue(key, out var value))
        {
            return value;
        }

        value = _young.GetOrAdd(key, _old.TryGetValue(key, out var old) ? old : create(state));
        TurnWhenFull();
        return value;
    }

    public void Remove(TKey key)
    {
        _young.TryRemove(key, out _);
        _old.TryRemove(key, out _);
    }

    private void TurnWhenFull()
    {
        // Counting a concurrent dictionary locks it; it is only done where something was added.
        if (_young.Count < size)
        {
            return;
        }

        lock (_turn)
        {
            if (_young.Count >= size)
            {
                _old = _young;
                _young = new();
            }
        }
    }
}
