using System.Security.Cryptography;
using System.Text.Json;
using Gating.Ledger;
using Gating.Log;
using Gating.Log.Merkle;
using Gating.Log.Sealing;
using Shouldly;
using Xunit;

namespace Gating.Tests.Log;

/// <summary>Leaves and what is stored of a seal. The vectors were made by another program from the written formats; a change of one byte is a new version.</summary>
public sealed class LeafTests
{
    public static TheoryData<string> LeafVectors => VectorFile.Read("Log", "leaf-v1.json");

    public static TheoryData<string> SealVectors => VectorFile.Read("Log", "seal-v1.json");

    [Theory]
    [MemberData(nameof(LeafVectors))]
    public void A_leaf_is_made_as_the_vector_says(string vector)
    {
        using var json = JsonDocument.Parse(vector);
        var v = json.RootElement;
        var seq = v.GetProperty("seq").GetInt64();
        var key = LeafKey.Of(new OperatorKey(Hex(v, "dataKey")), StreamId.FromBytes(Hex(v, "stream")));
        key.ToBytes().ShouldBe(Hex(v, "streamKey"));
        var leaf = key.LeafOf(seq, EntryHash.FromBytes(Hex(v, "entryHash")));
        leaf.ToBytes().ShouldBe([.. Hex(v, "tag"), .. Hex(v, "commitment")]);
        key.Opening(seq).ToBytes().ShouldBe(Hex(v, "opening"));
        leaf.Hash.Value.ToBytes().ShouldBe(Hex(v, "leafHash"));
        LogLeaf.FromBytes(leaf.ToBytes()).ShouldBe(leaf);
    }

    [Theory]
    [MemberData(nameof(LeafVectors))]
    public void What_opens_a_leaf_is_written_as_the_vectors_parts_follow_and_read_back_whole_or_not_at_all(string vector)
    {
        using var json = JsonDocument.Parse(vector);
        var v = json.RootElement;
        var (key, seq) = (LeafKey.Of(new OperatorKey(Hex(v, "dataKey")), StreamId.FromBytes(Hex(v, "stream"))), v.GetProperty("seq").GetInt64());
        var bytes = LeafOpening.Of(key, seq, EntryHash.FromBytes(Hex(v, "entryHash"))).ToBytes();
        bytes.ShouldBe([1, .. Hex(v, "tag"), .. Hex(v, "opening"), .. Hex(v, "entryHash")]);
        LeafOpening.Parse(bytes).ShouldNotBeNull().Leaf.ToBytes().ShouldBe([.. Hex(v, "tag"), .. Hex(v, "commitment")]);
        for (var length = 0; length < bytes.Length; length++)
        {
            LeafOpening.Parse(bytes.AsSpan(0, length)).ShouldBeNull();
        }

        LeafOpening.Parse([.. bytes, 0]).ShouldBeNull();
        LeafOpening.Parse([2, .. bytes[1..]]).ShouldBeNull();
    }

    [Theory]
    [MemberData(nameof(SealVectors))]
    public void A_seal_is_stored_as_the_vector_says_and_read_back_the_same(string vector)
    {
        using var json = JsonDocument.Parse(vector);
        var v = json.RootElement;
        StagedLeaf[] leaves = [.. v.GetProperty("leaves").EnumerateArray().Select(static leaf =>
            new StagedLeaf(StreamId.FromBytes(Hex(leaf, "stream")), leaf.GetProperty("seq").GetInt64(), LogLeaf.FromBytes(Hex(leaf, "leaf"))))];
        var staging = new Staging(v.GetProperty("baseSize").GetInt64(), TreeHash.FromBytes(Hex(v, "baseRoot")), [.. leaves]);
        staging.Encode().ShouldBe(Hex(v, "staging"));
        Staging.NameOf(staging.Encode()).ToBytes().ShouldBe(Hex(v, "name"));
        Staging.Decode(Hex(v, "staging")).Leaves.ShouldBe(leaves);

        var edge = TreeEdge.Empty.Append([.. leaves.Select(static leaf => leaf.Leaf.Hash)]);
        var state = new LogState(edge, 0, TreeHash.Empty, EntryHash.FromBytes(Hex(v, "name")), DateTimeOffset.FromUnixTimeMilliseconds(v.GetProperty("sealedAt").GetInt64()));
        state.Encode().ShouldBe(Hex(v, "state"));
        var read = LogState.Decode(Hex(v, "state"));
        read.Size.ShouldBe(v.GetProperty("size").GetInt64());
        read.Root.Value.ToBytes().ShouldBe(Hex(v, "root"));
        read.Encode().ShouldBe(Hex(v, "state"));
    }

    [Theory]
    [MemberData(nameof(SealVectors))]
    public void What_is_cut_short_or_of_another_version_is_refused(string vector)
    {
        using var json = JsonDocument.Parse(vector);
        var (staging, state) = (Hex(json.RootElement, "staging"), Hex(json.RootElement, "state"));
        for (var length = 0; length < staging.Length; length++)
        {
            Should.Throw<FormatException>(() => Staging.Decode(staging.AsSpan(0, length)));
        }

        for (var length = 0; length < state.Length; length++)
        {
            Should.Throw<FormatException>(() => LogState.Decode(state.AsSpan(0, length)));
        }

        Should.Throw<FormatException>(() => Staging.Decode([.. staging, 0]));
        Should.Throw<FormatException>(() => LogState.Decode([.. state, .. new byte[32]]));
        Should.Throw<UnknownVersionException>(() => Staging.Decode([2, .. staging[1..]]));
        Should.Throw<UnknownVersionException>(() => LogState.Decode([2, .. state[1..]]));
    }

    [Fact]
    public void The_opening_of_one_leaf_opens_it_for_its_entry_alone_and_no_other_leaf()
    {
        var (key, entry) = (LeafKey.Of(new OperatorKey(RandomNumberGenerator.GetBytes(32)), StreamId.Create()), AnyHash());
        var leaf = key.LeafOf(7, entry);
        leaf.CommitsTo(entry, key.Opening(7)).ShouldBeTrue();
        leaf.CommitsTo(AnyHash(), key.Opening(7)).ShouldBeFalse();
        leaf.CommitsTo(entry, key.Opening(8)).ShouldBeFalse();
        key.LeafOf(8, entry).CommitsTo(entry, key.Opening(7)).ShouldBeFalse();
    }

    [Fact]
    public void No_two_leaves_of_any_stream_have_anything_in_common()
    {
        var (operatorKey, entry) = (new OperatorKey(RandomNumberGenerator.GetBytes(32)), AnyHash());
        var keys = Enumerable.Range(0, 20).Select(_ => LeafKey.Of(operatorKey, StreamId.Create())).ToArray();
        var parts = keys.SelectMany(key => Enumerable.Range(1, 20).Select(seq => key.LeafOf(seq, entry))).SelectMany(static leaf => new[] { leaf.Tag, leaf.Commitment }).ToArray();
        parts.Distinct().Count().ShouldBe(parts.Length);
    }

    private static byte[] Hex(JsonElement v, string name) => Convert.FromHexString(v.GetProperty(name).GetString()!);

    private static EntryHash AnyHash() => EntryHash.FromBytes(RandomNumberGenerator.GetBytes(EntryHash.Size));
}
