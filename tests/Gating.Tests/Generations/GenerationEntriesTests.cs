using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Gating.Generations;
using Gating.Grants;
using Gating.Ledger;
using Gating.Registry;
using Shouldly;
using Xunit;

namespace Gating.Tests.Generations;

/// <summary>The stored and hashed bytes of a generation. The vectors were made by another program; a change of one byte is a new version.</summary>
public sealed class GenerationEntriesTests
{
    public static TheoryData<string> Vectors => VectorFile.Read("Generations", "redeemed-v1.json");

    [Theory]
    [MemberData(nameof(Vectors))]
    public void It_is_written_as_the_vector_says_and_read_back(string vector)
    {
        using var json = JsonDocument.Parse(vector);
        var v = json.RootElement;
        var request = GenerationReader.Parse(Encoding.UTF8.GetBytes(v.GetProperty("body").GetRawText()), out var problem);
        request.ShouldNotBeNull(problem);
        var fingerprint = GenerationEntries.FingerprintOf(request);
        fingerprint.ShouldBe(v.GetProperty("fingerprint").GetString());
        var grant = new PresentedGrant(
            new(new(0, 1)), v.GetProperty("grant").GetInt64(), v.GetProperty("app").GetString()!, v.GetProperty("tool").GetString()!, v.GetProperty("operation").GetString()!, 9, default, null);
        ImmutableArray<ContentId> contents = [.. v.GetProperty("contents").EnumerateArray().Select(static text => ContentId.TryParse(text.GetString(), out var id) ? id : default)];
        var registry = new RegistrySnapshot(
            v.GetProperty("registry").GetInt64(), FrozenDictionary<string, App>.Empty, FrozenDictionary<string, Tool>.Empty, FrozenDictionary<string, Issuer>.Empty, [], 0);
        var written = GenerationEntries.Redeemed(new(grant, request, fingerprint, contents, null, registry, 0), v.GetProperty("charged").GetInt32());
        Encoding.UTF8.GetString(written).ShouldBe(v.GetProperty("public").GetString());

        var read = GenerationEntries.Read(EntryOf(EntryKind.Redeemed, written)).ShouldNotBeNull();
        (read.App, read.Tool, read.GrantSeq, read.Units, read.Fingerprint).ShouldBe((grant.App, grant.Resource, grant.Seq, v.GetProperty("charged").GetInt32(), fingerprint));
        read.Contents.ShouldBe(contents);
    }

    [Fact]
    public void Another_kind_is_no_generation() => GenerationEntries.Read(EntryOf(EntryKind.Granted, "{\"v\":1}"u8.ToArray())).ShouldBeNull();

    [Fact]
    public void Another_version_is_refused_by_its_number() =>
        Should.Throw<UnknownVersionException>(static () => GenerationEntries.Read(EntryOf(EntryKind.Redeemed, "{\"v\":2}"u8.ToArray()))).Version.ShouldBe(2);

    internal static Entry EntryOf(EntryKind kind, byte[] json) => new(new(new(0, 1)), 8, kind, DateTimeOffset.UnixEpoch, OperationId.Create(), json, default, default, default);
}
