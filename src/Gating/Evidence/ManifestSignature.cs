using System.Buffers.Text;
using System.Text;
using Gating.Grants;
using Gating.Identity.Jose;

namespace Gating.Evidence;

/// <summary>
/// <c>manifest.jws</c>: a compact JWS (RFC 7515), ES256, whose payload is the manifest's bytes. The key is one of those that sign grants; the <c>typ</c> keeps the two apart, as each side asks for its own.
/// </summary>
internal static class ManifestSignature
{
    public const string Type = "gating-manifest+jws";

    private const int SignatureSize = 64;

    /// <summary>ASCII.</summary>
    public static byte[] Sign(SigningKey key, ReadOnlySpan<byte> manifest)
    {
        var head = Base64Url.EncodeToString(Encoding.UTF8.GetBytes($$"""{"typ":"{{Type}}","alg":"ES256","kid":"{{key.KeyId}}"}"""));
        var signed = Encoding.ASCII.GetBytes($"{head}.{Base64Url.EncodeToString(manifest)}");
        Span<byte> signature = stackalloc byte[SignatureSize];
        key.Sign(signed, signature);
        return [.. signed, (byte)'.', .. Base64Url.EncodeToUtf8(signature)];
    }

    /// <summary>The id of the key that signed exactly this manifest; null where none of <paramref name="keys"/> did, with the reason.</summary>
    public static string? Verify(string jws, ReadOnlySpan<byte> manifest, KeySet keys, out string problem)
    {
        var fault = CompactJws.Parse(jws, out var parsed);
        problem = fault is not null ? $"{BundleFormat.Signature} is no signature: {fault}"
            : !string.Equals(parsed.Header.Type, Type, StringComparison.Ordinal) || SigningAlgorithms.Parse(parsed.Header.Algorithm) is not SigningAlgorithm.ES256 ? $"{BundleFormat.Signature} is not a {Type} under ES256"
            : !parsed.Payload.Span.SequenceEqual(manifest) ? $"what was signed is another text than {BundleFormat.Manifest}"
            : parsed.Header.KeyId is not { } id ? $"{BundleFormat.Signature} names no key"
            : keys.Find(id, SigningAlgorithm.ES256, out var key) is not KeyMatch.Found ? $"it is signed under key {Shown(id)}, which is not among the keys"
            : !parsed.IsSignedBy(key, SigningAlgorithm.ES256) ? $"key {Shown(id)} did not sign it"
            : string.Empty;
        return problem.Length == 0 ? parsed.Header.KeyId : null;
    }

    // It is the sender's text, and a person's terminal.
    private static string Shown(string id) => new([.. id.Where(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')]);
}
