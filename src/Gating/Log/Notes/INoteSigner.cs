using System.Security.Cryptography;
using System.Text;

namespace Gating.Log.Notes;

/// <summary>Holds one of the log's private keys, here or elsewhere. Safe for concurrent use.</summary>
public interface INoteSigner
{
    /// <summary>What its signatures are checked with.</summary>
    NoteKey Key { get; }

    /// <summary>The signature over the text's bytes. MUST throw when it cannot sign; there is no note without every signature.</summary>
    ValueTask<byte[]> SignAsync(ReadOnlyMemory<byte> text, CancellationToken cancellation);
}

/// <summary>Ed25519, which a public log must sign with (C2SP tlog-tiles). The same text always gets the same signature.</summary>
public sealed class Ed25519NoteSigner : INoteSigner
{
    private const string Prefix = "PRIVATE+KEY+";
    private const int IdLength = 8;

    private readonly byte[] _seed;

    private Ed25519NoteSigner(NoteKey key, byte[] seed) => (Key, _seed) = (key, seed);

    public NoteKey Key { get; }

    /// <summary>
    /// Reads <c>PRIVATE+KEY+name+id+base64(0x01 ‖ seed)</c>, the form in which such keys are kept; null where it is not one. Throws <see cref="Ed25519UnavailableException"/> where libcrypto is not there.
    /// </summary>
    public static Ed25519NoteSigner? Parse(string? text)
    {
        if (text is null || !text.StartsWith(Prefix, StringComparison.Ordinal) || text[Prefix.Length..].Split('+', 3) is not [var name, { Length: IdLength } id, var encoded]
            || !NoteKey.IsName(name) || StrictBase64.Decode(Encoding.UTF8.GetBytes(encoded)) is not [(byte)NoteAlgorithm.Ed25519, .. { Length: Ed25519.KeySize } seed])
        {
            return null;
        }

        var key = NoteKey.OfEd25519(name, Ed25519.PublicKeyOf(seed));
        return string.Equals(key.ToString().Split('+')[1], id, StringComparison.Ordinal) ? new(key, seed) : null;
    }

    /// <summary>A fresh key in the form that <see cref="Parse"/> reads.</summary>
    public static string Generate(string name)
    {
        var seed = RandomNumberGenerator.GetBytes(Ed25519.KeySize);
        var key = NoteKey.OfEd25519(name, Ed25519.PublicKeyOf(seed));
        return $"{Prefix}{name}+{key.ToString().Split('+')[1]}+{Convert.ToBase64String([(byte)NoteAlgorithm.Ed25519, .. seed])}";
    }

    public ValueTask<byte[]> SignAsync(ReadOnlyMemory<byte> text, CancellationToken cancellation) => new(Ed25519.Sign(_seed, text.Span));
}

/// <summary>ECDSA on P-256, for readers without Ed25519. Owns the key.</summary>
public sealed class EcdsaNoteSigner(string name, ECDsa key) : INoteSigner, IDisposable
{
    public NoteKey Key { get; } = NoteKey.OfEcdsa(name, key);

    public ValueTask<byte[]> SignAsync(ReadOnlyMemory<byte> text, CancellationToken cancellation) =>
        new(key.SignData(text.Span, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));

    public void Dispose() => key.Dispose();
}
