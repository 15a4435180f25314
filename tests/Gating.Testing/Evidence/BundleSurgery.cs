using System.Buffers.Text;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gating.Grants;
using Gating.Identity.Jose;

namespace Gating.Testing.Evidence;

/// <summary>Takes bundles apart, changes them, and puts them together again as a forger would, with .NET and nothing of ours but the signature.</summary>
public static class BundleSurgery
{
    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Dictionary<string, byte[]> Unpack(byte[] bundle)
    {
        using var zip = new ZipArchive(new MemoryStream(bundle, writable: false), ZipArchiveMode.Read);
        return zip.Entries.ToDictionary(static entry => entry.FullName, static entry =>
        {
            using var stream = entry.Open();
            using var bytes = new MemoryStream();
            stream.CopyTo(bytes);
            return bytes.ToArray();
        }, StringComparer.Ordinal);
    }

    public static byte[] Pack(IEnumerable<KeyValuePair<string, byte[]>> files)
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in files)
            {
                using var stream = zip.CreateEntry(name, CompressionLevel.Fastest).Open();
                stream.Write(content);
            }
        }

        return bytes.ToArray();
    }

    /// <summary>The same with one file changed, and everything else as it was: the manifest too.</summary>
    public static byte[] With(this IReadOnlyDictionary<string, byte[]> files, string name, byte[] content) =>
        Pack(files.Select(file => string.Equals(file.Key, name, StringComparison.Ordinal) ? new(name, content) : file));

    /// <summary>The same with one file changed, by somebody who can sign manifests.</summary>
    public static byte[] SignedAnew(this IReadOnlyDictionary<string, byte[]> files, SigningKeyRing keys, string name, byte[] content)
    {
        var changed = files.ToDictionary(StringComparer.Ordinal);
        changed[name] = content;
        var manifest = JsonNode.Parse(changed["manifest.json"])!;
        foreach (var file in manifest["files"]!.AsArray())
        {
            var bytes = changed[(string)file!["name"]!];
            file["bytes"] = bytes.Length;
            file["sha256"] = Convert.ToHexStringLower(SHA256.HashData(bytes));
            file["count"] = Path.GetExtension((string)file["name"]!) switch
            {
                ".jsonl" => bytes.AsSpan().Count((byte)'\n'),
                ".csv" => bytes.AsSpan().Count((byte)'\n') - 1,
                _ => 1,
            };
        }

        changed["manifest.json"] = Encoding.UTF8.GetBytes(manifest.ToJsonString(Relaxed));
        changed["manifest.jws"] = Sign(keys.Current, "gating-manifest+jws", changed["manifest.json"]);
        return Pack(changed);
    }

    public static byte[] Sign(SigningKey key, string type, byte[] payload)
    {
        var head = Base64Url.EncodeToString(Encoding.UTF8.GetBytes($$"""{"typ":"{{type}}","alg":"ES256","kid":"{{key.KeyId}}"}"""));
        var signed = Encoding.ASCII.GetBytes($"{head}.{Base64Url.EncodeToString(payload)}");
        var signature = new byte[64];
        key.Sign(signed, signature);
        return [.. signed, (byte)'.', .. Encoding.ASCII.GetBytes(Base64Url.EncodeToString(signature))];
    }

    /// <summary>As a reader has them from <c>/jwks</c>.</summary>
    public static byte[] JwksOf(SigningKeyRing keys) => JsonBytes.OfObject(keys, static (json, keys) => keys.WriteKeys(json));

    public static KeySet KeysOf(SigningKeyRing keys)
    {
        using var json = JsonDocument.Parse(JwksOf(keys));
        return KeySet.Read(json.RootElement)!;
    }

    /// <summary>With their ends.</summary>
    public static byte[][] Lines(byte[] file)
    {
        var lines = new List<byte[]>();
        for (var start = 0; start < file.Length;)
        {
            var end = Array.IndexOf(file, (byte)'\n', start) + 1;
            lines.Add(file[start..end]);
            start = end;
        }

        return [.. lines];
    }

    public static byte[] Join(IEnumerable<byte[]> lines) => [.. lines.SelectMany(static line => line)];
}
