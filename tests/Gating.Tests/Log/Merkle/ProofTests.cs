using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using Gating.Log.Merkle;
using Shouldly;
using Xunit;

namespace Gating.Tests.Log.Merkle;

/// <summary>Proofs of every size up to some hundreds, against the recursive definitions of RFC 6962.</summary>
public sealed class ProofTests
{
    private const int Sizes = 320;
    private const int ConsistencySizes = 200;

    private static readonly byte[][] Leaves = ReferenceTree.Leaves(Sizes);
    private static readonly TreeHash[] Hashes = ReferenceTree.Hashes(Sizes);
    private static readonly TreeHash[] Roots = [.. Enumerable.Range(0, Sizes + 1).Select(static size => ReferenceTree.Root(Leaves.AsSpan(0, size)))];

    [Fact]
    public void An_edge_has_the_root_of_its_tree_however_it_grew()
    {
        for (var size = 0; size <= Sizes; size++)
        {
            var edge = TreeEdge.Empty.Append(Hashes.AsSpan(0, size / 3)).Append(Hashes.AsSpan(size / 3, size - (size / 3)));
            edge.Root.ShouldBe(Roots[size]);
            var stored = TreeEdge.From(size, edge.Nodes).ShouldNotBeNull();
            stored.Root.ShouldBe(edge.Root);
            TreeHash.OfRow(Row(0, size)).ShouldBe(edge.Root);
        }
    }

    [Fact]
    public void Nodes_that_are_not_as_many_as_the_size_has_are_no_edge()
    {
        var nodes = TreeEdge.Empty.Append(Hashes.AsSpan(0, 7)).Nodes;
        TreeEdge.From(8, nodes).ShouldBeNull();
        TreeEdge.From(-1, nodes).ShouldBeNull();
        TreeEdge.From(11, nodes).ShouldNotBeNull();
    }

    [Fact]
    public void Every_leaf_of_every_tree_is_proved_by_its_path_and_by_no_other_leaf_index_or_size()
    {
        for (var size = 1; size <= Sizes; size++)
        {
            for (var index = 0; index < size; index++)
            {
                var proof = Hash(ProofPlan.Inclusion(index, size));
                MerkleVerifier.IsIncluded(Hashes[index], index, size, Roots[size], proof).ShouldBeTrue();
                MerkleVerifier.IsIncluded(Hashes[(index + 1) % Sizes], index, size, Roots[size], proof).ShouldBeFalse();
                MerkleVerifier.IsIncluded(Hashes[index], index + 1, size, Roots[size], proof).ShouldBeFalse();
                MerkleVerifier.IsIncluded(Hashes[index], index, size, Roots[size - 1], proof).ShouldBeFalse();
            }
        }
    }

    [Fact]
    public void Paths_and_consistency_proofs_are_the_definitions()
    {
        for (var size = 1; size <= 70; size++)
        {
            for (var i = 0; i < size; i++)
            {
                Hash(ProofPlan.Inclusion(i, size)).ShouldBe(ReferenceTree.Path(i, Leaves.AsSpan(0, size)));
                Hash(ProofPlan.Consistency(i + 1, size)).ShouldBe(ReferenceTree.SubProof(i + 1, Leaves.AsSpan(0, size), whole: true));
            }
        }
    }

    [Fact]
    public void Every_tree_is_proved_to_begin_with_every_smaller_one_and_with_no_other()
    {
        for (var size = 1; size <= ConsistencySizes; size++)
        {
            for (var earlier = 1; earlier <= size; earlier++)
            {
                var proof = Hash(ProofPlan.Consistency(earlier, size));
                MerkleVerifier.IsConsistent(earlier, Roots[earlier], size, Roots[size], proof).ShouldBeTrue();
                MerkleVerifier.IsConsistent(earlier, Roots[earlier - 1], size, Roots[size], proof).ShouldBeFalse();
                MerkleVerifier.IsConsistent(earlier, Roots[earlier], size, Roots[size + 1], proof).ShouldBeFalse();
                MerkleVerifier.IsConsistent(earlier, Roots[earlier], size + 1, Roots[size + 1], proof).ShouldBeFalse();
            }
        }
    }

    [Fact]
    public void A_proof_with_any_bit_changed_or_hash_more_or_less_proves_nothing() => Prop.ForAll(Arb.From(Damage), damage =>
    {
        var (size, index, at, bit) = damage;
        var proof = Hash(ProofPlan.Inclusion(index, size));
        ShouldNot(proof, at, bit, damaged => MerkleVerifier.IsIncluded(Hashes[index], index, size, Roots[size], damaged));
        ShouldNot(Hash(ProofPlan.Consistency(index + 1, size)), at, bit, damaged => MerkleVerifier.IsConsistent(index + 1, Roots[index + 1], size, Roots[size], damaged));
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    private static Gen<(int Size, int Index, int At, int Bit)> Damage =>
        from size in Gen.Choose(1, Sizes)
        from index in Gen.Choose(0, size - 1)
        from at in Gen.Choose(0, 63)
        from bit in Gen.Choose(0, (8 * TreeHash.Size) - 1)
        select (size, index, at, bit);

    private static void ShouldNot(TreeHash[] hashes, int at, int bit, Func<TreeHash[], bool> accepts)
    {
        var proof = hashes.ToImmutableArray();
        accepts([.. proof, Hashes[at]]).ShouldBeFalse();
        accepts([Hashes[at], .. proof]).ShouldBeFalse();
        if (proof.Length > 0)
        {
            var bytes = proof[at % proof.Length].Value.ToBytes();
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            accepts([.. proof.SetItem(at % proof.Length, TreeHash.FromBytes(bytes))]).ShouldBeFalse();
            accepts([.. proof.RemoveAt(at % proof.Length)]).ShouldBeFalse();
        }
    }

    private static TreeHash[] Hash(IReadOnlyList<Subtree> plan) => [.. plan.Select(static subtree => TreeHash.OfRow(Row((int)subtree.Start, (int)subtree.Size)))];

    private static byte[] Row(int start, int count) => [.. Hashes.Skip(start).Take(count).SelectMany(static hash => hash.Value.ToBytes())];
}
