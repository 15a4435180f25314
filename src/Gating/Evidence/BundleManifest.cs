using System.Collections.Immutable;
using System.Text.Json;
using Gating.Ledger;
using Gating.Log;
using Gating.Log.Merkle;

namespace Gating.Evidence;

/// <summary>A file of a bundle as its manifest names it.</summary>
/// <param name="Bytes">Unpacked.</param>
/// <param name="Count">Of a file of lines: its lines, the table's header aside; 1 for any other.</param>
internal sealed record ManifestFile(string Name, long Bytes, EntryHash Sha256, long Count);

/// <summary><c>manifest.json</c>: every other file of the bundle, and which log it leads to.</summary>
/// <param name="Made">When the bundle was begun: all that was written by then is in it.</param>
internal sealed record BundleManifest(DateTimeOffset Made, string Origin, long Size, TreeHash Root, ImmutableArray<ManifestFile> Files)
{
    private const int MaxFiles = 32;

    /// <summary>Null for anything but what <see cref="ToBytes"/> writes.</summary>
    public static BundleManifest? Parse(ReadOnlyMemory<byte> json) => EvidenceJson.Read(json, Read, static read => read.ToBytes());

    public bool IsOf(Checkpoint checkpoint) => checkpoint.Size == Size && checkpoint.Root == Root && string.Equals(checkpoint.Origin, Origin, StringComparison.Ordinal);

    public byte[] ToBytes() => JsonBytes.OfObject(this, static (json, manifest) =>
    {
        json.WriteNumber("v"u8, BundleFormat.Version);
        json.WriteNumber("made_ms"u8, manifest.Made.ToUnixTimeMilliseconds());
        json.WriteStartObject("log"u8);
        json.WriteString("origin"u8, manifest.Origin);
        json.WriteNumber("size"u8, manifest.Size);
        json.WriteBase64String("root"u8, manifest.Root.Value.ToBytes());
        json.WriteEndObject();
        json.WriteStartArray("files"u8);
        foreach (var file in manifest.Files)
        {
            json.WriteStartObject();
            json.WriteString("name"u8, file.Name);
            json.WriteNumber("bytes"u8, file.Bytes);
            json.WriteString("sha256"u8, file.Sha256.ToString());
            json.WriteNumber("count"u8, file.Count);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    private static BundleManifest? Read(JsonElement root)
    {
        var (log, files) = (root.GetProperty("log"), root.GetProperty("files"));
        return files.GetArrayLength() > MaxFiles || log.GetProperty("origin").GetString() is not { } origin
            ? null
            : new(EvidenceJson.Time(root, "made_ms"), origin, EvidenceJson.Number(log, "size"), EvidenceJson.TreeHash(log.GetProperty("root")), [.. files.EnumerateArray().Select(ReadFile)]);
    }

    private static ManifestFile ReadFile(JsonElement file) => new(
        file.GetProperty("name").GetString() ?? throw new FormatException("name"), EvidenceJson.Number(file, "bytes"), EvidenceJson.Hash(file, "sha256"), EvidenceJson.Number(file, "count"));
}
