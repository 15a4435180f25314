using System.Text.Json;
using Gating.Generations;
using Gating.Labels.Perceptual;
using Gating.Ledger;

namespace Gating.Archive;

/// <summary>The public part of an output's entry: JSON in a fixed order, ASCII, <c>v</c> first. Hashed as it is: a new member is a new version.</summary>
internal static class ArchiveEntries
{
    private const int Version = 1;

    public static byte[] Archived(Generation generation, int number, ArchivedFile file, LabelledOutput labelled) =>
        JsonBytes.OfObject((generation, number, file, labelled), static (json, state) =>
        {
            var (generation, number, file, labelled) = state;
            json.WriteNumber("v"u8, Version);
            json.WriteString("app"u8, generation.App);
            json.WriteString("tool"u8, generation.Tool);
            json.WriteNumber("generation"u8, generation.Seq);
            json.WriteNumber("number"u8, number);
            json.WriteString("content"u8, file.Content.Text);
            json.WriteString("media_type"u8, file.MediaType);
            json.WriteNumber("bytes"u8, file.Length);
            json.WriteString("source_sha256"u8, file.SourceSha256.ToString());
            json.WriteString("output_sha256"u8, file.OutputSha256.ToString());
            json.WriteString("label"u8, labelled.Label);
            json.WriteString("explicit_label"u8, labelled.Explicit);
            if (labelled.Look is { } look)
            {
                json.WriteString("perceptual_hash"u8, look.ToString());
            }

            json.WriteNumber("retain_until"u8, file.RetainUntil.ToUnixTimeMilliseconds());
        });

    /// <summary>Of the entry that says that a file's time was over and that it goes.</summary>
    public static byte[] Removed(ArchivedOutput output) =>
        JsonBytes.OfObject(output, static (json, output) =>
        {
            json.WriteNumber("v"u8, Version);
            json.WriteString("app"u8, output.App);
            json.WriteString("tool"u8, output.Tool);
            json.WriteNumber("output"u8, output.Seq);
            json.WriteString("content"u8, output.File.Content.Text);
            json.WriteString("output_sha256"u8, output.File.OutputSha256.ToString());
            json.WriteNumber("retain_until"u8, output.File.RetainUntil.ToUnixTimeMilliseconds());
        });

    /// <summary>Reads back what <see cref="Archived"/> wrote; null where the entry is no output.</summary>
    public static ArchivedOutput? Read(Entry entry)
    {
        if (entry.Kind is not EntryKind.Archived)
        {
            return null;
        }

        using var json = JsonDocument.Parse(entry.Public);
        var root = json.RootElement;
        if (root.GetProperty("v").GetInt32() is not Version and var version)
        {
            throw new UnknownVersionException("output entry", version);
        }

        var file = new ArchivedFile(
            ContentId.TryParse(root.GetProperty("content").GetString(), out var content) ? content : throw new FormatException("An output's entry names no content."),
            root.GetProperty("media_type").GetString()!,
            root.GetProperty("bytes").GetInt64(),
            Digest(root, "source_sha256"),
            Digest(root, "output_sha256"),
            DateTimeOffset.FromUnixTimeMilliseconds(root.GetProperty("retain_until").GetInt64()));
        return new(
            entry.Stream, entry.Seq, root.GetProperty("app").GetString()!, root.GetProperty("tool").GetString()!, root.GetProperty("generation").GetInt64(),
            root.GetProperty("number").GetInt32(), file, root.GetProperty("label").GetString()!, Look(root));
    }

    /// <summary>The public part of a release without the label that people see.</summary>
    public static byte[] Released(ArchivedOutput output, ReleaseStatement statement, EntryHash released) =>
        JsonBytes.OfObject((output, statement, released), static (json, state) =>
        {
            json.WriteNumber("v"u8, Version);
            json.WriteString("app"u8, state.output.App);
            json.WriteString("tool"u8, state.output.Tool);
            json.WriteNumber("output"u8, state.output.Seq);
            json.WriteString("content"u8, state.output.File.Content.Text);
            json.WriteString("released_sha256"u8, state.released.ToString());
            json.WriteString("agreement"u8, state.statement.Agreement);
            json.WriteString("reason"u8, state.statement.Reason);
        });

    /// <summary>Which output was released, the seq of its entry, and the digest of what was given out.</summary>
    public static (ContentId Content, long Seq, EntryHash Released) ReadReleased(Entry entry)
    {
        using var json = JsonDocument.Parse(entry.Public);
        var root = json.RootElement;
        return root.GetProperty("v").GetInt32() is not Version and var version ? throw new UnknownVersionException("release entry", version)
            : ContentId.TryParse(root.GetProperty("content").GetString(), out var content) ? (content, root.GetProperty("output").GetInt64(), Digest(root, "released_sha256"))
            : throw new FormatException("A release's entry names no content.");
    }

    private static PerceptualHash? Look(JsonElement root) => !root.TryGetProperty("perceptual_hash", out var hex) ? null
        : PerceptualHash.TryParse(hex.GetString(), out var look) ? look
        : throw new FormatException("An output's entry holds no hash of its look.");

    private static EntryHash Digest(JsonElement root, string name) => EntryHash.FromBytes(Convert.FromHexString(root.GetProperty(name).GetString()!));
}
