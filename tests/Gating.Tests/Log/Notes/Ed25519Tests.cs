using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Gating.Log.Notes;
using Shouldly;
using Xunit;

namespace Gating.Tests.Log.Notes;

public sealed class Ed25519Tests
{
    /// <summary>RFC 8032 section 7.1, tests 1 to 3.</summary>
    [Theory]
    [InlineData("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "", "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b")]
    [InlineData("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb", "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72", "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00")]
    [InlineData("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7", "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82", "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a")]
    public void Keys_and_signatures_are_those_of_the_RFC(string seed, string publicKey, string message, string signature)
    {
        var (key, data) = (Convert.FromHexString(seed), Convert.FromHexString(message));
        Convert.ToHexStringLower(Ed25519.PublicKeyOf(key)).ShouldBe(publicKey);
        Convert.ToHexStringLower(Ed25519.Sign(key, data)).ShouldBe(signature);
        Ed25519.Verify(Convert.FromHexString(publicKey), data, Convert.FromHexString(signature)).ShouldBeTrue();
        Ed25519.Verify(Convert.FromHexString(publicKey), [.. data, 0], Convert.FromHexString(signature)).ShouldBeFalse();
    }

    [Fact]
    public void A_signature_with_any_bit_changed_or_of_another_length_is_false_and_leaves_no_error_behind()
    {
        var seed = RandomNumberGenerator.GetBytes(Ed25519.KeySize);
        var (key, data) = (Ed25519.PublicKeyOf(seed), "text"u8.ToArray());
        var signature = Ed25519.Sign(seed, data);
        for (var bit = 0; bit < 8 * signature.Length; bit++)
        {
            signature[bit / 8] ^= (byte)(1 << (bit % 8));
            Ed25519.Verify(key, data, signature).ShouldBeFalse($"bit {bit}");
            signature[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        Ed25519.Verify(key, data, signature.AsSpan(0, 63)).ShouldBeFalse();
        Ed25519.Verify(key.AsSpan(0, 31), data, signature).ShouldBeFalse();
        Ed25519.Verify(key, data, [.. signature, 0]).ShouldBeFalse();
        using var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        ecdsa.VerifyData(data, ecdsa.SignData(data, HashAlgorithmName.SHA256), HashAlgorithmName.SHA256).ShouldBeTrue();
    }

    [Fact]
    public async Task Many_at_once_sign_the_same()
    {
        var seed = RandomNumberGenerator.GetBytes(Ed25519.KeySize);
        var expected = Ed25519.Sign(seed, "text"u8);
        var all = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => Task.Run(() => Ed25519.Sign(seed, "text"u8))));
        all.Select(Convert.ToHexStringLower).Distinct(StringComparer.Ordinal).ShouldBe([Convert.ToHexStringLower(expected)]);
    }

    [Fact]
    public void Without_the_library_there_is_a_refusal_of_its_own_type_that_names_it()
    {
        var error = Should.Throw<Ed25519UnavailableException>(() => LibCrypto.Load(["libcrypto-that-is-not-there.so.9"], typeof(LibCrypto).Assembly, null));
        error.Message.ShouldContain("libcrypto-that-is-not-there.so.9");
    }

    [Fact]
    public void On_Linux_it_is_the_library_that_is_loaded_for_everything_else()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        Ed25519.PublicKeyOf(new byte[Ed25519.KeySize]).Length.ShouldBe(Ed25519.KeySize);
        using (SHA256.Create())
        {
        }

        var loaded = File.ReadLines("/proc/self/maps").Where(static line => line.Contains("libcrypto", StringComparison.Ordinal)).Select(static line => line[line.IndexOf('/', StringComparison.Ordinal)..]).Distinct(StringComparer.Ordinal);
        loaded.ShouldHaveSingleItem();
        NativeLibrary.TryGetExport(LibCrypto.Load(LibCrypto.Names, typeof(LibCrypto).Assembly, null), "EVP_PKEY_new_raw_private_key", out _).ShouldBeTrue();
    }
}
