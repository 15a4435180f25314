namespace Gating.Fsck;

/// <summary>A sequence whose next item can be looked at before it is taken. Not safe for concurrent use.</summary>
internal sealed class Peeked<T>(IAsyncEnumerable<T> items, CancellationToken cancellation) : IAsyncDisposable
    where T : class
{
    private readonly IAsyncEnumerator<T> _items = items.GetAsyncEnumerator(cancellation);
    private bool _isRead;
    private T? _next;

    /// <summary>Null after the last.</summary>
    public async ValueTask<T?> PeekAsync()
    {
        if (!_isRead)
        {
            _next = await _items.MoveNextAsync() ? _items.Current : null;
            _isRead = true;
        }

        return _next;
    }

    public void Take() => _isRead = _next is null;

    public ValueTask DisposeAsync() => _items.DisposeAsync();
}
