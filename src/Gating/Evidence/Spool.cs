using System.Buffers;

namespace Gating.Evidence;

/// <summary>
/// Lines that wait for their turn: a ZIP is written file after file, and all files come from one reading of the entries. They wait in a temporary file, not in memory; what is in hand is written out with <see cref="FlushAsync"/>. Owns the file.
/// </summary>
internal sealed class Spool(Stream file) : IAsyncDisposable
{
    private const int BufferSize = 64 * 1024;

    private readonly ArrayBufferWriter<byte> _hand = new(BufferSize);

    /// <summary>Lines so far.</summary>
    public long Lines { get; private set; }

    public void Add(ReadOnlySpan<byte> line, ReadOnlySpan<byte> end)
    {
        _hand.Write(line);
        _hand.Write(end);
        Lines++;
    }

    public async Task FlushAsync(CancellationToken cancellation)
    {
        await file.WriteAsync(_hand.WrittenMemory, cancellation);
        _hand.ResetWrittenCount();
    }

    /// <summary>Once, after everything: the lines go behind what is in <paramref name="target"/>. Returns how many there are.</summary>
    public async Task<long> CopyToAsync(BundleFile target, CancellationToken cancellation)
    {
        await FlushAsync(cancellation);
        file.Position = 0;
        var buffer = new byte[BufferSize];
        while (await file.ReadAsync(buffer, cancellation) is > 0 and var count)
        {
            await target.WriteAsync(buffer.AsMemory(0, count), cancellation);
        }

        return Lines;
    }

    public ValueTask DisposeAsync() => file.DisposeAsync();
}
