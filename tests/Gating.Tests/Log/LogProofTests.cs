using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Gating.Log;
using Gating.Log.Merkle;
using Gating.Log.Notes;
using Gating.Testing;
using Gating.Tests.Log.Merkle;
using Shouldly;
using Xunit;

namespace Gating.Tests.Log;

public sealed class LogProofTests
{
    private const string Vectors = "tlog/vectors/tlog_proof.json";
    private const string Origin = "example.com/log";

    [CorpusFact(Vectors)]
    public void Proofs_are_read_as_the_corpus_says_and_written_back()
    {
        using var json = JsonDocument.Parse(Corpora.Read(Vectors));
        var read = 0;
        foreach (var vector in json.RootElement.GetProperty("proofs").EnumerateArray())
        {
            var body = vector.GetProperty("body").GetString()!;
            var proof = LogProof.Parse(Encoding.UTF8.GetBytes(body));
            (proof is not null).ShouldBe(vector.GetProperty("parse").GetBoolean(), vector.GetProperty("desc").GetString());
            if (proof is not null)
            {
                read++;
                Encoding.UTF8.GetString(proof.ToBytes()).ShouldBe(body);
            }
        }

        read.ShouldBe(3);
    }

    [Theory]
    [InlineData("c2sp.org/tlog-proof@v1\nextra \nindex 0\n\ncheckpoint\n")]
    [InlineData("c2sp.org/tlog-proof@v1\nindex 0\nextra AAAA\n\ncheckpoint\n")]
    [InlineData("c2sp.org/tlog-proof@v1\nindex 00\n\ncheckpoint\n")]
    [InlineData("c2sp.org/tlog-proof@v1\nindex 9223372036854775808\n\ncheckpoint\n")]
    [InlineData("c2sp.org/tlog-proof@v1\nindex 0\nrzFuy5Go7nrpkhBwKy1HWPMM3eO/YePY54fXRoH5Cm5=\n\ncheckpoint\n")]
    [InlineData("c2sp.org/tlog-proof@v1\nindex 0\nrzFuy5Go7nrpkhBwKy1HWPMM3eO/YePY54fXRoH5Cm4=")]
    [InlineData("c2sp.org/tlog-proof@v1\r\nindex 0\n\ncheckpoint\n")]
    [InlineData("c2sp.org/tlog-proof@v2\nindex 0\n\ncheckpoint\n")]
    [InlineData("")]
    public void What_is_no_proof_is_refused(string text) => LogProof.Parse(Encoding.UTF8.GetBytes(text)).ShouldBeNull();

    [Fact]
    public void A_proof_of_more_hashes_than_a_tree_has_levels_is_refused()
    {
        var hashes = string.Concat(Enumerable.Repeat("rzFuy5Go7nrpkhBwKy1HWPMM3eO/YePY54fXRoH5Cm4=\n", 64));
        LogProof.Parse(Encoding.UTF8.GetBytes($"c2sp.org/tlog-proof@v1\nindex 0\n{hashes[45..]}\nx\n")).ShouldNotBeNull();
        LogProof.Parse(Encoding.UTF8.GetBytes($"c2sp.org/tlog-proof@v1\nindex 0\n{hashes}\nx\n")).ShouldBeNull();
    }

    [Fact]
    public void A_proof_that_is_all_newlines_or_all_extra_is_refused_at_once()
    {
        var text = $"c2sp.org/tlog-proof@v1\nindex 0\n{string.Concat(Enumerable.Repeat("x\n", 500_000))}\nx\n";
        var bytes = Encoding.UTF8.GetBytes(text);
        var before = GC.GetAllocatedBytesForCurrentThread();
        LogProof.Parse(bytes).ShouldBeNull();
        LogProof.Parse(Encoding.UTF8.GetBytes($"c2sp.org/tlog-proof@v1\nextra {new string('A', 200_000)}\nindex 0\n\nx\n")).ShouldBeNull();
        LogProof.Parse(Encoding.UTF8.GetBytes($"c2sp.org/tlog-proof@v1\nextra {new string('A', 100_000)}\nindex 0\n\nx\n")).ShouldNotBeNull().Extra.Length.ShouldBe(75_000);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(4 * 1024 * 1024);
    }

    [Fact]
    public async Task A_receipt_vouches_for_its_leaf_in_its_place_under_a_trusted_key_and_for_nothing_else()
    {
        var signer = Ed25519NoteSigner.Parse(Ed25519NoteSigner.Generate(Origin)).ShouldNotBeNull();
        var leaves = ReferenceTree.Leaves(11);
        var checkpoint = new Checkpoint(Origin, 11, ReferenceTree.Root(leaves));
        var proof = new LogProof(6, [.. ReferenceTree.Path(6, leaves)], await SignedNote.SignAsync(checkpoint.ToText(), [signer], default), "beside it"u8.ToArray());
        var read = LogProof.Parse(proof.ToBytes()).ShouldNotBeNull();

        read.Verify(leaves[6], Origin, [signer.Key]).ShouldBe(checkpoint);
        read.Verify(leaves[5], Origin, [signer.Key]).ShouldBeNull();
        read.Verify(leaves[6], "example.com/other", [signer.Key]).ShouldBeNull();
        read.Verify(leaves[6], Origin, []).ShouldBeNull();
        (read with { Index = 7 }).Verify(leaves[6], Origin, [signer.Key]).ShouldBeNull();
        (read with { Hashes = read.Hashes.Reverse().ToImmutableArray() }).Verify(leaves[6], Origin, [signer.Key]).ShouldBeNull();
    }
}
