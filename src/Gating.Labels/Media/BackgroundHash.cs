using System.Buffers;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Gating.Labels.Media;

/// <summary>
/// SHA-256 of a large file on a thread of its own, read by offset from the file itself, up to where it is known to be written. What is hashed is therefore what the file holds, not what
/// was meant for it. A thread, and not one of the pool: the caller waits for it, and a pool whose threads all wait would stand still.
/// </summary>
internal sealed class BackgroundHash : IDisposable
{
    /// <summary>Below it, starting a thread costs more than it saves.</summary>
    private const long LeastLength = 4 * 1024 * 1024;

    private const int BufferSize = 128 * 1024;

    private readonly Lock _lock = new();
    private readonly AutoResetEvent _moved = new(initialState: false);
    private readonly SafeFileHandle _file;
    private readonly Task<byte[]> _hash;
    private long _available;
    private bool _isWhole;

    private BackgroundHash(SafeFileHandle file, long available, bool isWhole)
    {
        (_file, _available, _isWhole) = (file, available, isWhole);
        _hash = Task.Factory.StartNew(Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>Of a file that is there; null where it is small, or no file.</summary>
    public static BackgroundHash? OfWhole(Stream stream) =>
        stream is FileStream file && file.Length >= LeastLength ? new(file.SafeFileHandle, file.Length, isWhole: true) : null;

    /// <summary>Of a file that is about to be written; null where it will be small, or is no file.</summary>
    public static BackgroundHash? OfWritten(Stream stream, long length) => stream is FileStream file && length >= LeastLength ? new(file.SafeFileHandle, 0, isWhole: false) : null;

    /// <summary>So much of the file is written, and has left the stream's own buffer.</summary>
    public void Advance(long available) => Move(available, isWhole: false);

    /// <summary>Waits for the hash of <paramref name="length"/> bytes, which are all.</summary>
    public byte[] Finish(long length)
    {
        Move(length, isWhole: true);
        return _hash.GetAwaiter().GetResult();
    }

    /// <summary>Returns only when its thread no longer reads.</summary>
    public void Dispose()
    {
        Move(0, isWhole: true);
        ((IAsyncResult)_hash).AsyncWaitHandle.WaitOne();
        _moved.Dispose();
    }

    private void Move(long available, bool isWhole)
    {
        lock (_lock)
        {
            (_available, _isWhole) = (available, isWhole);
        }

        _moved.Set();
    }

    private byte[] Run()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            for (var at = 0L; Wait(at) is > 0 and var count; at += count)
            {
                count = RandomAccess.Read(_file, buffer.AsSpan(0, (int)Math.Min(BufferSize, count)), at);
                if (count == 0)
                {
                    throw new MediaException(MediaFault.Truncated, at, "The file became shorter while it was hashed.");
                }

                hash.AppendData(buffer, 0, (int)count);
            }

            return hash.GetHashAndReset();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Bytes that can be read behind <paramref name="at"/>; 0 or less where there will be no more.</summary>
    private long Wait(long at)
    {
        while (true)
        {
            lock (_lock)
            {
                if (_available > at || _isWhole)
                {
                    return _available - at;
                }
            }

            _moved.WaitOne();
        }
    }
}
