namespace Gating.Labels.Media;

/// <summary>One piece of a file that is put together.</summary>
internal abstract record Piece
{
    private Piece()
    {
    }

    /// <summary>Bytes of the source as they are.</summary>
    public sealed record Kept(long Offset, long Count) : Piece;

    /// <summary>New bytes.</summary>
    public sealed record Written(ReadOnlyMemory<byte> Bytes) : Piece;

    /// <summary>Bytes of the source in which something of a fixed width is changed on the way (offsets that move with what was inserted).</summary>
    /// <param name="Change">Is given whole multiples of <paramref name="Unit"/> bytes, in order.</param>
    public sealed record Changed(long Offset, long Count, int Unit, Action<Memory<byte>> Change) : Piece;

    /// <summary>Bytes that are made while the file is written, for parts that neither fit into memory nor are changed in units of one width (pages that are numbered anew).</summary>
    /// <param name="Make">Is given the source and where its bytes go, <paramref name="Count"/> of them in all.</param>
    public sealed record Made(long Count, Action<MediaSource, Action<ReadOnlyMemory<byte>>> Make) : Piece;

    /// <summary>The same for parts whose length is known only when they have been made: what is packed anew. Nothing in the file may count their bytes.</summary>
    public sealed record Streamed(Action<MediaSource, Action<ReadOnlyMemory<byte>>> Make) : Piece;

    /// <summary>0 where nobody knows it.</summary>
    public long Length => this switch
    {
        Kept kept => kept.Count,
        Written written => written.Bytes.Length,
        Changed changed => changed.Count,
        Made made => made.Count,
        Streamed => 0,
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}

/// <summary>How the labelled file is made of the source: what is kept, what is new, in order. Nothing is read or written while it is planned.</summary>
internal sealed class Splice
{
    private readonly List<Piece> _pieces = [];

    public IReadOnlyList<Piece> Pieces => _pieces;

    public long Length { get; private set; }

    /// <summary>Keeps what stands from <paramref name="from"/> up to <paramref name="to"/>, without it.</summary>
    public Splice Keep(long from, long to)
    {
        if (to < from)
        {
            throw MediaException.Malformed(from, "Parts of the file overlap.");
        }

        return to == from ? this : Add(_pieces is [.., Piece.Kept last] && last.Offset + last.Count == from && Drop(last) ? new Piece.Kept(last.Offset, last.Count + to - from) : new Piece.Kept(from, to - from));
    }

    public Splice Write(ReadOnlyMemory<byte> bytes) => bytes.IsEmpty ? this : Add(new Piece.Written(bytes));

    public Splice Change(long from, long to, int unit, Action<Memory<byte>> change) => to == from ? this : Add(new Piece.Changed(from, to - from, unit, change));

    public Splice Make(long count, Action<MediaSource, Action<ReadOnlyMemory<byte>>> make) => count == 0 ? this : Add(new Piece.Made(count, make));

    public Splice Stream(Action<MediaSource, Action<ReadOnlyMemory<byte>>> make) => Add(new Piece.Streamed(make));

    /// <summary>Adds what another splice of the same source has planned.</summary>
    public Splice Append(Splice other)
    {
        foreach (var piece in other._pieces)
        {
            Add(piece);
        }

        return this;
    }

    private Splice Add(Piece piece)
    {
        _pieces.Add(piece);
        Length += piece.Length;
        return this;
    }

    private bool Drop(Piece last)
    {
        _pieces.RemoveAt(_pieces.Count - 1);
        Length -= last.Length;
        return true;
    }
}
