using System.Security.Cryptography;

namespace Gating;

/// <summary>
/// Random bytes for ids and nonces, of which a request needs several: the system's generator costs some microseconds a call, whatever is asked of it, so that each thread draws a block at once. A byte is given out once and
/// wiped where it was. For what has to stay secret for longer than a request (keys, salts, secrets) ask <see cref="RandomNumberGenerator"/> itself: nothing of it lies about beforehand.
/// </summary>
internal static class RandomBytes
{
    private const int BlockSize = 512;

    [ThreadStatic]
    private static Block? _block;

    /// <param name="bytes">At most 512.</param>
    public static void Fill(Span<byte> bytes)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes.Length, BlockSize, nameof(bytes));
        (_block ??= new()).Take(bytes);
    }

    private sealed class Block
    {
        private readonly byte[] _bytes = new byte[BlockSize];
        private int _taken = BlockSize;

        public void Take(Span<byte> bytes)
        {
            if (_taken + bytes.Length > BlockSize)
            {
                RandomNumberGenerator.Fill(_bytes);
                _taken = 0;
            }

            var next = _bytes.AsSpan(_taken, bytes.Length);
            next.CopyTo(bytes);
            next.Clear();
            _taken += bytes.Length;
        }
    }
}
