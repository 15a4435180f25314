using System.Security.Cryptography;
using System.Text;
using Gating.Ledger;

namespace Gating.Signals;

/// <summary>Seals what a receiver wants to be sent as <c>Authorization</c>: AES-256-GCM under a key of its own, bound to the app. Whoever reads the table learns no receiver's secret.</summary>
public sealed class StreamSecrets(OperatorKey key)
{
    private const int NonceSize = 12;
    private const int TagSize = 16;

    private readonly byte[] _key = key.Derive([], "gating/signals/v1"u8);

    public ReadOnlyMemory<byte> Seal(string app, string text)
    {
        var plain = Encoding.UTF8.GetBytes(text);
        var whole = new byte[NonceSize + plain.Length + TagSize];
        RandomNumberGenerator.Fill(whole.AsSpan(0, NonceSize));
        using var cipher = new AesGcm(_key, TagSize);
        cipher.Encrypt(whole.AsSpan(0, NonceSize), plain, whole.AsSpan(NonceSize, plain.Length), whole.AsSpan(NonceSize + plain.Length), Encoding.UTF8.GetBytes(app));
        return whole;
    }

    /// <summary>Throws <see cref="CryptographicException"/> for what <see cref="Seal"/> did not make for that app under this key.</summary>
    public string Open(string app, ReadOnlySpan<byte> whole)
    {
        if (whole.Length < NonceSize + TagSize)
        {
            throw new CryptographicException("Too short for anything that was sealed.");
        }

        var plain = new byte[whole.Length - NonceSize - TagSize];
        using var cipher = new AesGcm(_key, TagSize);
        cipher.Decrypt(whole[..NonceSize], whole.Slice(NonceSize, plain.Length), whole[^TagSize..], plain, Encoding.UTF8.GetBytes(app));
        return Encoding.UTF8.GetString(plain);
    }
}
