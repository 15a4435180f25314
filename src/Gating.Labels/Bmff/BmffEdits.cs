using System.Buffers.Binary;
using Gating.Labels.Media;

namespace Gating.Labels.Bmff;

/// <summary>
/// What is changed in a file of boxes. Sizes of the boxes around a change follow by themselves, and <see cref="Map"/> tells where a byte of the source comes to stand, so that offsets
/// can follow too. Only the changes are held in memory.
/// </summary>
internal sealed class BmffEdits
{
    /// <summary>Of tables and parts together; a moov changes in a few dozen places.</summary>
    private const int MaxEdits = 20_000;

    private readonly List<Edit> _edits = [];
    private readonly Dictionary<BmffBox, long> _growth = [];
    private (long From, long By)[]? _moves;

    /// <summary>Puts <paramref name="bytes"/> in place of what stands from <paramref name="from"/> up to <paramref name="to"/>, within <paramref name="parent"/> (null: within the file).</summary>
    public void Replace(BmffBox? parent, long from, long to, ReadOnlyMemory<byte> bytes)
    {
        Add(new(from, to, bytes, null));
        for (var box = parent; box is not null; box = box.Parent)
        {
            _growth[box] = GrowthOf(box) + bytes.Length - (to - from);
        }
    }

    public void Insert(BmffBox? parent, long at, ReadOnlyMemory<byte> bytes) => Replace(parent, at, at, bytes);

    public void Remove(BmffBox box) => Replace(box.Parent, box.Offset, box.End, default);

    /// <summary>A table of entries of <paramref name="unit"/> bytes, each with an offset into the file of <paramref name="width"/> bytes at <paramref name="place"/>, which follows.</summary>
    public void Follow(long from, long to, int unit, int place, int width) => Add(new(from, to, default, entries => Follow(entries, unit, place, width, from), unit));

    public long GrowthOf(BmffBox box) => _growth.GetValueOrDefault(box);

    /// <summary>Where the byte at <paramref name="offset"/> comes to stand. Asked for every chunk of a file: hence the sums, which stand only while nothing more is changed.</summary>
    public long Map(long offset)
    {
        _moves ??= Moves();
        var (low, high, by) = (0, _moves.Length, 0L);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_moves[middle].From <= offset)
            {
                (low, by) = (middle + 1, _moves[middle].By);
            }
            else
            {
                high = middle;
            }
        }

        return offset + by;
    }

    public Splice ToSplice(MediaSource source)
    {
        foreach (var (box, growth) in _growth.Where(static box => box.Value != 0 && !box.Key.IsToTheEnd).ToArray())
        {
            Resize(box, growth);
        }

        var splice = new Splice();
        var kept = 0L;

        // Stable: what is put in at the end of a box stands before the box behind it, and in the order in which it was asked for.
        foreach (var edit in _edits.OrderBy(static edit => edit.From).ThenBy(static edit => edit.To))
        {
            splice.Keep(kept, edit.From);
            _ = edit.Follow is null ? splice.Write(edit.Bytes) : splice.Change(edit.From, edit.To, edit.Unit, edit.Follow);
            kept = edit.To;
        }

        return splice.Keep(kept, source.Length);
    }

    private (long From, long By)[] Moves()
    {
        var moves = _edits.Where(static edit => edit.Follow is null && edit.Bytes.Length != edit.To - edit.From).OrderBy(static edit => edit.To).Select(static edit => (edit.To, By: edit.Bytes.Length - (edit.To - edit.From))).ToArray();
        for (var i = 1; i < moves.Length; i++)
        {
            moves[i].By += moves[i - 1].By;
        }

        return moves;
    }

    private void Resize(BmffBox box, long growth)
    {
        var size = box.End - box.Offset + growth;
        if (box.HasLargeSize)
        {
            var large = new byte[8];
            BinaryPrimitives.WriteInt64BigEndian(large, size);
            Add(new(box.Offset + 8, box.Offset + 16, large, null));
            return;
        }

        if (size > uint.MaxValue)
        {
            throw MediaException.Unsupported(box.Offset, "A box would outgrow its 32-bit size.");
        }

        var small = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(small, (uint)size);
        Add(new(box.Offset, box.Offset + 4, small, null));
    }

    private void Follow(Memory<byte> entries, int unit, int place, int width, long from)
    {
        for (var at = place; at + width <= entries.Length; at += unit)
        {
            var entry = entries.Span.Slice(at, width);
            if (width == 4)
            {
                var mapped = Map(BinaryPrimitives.ReadUInt32BigEndian(entry));
                BinaryPrimitives.WriteUInt32BigEndian(entry, mapped is >= 0 and <= uint.MaxValue ? (uint)mapped : throw MediaException.Unsupported(from, "An offset would no longer fit into 32 bits."));
            }
            else if (BinaryPrimitives.ReadInt64BigEndian(entry) is >= 0 and < long.MaxValue / 2 and var offset)
            {
                BinaryPrimitives.WriteInt64BigEndian(entry, Map(offset));
            }
        }
    }

    private void Add(Edit edit)
    {
        _edits.Add(edit);
        _moves = null;
        if (_edits.Count > MaxEdits)
        {
            throw MediaException.Unsupported(edit.From, $"More than {MaxEdits} places that hold offsets into the file.");
        }
    }

    private sealed record Edit(long From, long To, ReadOnlyMemory<byte> Bytes, Action<Memory<byte>>? Follow, int Unit = 1);
}
