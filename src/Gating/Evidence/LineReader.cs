namespace Gating.Evidence;

/// <summary>Reads lines that end in LF, one at a time, with a buffer of at most <see cref="BundleFormat.MaxLine"/>. After the last line <see cref="Problem"/> says whether it was one.</summary>
/// <param name="problem">What is wrong already.</param>
internal sealed class LineReader(Stream stream, string? problem = null) : IAsyncDisposable
{
    private byte[] _buffer = new byte[16 * 1024];
    private int _start;
    private int _end;
    private long _read;

    /// <summary>Lines read so far.</summary>
    public long Lines { get; private set; }

    /// <summary>Why there are no more lines, where that is not because there are no more.</summary>
    public string? Problem { get; private set; } = problem;

    /// <summary>The next line without its end, good until the next call; null after the last.</summary>
    public async ValueTask<ReadOnlyMemory<byte>?> NextAsync(CancellationToken cancellation)
    {
        for (var searched = 0; Problem is null;)
        {
            if (_buffer.AsSpan(_start + searched, _end - _start - searched).IndexOf((byte)'\n') is >= 0 and var length)
            {
                var line = _buffer.AsMemory(_start, searched + length);
                _start += searched + length + 1;
                Lines++;
                Problem = Lines > BundleFormat.MaxLines + 1 ? $"it has more than {BundleFormat.MaxLines} lines" : null;
                return Problem is null ? line : null;
            }

            searched = _end - _start;
            if (!await FillAsync(cancellation))
            {
                Problem ??= searched > 0 ? $"line {Lines + 1} does not end" : null;
                return null;
            }
        }

        return null;
    }

    public ValueTask DisposeAsync() => stream.DisposeAsync();

    private async ValueTask<bool> FillAsync(CancellationToken cancellation)
    {
        if (_end - _start > BundleFormat.MaxLine)
        {
            Problem = $"line {Lines + 1} has more than {BundleFormat.MaxLine} bytes";
            return false;
        }

        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        (_start, _end) = (0, _end - _start);
        if (_end == _buffer.Length)
        {
            Array.Resize(ref _buffer, 2 * _buffer.Length);
        }

        try
        {
            var count = await stream.ReadAsync(_buffer.AsMemory(_end), cancellation);
            _end += count;
            _read += count;
            Problem = _read > BundleFormat.MaxFile ? $"it is longer than {BundleFormat.MaxFile} bytes" : null;
            return count > 0 && Problem is null;
        }
        catch (Exception wrong) when (wrong is InvalidDataException or IOException)
        {
            Problem = "it cannot be unpacked";
            return false;
        }
    }
}
