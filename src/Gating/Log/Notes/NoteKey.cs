using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Gating.Log.Notes;

/// <summary>The signature types of C2SP signed-note that are known here.</summary>
[SuppressMessage("Design", "CA1027:Mark enums with FlagsAttribute", Justification = "The numbers are the specification's, and no two of them combine.")]
public enum NoteAlgorithm
{
    Ed25519 = 0x01,

    /// <summary>ECDSA on P-256 over SHA-256, the signature in DER.</summary>
    EcdsaP256 = 0x02,

    /// <summary>A witness's Ed25519 cosignature with its time (C2SP tlog-cosignature).</summary>
    CosignatureV1 = 0x04,
}

/// <summary>A key that notes are checked with: <c>name+id+base64(type ‖ key)</c>, as verifiers exchange it. Immutable.</summary>
public sealed class NoteKey
{
    private const int MaxText = 1024;
    private const int IdLength = 8;
    private const int CosignatureTimeSize = 8;
    private const string P256 = "1.2.840.10045.3.1.7";

    private readonly byte[] _key;

    private NoteKey(string name, NoteAlgorithm algorithm, byte[] key, uint id) => (Name, Algorithm, _key, Id) = (name, algorithm, key, id);

    public string Name { get; }

    public NoteAlgorithm Algorithm { get; }

    /// <summary>32 bits of SHA-256 over name, type and key (for ECDSA over the key alone): finds the key, proves nothing.</summary>
    public uint Id { get; }

    public static NoteKey OfEd25519(string name, ReadOnlySpan<byte> publicKey) =>
        New(name, NoteAlgorithm.Ed25519, publicKey.ToArray()) ?? throw new ArgumentException("Not a name and an Ed25519 key.", nameof(publicKey));

    /// <param name="key">On P-256.</param>
    public static NoteKey OfEcdsa(string name, ECDsa key) =>
        New(name, NoteAlgorithm.EcdsaP256, key.ExportSubjectPublicKeyInfo()) ?? throw new ArgumentException("Not a name and a key on P-256.", nameof(key));

    /// <summary>Reads exactly what <see cref="ToString"/> writes: an id that is not the key's own is refused, whatever else is right.</summary>
    public static NoteKey? Parse(string? text)
    {
        if (text is null or { Length: > MaxText } || text.Split('+', 3) is not [var name, { Length: IdLength } id, var encoded])
        {
            return null;
        }

        return StrictBase64.Decode(Encoding.UTF8.GetBytes(encoded)) is [var type, .. var key]
            && New(name, (NoteAlgorithm)type, key) is { } known
            && string.Equals(known.IdText, id, StringComparison.Ordinal)
            ? known
            : null;
    }

    /// <summary>Whether the signature says that it is of this key, by name and id: to be verified.</summary>
    public bool IsOf(NoteSignature signature) => Id == signature.KeyId && string.Equals(Name, signature.Name, StringComparison.Ordinal);

    public bool Verify(ReadOnlySpan<byte> text, ReadOnlySpan<byte> signature) => Algorithm switch
    {
        NoteAlgorithm.Ed25519 => Ed25519.Verify(_key, text, signature),
        NoteAlgorithm.EcdsaP256 => VerifyEcdsa(text, signature),
        NoteAlgorithm.CosignatureV1 => VerifyCosignature(text, signature),
    };

    public override string ToString() => $"{Name}+{IdText}+{Convert.ToBase64String([(byte)Algorithm, .. _key])}";

    /// <summary>Not empty, and without white space, plus signs and control characters.</summary>
    internal static bool IsName(string name)
    {
        foreach (var rune in name.EnumerateRunes())
        {
            if (Rune.IsWhiteSpace(rune) || Rune.IsControl(rune) || rune.Value is '+' or 0xFFFD)
            {
                return false;
            }
        }

        return name.Length > 0;
    }

    /// <summary>32 bits of SHA-256 over name, type and key.</summary>
    internal static uint IdOf(string name, NoteAlgorithm algorithm, ReadOnlySpan<byte> key) =>
        BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData([.. Encoding.UTF8.GetBytes(name), (byte)'\n', (byte)algorithm, .. key]));

    private string IdText => Id.ToString("x8", CultureInfo.InvariantCulture);

    private static NoteKey? New(string name, NoteAlgorithm algorithm, byte[] key) => algorithm switch
    {
        _ when !IsName(name) => null,
        NoteAlgorithm.Ed25519 or NoteAlgorithm.CosignatureV1 when key.Length == Ed25519.KeySize => new(name, algorithm, key, IdOf(name, algorithm, key)),
        NoteAlgorithm.EcdsaP256 when IsP256(key) => new(name, algorithm, key, BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData(key))),
        _ => null,
    };

    private static bool IsP256(byte[] key)
    {
        try
        {
            using var ecdsa = ECDsa.Create();
            ecdsa.ImportSubjectPublicKeyInfo(key, out var read);
            return read == key.Length && string.Equals(ecdsa.ExportParameters(includePrivateParameters: false).Curve.Oid.Value, P256, StringComparison.Ordinal);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private bool VerifyEcdsa(ReadOnlySpan<byte> text, ReadOnlySpan<byte> signature)
    {
        using var ecdsa = ECDsa.Create();
        ecdsa.ImportSubjectPublicKeyInfo(_key, out _);
        return ecdsa.VerifyData(text, signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
    }

    private bool VerifyCosignature(ReadOnlySpan<byte> text, ReadOnlySpan<byte> signature)
    {
        if (signature.Length != CosignatureTimeSize + Ed25519.SignatureSize)
        {
            return false;
        }

        var time = BinaryPrimitives.ReadUInt64BigEndian(signature);
        byte[] message = [.. Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"cosignature/v1\ntime {time}\n")), .. text];
        return Ed25519.Verify(_key, message, signature[CosignatureTimeSize..]);
    }
}
