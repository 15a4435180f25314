using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Gating.Registry.Reading;

namespace Gating.Registry.Changes;

/// <summary>
/// The secrets that an app may log in with: 256 random bits each, told once when they are made and kept as SHA-256 alone. Nobody chooses one, so that none can be guessed, and nobody sets a digest: it could be one of a secret
/// that somebody else knows.
/// </summary>
public static class AppSecrets
{
    /// <summary>Two, so that one can be exchanged for the other while apps run.</summary>
    public const int Most = 2;

    internal const string Member = "secretDigests";

    private const int Bytes = 32;
    private const int FingerprintLength = 12;

    /// <summary>A new one: 43 characters of base64url.</summary>
    public static string Create() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));

    internal static byte[] DigestOf(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));

    /// <summary>By which one is told from another: the first 12 hexadecimal digits of its digest.</summary>
    internal static string FingerprintOf(byte[] digest) => Convert.ToHexStringLower(digest)[..FingerprintLength];

    /// <summary>Of an app's item that passed the registry's reader.</summary>
    internal static IEnumerable<byte[]> DigestsIn(JsonElement item) => item.TryGetProperty(Member, out var digests)
        ? [.. digests.EnumerateArray().Select(static one => AppReader.DigestOf(one.GetString()!)!)]
        : [];
}
