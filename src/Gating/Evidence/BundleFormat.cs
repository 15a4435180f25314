using System.Collections.Immutable;

namespace Gating.Evidence;

/// <summary>
/// The files of a bundle, in their order in the ZIP, and what a reader takes at most. Lines end in LF, JSON is written in one form only: a reader writes what it read again and compares. Version 1; a new member is a new version.
/// </summary>
public static class BundleFormat
{
    public const int Version = 1;

    /// <summary>Lines of one file: what 80 bytes for each stream or file line cost a verifier is bounded by it.</summary>
    public const long MaxLines = 1_000_000;

    /// <summary>Streams that are disclosed whole, in one bundle.</summary>
    public const int MaxWhole = 10_000;

    /// <summary>Bytes of one line: an entry holds at most 32 KiB, and a table doubles its quotation marks.</summary>
    public const int MaxLine = 128 * 1024;

    /// <summary>Bytes of a file that is read as one: the registry's own limit, and some.</summary>
    public const int MaxDocument = 8 * 1024 * 1024;

    /// <summary>Bytes of a file of lines, unpacked.</summary>
    public const long MaxFile = 4L * 1024 * 1024 * 1024;

    /// <summary>What was asked: the asker's JSON, as it is.</summary>
    public const string Question = "question.json";

    /// <summary>The one signed checkpoint that all proofs lead to, byte for byte as it was published.</summary>
    public const string Checkpoint = "checkpoint.txt";

    /// <summary>The log's verifier keys, and the JWK Set that the manifest is signed under.</summary>
    public const string Keys = "keys.json";

    /// <summary>The registry as it stood when the bundle was made.</summary>
    public const string Registry = "registry.json";

    public const string Entries = "entries.jsonl";

    public const string Labels = "labels.jsonl";

    public const string Proofs = "proofs.jsonl";

    public const string Streams = "streams.jsonl";

    /// <summary>The entries again, for people.</summary>
    public const string Table = "entries.csv";

    public const string Manifest = "manifest.json";

    /// <summary>The last file: a bundle that was cut off has none.</summary>
    public const string Signature = "manifest.jws";

    /// <summary>What the manifest lists.</summary>
    public static ImmutableArray<string> Listed { get; } = [Question, Checkpoint, Keys, Registry, Entries, Labels, Proofs, Streams, Table];
}
