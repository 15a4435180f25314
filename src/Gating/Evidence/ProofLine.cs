using System.Collections.Immutable;
using System.Text.Json;
using Gating.Ledger;
using Gating.Log;
using Gating.Log.Merkle;
using Gating.Log.Sealing;

namespace Gating.Evidence;

/// <summary>Where an entry's leaf stands in the tree of the bundle's checkpoint, what opens it, and the hashes that lead from it to the root (RFC 6962). With the checkpoint it is a C2SP tlog-proof.</summary>
internal sealed record SealedLeaf(long Index, EntryHash Tag, EntryHash Opening, ImmutableArray<TreeHash> Hashes)
{
    /// <summary>The leaf commits to that entry, and it is in the tree.</summary>
    public bool Proves(EntryHash entry, Checkpoint checkpoint) =>
        MerkleVerifier.IsIncluded(new LeafOpening(Tag, Opening, entry).Leaf.Hash, Index, checkpoint.Size, checkpoint.Root, Hashes.AsSpan());
}

/// <summary>One line of <c>proofs.jsonl</c>: the proof of the entry on the same line of <c>entries.jsonl</c>. Without the newline.</summary>
/// <param name="Leaf">Null where the checkpoint does not cover the entry yet: only the manifest's signature vouches for it.</param>
internal sealed record ProofLine(LeafPlace Place, SealedLeaf? Leaf)
{
    /// <summary>No tree is higher.</summary>
    private const int MaxHashes = 63;

    /// <summary>Null for anything but what <see cref="ToBytes"/> writes.</summary>
    public static ProofLine? Parse(ReadOnlyMemory<byte> line) => EvidenceJson.Read(line, Read, static read => read.ToBytes());

    public byte[] ToBytes() => JsonBytes.OfObject(this, static (json, line) =>
    {
        json.WriteString("stream"u8, line.Place.Stream.ToString());
        json.WriteNumber("seq"u8, line.Place.Seq);
        if (line.Leaf is not { } leaf)
        {
            json.WriteNull("index"u8);
            return;
        }

        json.WriteNumber("index"u8, leaf.Index);
        json.WriteString("tag"u8, leaf.Tag.ToString());
        json.WriteString("opening"u8, leaf.Opening.ToString());
        json.WriteStartArray("hashes"u8);
        foreach (var hash in leaf.Hashes)
        {
            json.WriteBase64StringValue(hash.Value.ToBytes());
        }

        json.WriteEndArray();
    });

    private static ProofLine? Read(JsonElement root)
    {
        var place = new LeafPlace(EvidenceJson.Stream(root), EvidenceJson.Seq(root));
        if (root.GetProperty("index").ValueKind is JsonValueKind.Null)
        {
            return new(place, null);
        }

        var hashes = root.GetProperty("hashes");
        return hashes.GetArrayLength() > MaxHashes
            ? null
            : new(place, new(
                EvidenceJson.Number(root, "index"), EvidenceJson.Hash(root, "tag"), EvidenceJson.Hash(root, "opening"), [.. hashes.EnumerateArray().Select(EvidenceJson.TreeHash)]));
    }
}
