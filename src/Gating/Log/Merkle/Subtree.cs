using System.Numerics;

namespace Gating.Log.Merkle;

/// <summary>Leaves <paramref name="Start"/> up to but not <paramref name="End"/>, as one node of some tree has them below it.</summary>
public readonly record struct Subtree(long Start, long End)
{
    public long Size => End - Start;

    /// <summary>A tree has a node over exactly these leaves: the start is a multiple of the next power of two of the size.</summary>
    public bool IsValid => Start >= 0 && End >= Start && (Size < 2 || Start % (1L << Math.Min(62, BitOperations.Log2((ulong)Size - 1) + 1)) == 0);

    /// <summary>A whole tree of that size.</summary>
    public static Subtree Whole(long size) => new(0, size);
}
