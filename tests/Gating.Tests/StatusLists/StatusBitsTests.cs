using System.IO.Compression;
using Gating.StatusLists;
using Shouldly;
using Xunit;

namespace Gating.Tests.StatusLists;

public sealed class StatusBitsTests
{
    [Fact]
    public void The_first_place_is_the_lowest_bit_of_the_first_byte()
    {
        // The example of the draft, section 4.1: b9 a3.
        var bits = Inflate(StatusBits.Invalidate(StatusBits.AllValid, [0, 3, 4, 5, 7, 8, 9, 13, 15]));

        bits[..3].ShouldBe([0xb9, 0xa3, 0]);
        bits.Length.ShouldBe(StatusList.Size / 8);
    }

    [Fact]
    public void First_and_last_place_are_apart_from_all_others()
    {
        var marked = StatusBits.Invalidate(StatusBits.AllValid, [0, StatusList.Size - 1]);

        Enumerable.Range(0, StatusList.Size).Where(place => !StatusBits.IsValid(marked, place)).ShouldBe([0, StatusList.Size - 1]);
        Enumerable.Range(0, StatusList.Size / 64).ShouldAllBe(static i => !StatusBits.IsValid(StatusBits.AllInvalid, i * 64));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(StatusList.Size)]
    public void A_place_outside_is_refused(int place) => Should.Throw<ArgumentOutOfRangeException>(() => StatusBits.Invalidate(StatusBits.AllValid, [place]));

    [Fact]
    public void What_is_marked_already_changes_nothing()
    {
        var marked = StatusBits.Invalidate(StatusBits.AllValid, [5]);

        StatusBits.Invalidate(marked, [5, 5]).Equals(marked).ShouldBeTrue();
    }

    [Theory]
    [InlineData(StatusList.Size / 8 - 1)]
    [InlineData(StatusList.Size / 8 + 1)]
    [InlineData(0)]
    public void A_stored_list_of_another_size_is_not_guessed_at(int bytes)
    {
        using var written = new MemoryStream();
        using (var zlib = new ZLibStream(written, CompressionLevel.Fastest))
        {
            zlib.Write(new byte[bytes]);
        }

        Should.Throw<FormatException>(() => StatusBits.IsValid(written.ToArray(), 0));
        Should.Throw<FormatException>(static () => StatusBits.IsValid("no zlib"u8.ToArray(), 0));
    }

    private static byte[] Inflate(ReadOnlyMemory<byte> compressed)
    {
        using var zlib = new ZLibStream(new MemoryStream(compressed.ToArray()), CompressionMode.Decompress);
        using var bits = new MemoryStream();
        zlib.CopyTo(bits);
        return bits.ToArray();
    }
}
