using System.Security.Cryptography;
using Gating.Ledger;
using Shouldly;
using Xunit;

namespace Gating.Tests.Ledger;

/// <summary>A key that is set up once says what the library's own HMAC-SHA-256 says, whoever else uses it.</summary>
public sealed class MacKeyTests
{
    [Fact]
    public void It_is_the_libraries_code_of_the_parts_one_after_the_other_for_everybody_at_once()
    {
        var bytes = RandomNumberGenerator.GetBytes(32);
        var key = new MacKey(bytes);
        Parallel.For(0, 2000, i =>
        {
            var message = RandomNumberGenerator.GetBytes(i % 300);
            var (first, second) = (i % 7 * message.Length / 7, message.Length - (i % 3));
            (first, second) = (Math.Min(first, Math.Max(second, 0)), Math.Max(first, Math.Max(second, 0)));
            Span<byte> mac = stackalloc byte[32];
            key.Compute(mac, message.AsSpan(0, first), message.AsSpan(first, second - first), message.AsSpan(second));
            mac.SequenceEqual(HMACSHA256.HashData(bytes, message)).ShouldBeTrue();
        });
    }

    [Fact]
    public void What_went_wrong_leaves_nothing_behind()
    {
        var bytes = RandomNumberGenerator.GetBytes(32);
        var key = new MacKey(bytes);
        Should.Throw<ArgumentException>(() => key.Compute(new byte[31], "lost"u8));
        Span<byte> mac = stackalloc byte[32];
        key.Compute(mac, "told"u8);
        mac.SequenceEqual(HMACSHA256.HashData(bytes, "told"u8)).ShouldBeTrue();
    }
}
