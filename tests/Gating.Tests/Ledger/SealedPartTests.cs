using System.Security.Cryptography;
using Gating.Ledger;
using Shouldly;
using Xunit;

namespace Gating.Tests.Ledger;

public sealed class SealedPartTests
{
    private static readonly StreamId Stream = new(new(0, 42));
    private static readonly OperatorKey Key = new(new byte[32]);

    [Fact]
    public void What_was_sealed_opens_in_its_place()
    {
        using var cipher = SealedPart.Cipher(Key.SealingKey(new byte[32]));
        var bytes = SealedPart.Seal(cipher, Stream, 3, EntryKind.Granted, "secret"u8);
        SealedPart.Open(cipher, Stream, 3, EntryKind.Granted, bytes).ShouldBe("secret"u8.ToArray());
    }

    [Fact]
    public void Sealing_twice_never_repeats_a_nonce()
    {
        using var cipher = SealedPart.Cipher(Key.SealingKey(new byte[32]));
        var nonces = Enumerable.Range(0, 1000).Select(_ => Convert.ToHexString(SealedPart.Seal(cipher, Stream, 3, EntryKind.Granted, "secret"u8).AsSpan(1, 12)));
        nonces.Distinct(StringComparer.Ordinal).Count().ShouldBe(1000);
    }

    [Theory]
    [InlineData(43, 3, EntryKind.Granted)]
    [InlineData(42, 4, EntryKind.Granted)]
    [InlineData(42, 3, EntryKind.Refused)]
    public void Moved_to_another_place_it_does_not_open(int stream, long seq, EntryKind kind)
    {
        using var cipher = SealedPart.Cipher(Key.SealingKey(new byte[32]));
        var bytes = SealedPart.Seal(cipher, Stream, 3, EntryKind.Granted, "secret"u8);
        Should.Throw<AuthenticationTagMismatchException>(() => SealedPart.Open(cipher, new(new(0, (ulong)stream)), seq, kind, bytes));
    }

    [Fact]
    public void Without_the_salt_it_does_not_open()
    {
        using var cipher = SealedPart.Cipher(Key.SealingKey(RandomNumberGenerator.GetBytes(32)));
        using var other = SealedPart.Cipher(Key.SealingKey([]));
        var bytes = SealedPart.Seal(cipher, Stream, 3, EntryKind.Granted, "secret"u8);
        Should.Throw<AuthenticationTagMismatchException>(() => SealedPart.Open(other, Stream, 3, EntryKind.Granted, bytes));
    }

    [Fact]
    public void Any_changed_byte_is_noticed()
    {
        using var cipher = SealedPart.Cipher(Key.SealingKey(new byte[32]));
        var bytes = SealedPart.Seal(cipher, Stream, 3, EntryKind.Granted, "secret"u8);
        for (var i = 0; i < bytes.Length; i++)
        {
            var changed = bytes.ToArray();
            changed[i] ^= 1;
            Should.Throw<Exception>(() => SealedPart.Open(cipher, Stream, 3, EntryKind.Granted, changed)).ShouldBeAssignableTo<Exception>();
        }
    }
}
