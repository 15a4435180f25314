using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Gating.Labels.Security;

/// <summary>
/// Security data by ECDSA over P-256 and SHA-256: <c>ES256.{key id}.{signature, base64url}</c>. Signed is the ASCII text <c>gating-label-1</c>, the number and the digest in hexadecimal, a line
/// feed between each. Not the SecurityData of TC260-PG-202511A, which wants SM2; nothing in the base class library makes that.
/// </summary>
public static class EcdsaLabelSignature
{
    private const string Name = "ES256";

    /// <param name="key">Of the curve P-256; used by one call at a time.</param>
    /// <param name="keyId">Letters, digits, <c>-</c> and <c>_</c>.</param>
    public static LabelSignature Of(ECDsa key, string keyId)
    {
        if (keyId.Length is 0 or > 128 || !keyId.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
        {
            throw new ArgumentException("A key's id has 1 to 128 letters, digits, '-' and '_'.", nameof(keyId));
        }

        return (number, sourceSha256) => $"{Name}.{keyId}.{Base64Url.EncodeToString(key.SignData(Signed(number, sourceSha256), HashAlgorithmName.SHA256))}";
    }

    /// <summary>The id of the key that made this security data; null where it is of another kind.</summary>
    public static string? KeyIdOf(string reservedCode) => reservedCode.Split('.') is [Name, { Length: > 0 } keyId, _] ? keyId : null;

    /// <summary>Whether this key made this security data for this number and this file.</summary>
    public static bool Verify(string reservedCode, string number, ReadOnlySpan<byte> sourceSha256, ECDsa key) =>
        reservedCode.Split('.') is [Name, _, var signature] && Base64Url.IsValid(signature) &&
        key.VerifyData(Signed(number, sourceSha256), Base64Url.DecodeFromChars(signature), HashAlgorithmName.SHA256);

    private static byte[] Signed(string number, ReadOnlySpan<byte> sourceSha256) => Encoding.ASCII.GetBytes($"gating-label-1\n{number}\n{Convert.ToHexStringLower(sourceSha256)}");
}
