namespace Gating.Log.Notes;

/// <summary>Ed25519 (RFC 8032) on values. Every method throws <see cref="Ed25519UnavailableException"/> where libcrypto is not there; safe for concurrent use.</summary>
internal static class Ed25519
{
    /// <summary>Bytes of a private key's seed, and of a public key.</summary>
    public const int KeySize = 32;

    public const int SignatureSize = 64;

    public static byte[] PublicKeyOf(ReadOnlySpan<byte> seed)
    {
        using var key = Made(LibCrypto.NewPrivateKey(LibCrypto.Ed25519, IntPtr.Zero, seed, (nuint)seed.Length));
        var (bytes, length) = (new byte[KeySize], (nuint)KeySize);
        return LibCrypto.GetPublicKey(key, bytes, ref length) == 1 && length == KeySize ? bytes : throw Refused("give the public key");
    }

    public static byte[] Sign(ReadOnlySpan<byte> seed, ReadOnlySpan<byte> data)
    {
        using var key = Made(LibCrypto.NewPrivateKey(LibCrypto.Ed25519, IntPtr.Zero, seed, (nuint)seed.Length));
        using var context = LibCrypto.NewContext();
        var (signature, length) = (new byte[SignatureSize], (nuint)SignatureSize);
        return LibCrypto.SignInit(context, IntPtr.Zero, IntPtr.Zero, IntPtr.Zero, key) == 1
            && LibCrypto.Sign(context, signature, ref length, data, (nuint)data.Length) == 1
            && length == SignatureSize
            ? signature
            : throw Refused("sign");
    }

    /// <summary>False for a signature of another length and for a key that is no point of the curve, too.</summary>
    public static bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        if (signature.Length != SignatureSize || publicKey.Length != KeySize)
        {
            return false;
        }

        using var key = Made(LibCrypto.NewPublicKey(LibCrypto.Ed25519, IntPtr.Zero, publicKey, (nuint)publicKey.Length));
        using var context = LibCrypto.NewContext();
        if (LibCrypto.VerifyInit(context, IntPtr.Zero, IntPtr.Zero, IntPtr.Zero, key) != 1)
        {
            throw Refused("verify");
        }

        var isValid = LibCrypto.Verify(context, signature, (nuint)signature.Length, data, (nuint)data.Length) == 1;
        LibCrypto.ClearErrors();
        return isValid;
    }

    private static LibCrypto.Key Made(LibCrypto.Key key) => key.IsInvalid ? throw Refused("take a key") : key;

    private static Ed25519UnavailableException Refused(string what)
    {
        LibCrypto.ClearErrors();
        return new($"libcrypto did not {what} for Ed25519.");
    }
}
