using System.Text.Json;
using Gating.Log.Merkle;
using Gating.Testing;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace Gating.Tests.Log.Merkle;

/// <summary>The probes of transparency-dev's Merkle verifiers, and the roots of RFC 6962's reference trees, read in place.</summary>
public sealed class ProbeTests(ITestOutputHelper output)
{
    private const string Probes = "tlog/merkle-probes/testdata/";
    private const string AnyProbe = Probes + "inclusion/0/happy-path.json";
    private const string Roots = "tlog/vectors/rfc6962.json";

    [CorpusFact(AnyProbe)]
    public void Inclusion_is_judged_as_the_probes_say() => Judge("inclusion", 98, static probe =>
        Hash(probe, "root") is { } root && Hash(probe, "leafHash") is { } leaf && Proof(probe) is { } proof
        && MerkleVerifier.IsIncluded(leaf, Number(probe, "leafIdx"), Number(probe, "treeSize"), root, proof));

    [CorpusFact(AnyProbe)]
    public void Inclusion_in_a_subtree_is_judged_as_the_probes_say() => Judge("subtreeinclusion", 204, static probe =>
        Hash(probe, "root") is { } root && Hash(probe, "leafHash") is { } leaf && Proof(probe) is { } proof
        && MerkleVerifier.IsIncluded(leaf, Number(probe, "leafIdx"), new Subtree(Number(probe, "start"), Number(probe, "end")), root, proof));

    [CorpusFact(AnyProbe)]
    public void Consistency_is_judged_as_the_probes_say() => Judge("consistency", 98, static probe =>
        Proof(probe) is { } proof
        && MerkleVerifier.IsConsistent(Number(probe, "size1"), Opaque(probe, "root1"), Number(probe, "size2"), Opaque(probe, "root2"), proof));

    [CorpusFact(AnyProbe)]
    public void Consistency_of_a_subtree_is_judged_as_the_probes_say() => Judge("subtreeconsistency", 118, static probe =>
        Proof(probe) is { } proof
        && MerkleVerifier.IsConsistent(new Subtree(Number(probe, "start"), Number(probe, "end")), Opaque(probe, "root1"), Number(probe, "size"), Opaque(probe, "root2"), proof));

    [CorpusFact(Roots)]
    public void Hashes_and_roots_of_the_reference_tree_are_those_of_RFC_6962()
    {
        using var json = JsonDocument.Parse(Corpora.Read(Roots));
        var leaves = json.RootElement.GetProperty("leavesHex").EnumerateArray().Select(static leaf => Convert.FromHexString(leaf.GetString()!)).ToArray();
        var nodes = json.RootElement.GetProperty("nodeHashes").EnumerateArray().Select(static row => row.EnumerateArray().Select(static hash => Hex(hash)).ToArray()).ToArray();
        leaves.Select(static leaf => TreeHash.OfLeaf(leaf)).ShouldBe(nodes[0]);
        for (var level = 1; level < nodes.Length; level++)
        {
            nodes[level].ShouldBe(nodes[level - 1].Chunk(2).Select(static pair => TreeHash.OfNode(pair[0], pair[1])));
        }

        var edge = TreeEdge.Empty;
        foreach (var (size, root) in json.RootElement.GetProperty("rootsBySize").EnumerateArray().Select(static (root, size) => (size, Hex(root))))
        {
            edge.Size.ShouldBe(size);
            edge.Root.ShouldBe(root);
            edge = size < leaves.Length ? edge.Append([TreeHash.OfLeaf(leaves[size])]) : edge;
        }
    }

    [CorpusFact(Roots)]
    public void Roots_of_large_trees_are_those_of_the_corpus_appended_one_by_one_and_at_once()
    {
        using var json = JsonDocument.Parse(Corpora.Read(Roots));
        var expected = json.RootElement.GetProperty("bigTreeRoots").EnumerateArray().ToDictionary(static tree => tree.GetProperty("size").GetInt64(), static tree => Hex(tree.GetProperty("rootHex")));
        var hashes = ReferenceTree.Hashes((int)expected.Keys.Max());
        var edge = TreeEdge.Empty;
        foreach (var hash in hashes)
        {
            edge = edge.Append([hash]);
            if (expected.TryGetValue(edge.Size, out var root))
            {
                edge.Root.ShouldBe(root, $"size {edge.Size}");
                TreeEdge.Empty.Append(hashes.AsSpan(0, (int)edge.Size)).Root.ShouldBe(root, $"size {edge.Size} at once");
            }
        }

        output.WriteLine($"{expected.Count} roots, the largest of {expected.Keys.Max()} leaves");
        expected.Keys.Max().ShouldBe(65_537);
    }

    private void Judge(string folder, int count, Func<JsonElement, bool> accepts)
    {
        var (wrong, accepted, seen) = (new List<string>(), 0, 0);
        foreach (var file in Corpora.Files(Probes + folder))
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(file));
            var isAccepted = accepts(json.RootElement);
            (seen, accepted) = (seen + 1, accepted + (isAccepted ? 1 : 0));
            if (isAccepted == json.RootElement.GetProperty("wantErr").GetBoolean())
            {
                wrong.Add(file);
            }
        }

        output.WriteLine($"{folder}: {seen} probes, {accepted} accepted");
        wrong.ShouldBeEmpty();
        seen.ShouldBe(count);
        accepted.ShouldBeGreaterThan(0);
    }

    /// <summary>The probes count in 64 bits without a sign; what does not fit a signed number is negative here, and refused as such.</summary>
    private static long Number(JsonElement probe, string name) => unchecked((long)probe.GetProperty(name).GetUInt64());

    private static TreeHash? Hash(JsonElement probe, string name) => probe.GetProperty(name).GetBytesFromBase64() is { Length: TreeHash.Size } bytes ? TreeHash.FromBytes(bytes) : null;

    /// <summary>Some roots of the probes are words such as "don't care 1": any hash will do, as long as equal words are equal hashes.</summary>
    private static TreeHash Opaque(JsonElement probe, string name)
    {
        var bytes = probe.GetProperty(name).GetBytesFromBase64();
        Array.Resize(ref bytes, TreeHash.Size);
        return TreeHash.FromBytes(bytes);
    }

    /// <summary>Null where an element is no hash: our readers never let one through to the verifier.</summary>
    private static TreeHash[]? Proof(JsonElement probe)
    {
        var proof = probe.GetProperty("proof");
        var hashes = proof.ValueKind is JsonValueKind.Null ? [] : proof.EnumerateArray().Select(static hash => hash.GetBytesFromBase64()).ToArray();
        return hashes.All(static hash => hash.Length == TreeHash.Size) ? [.. hashes.Select(static hash => TreeHash.FromBytes(hash))] : null;
    }

    private static TreeHash Hex(JsonElement hex) => TreeHash.FromBytes(Convert.FromHexString(hex.GetString()!));
}
