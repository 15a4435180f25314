using Shouldly;
using Xunit;

namespace Gating.Tests;

/// <summary>Random bytes are drawn a block at once: none is given out twice, and what was given out is nowhere any more.</summary>
public sealed class RandomBytesTests
{
    [Fact]
    public void No_two_ids_are_alike_whatever_their_lengths_and_whichever_thread_asks()
    {
        const int Each = 5000;
        var drawn = new HashSet<UInt128>[4];
        Parallel.For(0, drawn.Length, thread =>
        {
            drawn[thread] = [];
            Span<byte> bytes = stackalloc byte[20];
            for (var i = 0; i < Each; i++)
            {
                // Lengths that do not divide a block: what is left of one at its end is too short.
                RandomBytes.Fill(bytes[..(16 + (i % 5))]);
                drawn[thread].Add(BitConverter.ToUInt128(bytes));
            }
        });
        drawn.SelectMany(static ids => ids).Distinct().Count().ShouldBe(drawn.Length * Each);
    }

    [Fact]
    public void Every_byte_is_filled_up_to_a_whole_block()
    {
        var seen = new bool[512];
        var bytes = new byte[512];
        for (var i = 0; i < 64; i++)
        {
            Array.Clear(bytes);
            RandomBytes.Fill(bytes);
            for (var at = 0; at < bytes.Length; at++)
            {
                seen[at] |= bytes[at] != 0;
            }
        }

        seen.ShouldAllBe(static filled => filled);
    }

    [Fact]
    public void More_than_a_block_is_not_to_be_had()
    {
        Should.Throw<ArgumentOutOfRangeException>(static () => RandomBytes.Fill(new byte[513]));
    }
}
