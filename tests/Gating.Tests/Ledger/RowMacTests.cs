using Gating.Ledger;
using Shouldly;
using Xunit;

namespace Gating.Tests.Ledger;

public sealed class RowMacTests
{
    private static readonly RowMac Mac = new(new([.. Enumerable.Range(0, OperatorKey.Size).Select(static i => (byte)i)]));

    private static readonly byte[] Place = [.. Enumerable.Repeat((byte)0x11, StreamId.Size)];

    /// <summary>Made by another program (Python's hmac and a HKDF of its own) from what is written.</summary>
    [Theory]
    [InlineData(RowMacKind.Head, 0x11, 16, "68656164", "9fb6b6666a66d14388fc6747a97b9c3f")]
    [InlineData(RowMacKind.LogState, 0, 0, "7374617465", "318333f816a3435060643b0a0393ebea")]
    [InlineData(RowMacKind.Name, 0x22, 32, "33333333333333333333333333333333", "1a9fe4637375a6d2fee1ed4f6d09560c")]
    public void It_is_as_the_vector_says(RowMacKind kind, byte place, int length, string bytes, string mac)
    {
        var where = Enumerable.Repeat(place, length).ToArray();
        Convert.ToHexStringLower(Mac.Of(kind, where, Convert.FromHexString(bytes))).ShouldBe(mac);
        Mac.Holds(kind, where, Convert.FromHexString(bytes), Convert.FromHexString(mac)).ShouldBeTrue();
    }

    [Fact]
    public void It_holds_of_nothing_else()
    {
        byte[] bytes = [1, 2, 3];
        var mac = Mac.Of(RowMacKind.Head, Place, bytes);
        for (var bit = 0; bit < 8 * RowMac.Size; bit++)
        {
            var flipped = mac.ToArray();
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            Mac.Holds(RowMacKind.Head, Place, bytes, flipped).ShouldBeFalse();
        }

        Mac.Holds(RowMacKind.Head, Place, [1, 2, 4], mac).ShouldBeFalse();
        Mac.Holds(RowMacKind.Head, [.. Place[..^1], 0x12], bytes, mac).ShouldBeFalse();
        Mac.Holds(RowMacKind.Name, Place, bytes, mac).ShouldBeFalse();
        Mac.Holds(RowMacKind.Head, Place, bytes, mac.AsSpan(0, RowMac.Size - 1)).ShouldBeFalse();
        Mac.Holds(RowMacKind.Head, Place, bytes, []).ShouldBeFalse();
        new RowMac(new(new byte[OperatorKey.Size])).Holds(RowMacKind.Head, Place, bytes, mac).ShouldBeFalse();
    }
}
