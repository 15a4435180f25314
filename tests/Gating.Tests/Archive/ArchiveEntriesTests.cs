using System.Text;
using System.Text.Json;
using Gating.Archive;
using Gating.Generations;
using Gating.Labels.Perceptual;
using Gating.Ledger;
using Gating.Tests.Generations;
using Shouldly;
using Xunit;

namespace Gating.Tests.Archive;

/// <summary>The stored and hashed bytes of an output. The vectors were made by another program; a change of one byte is a new version.</summary>
public sealed class ArchiveEntriesTests
{
    public static TheoryData<string> Vectors => VectorFile.Read("Archive", "archived-v1.json");

    [Theory]
    [MemberData(nameof(Vectors))]
    public void It_is_written_as_the_vector_says_and_read_back(string vector)
    {
        using var json = JsonDocument.Parse(vector);
        var v = json.RootElement;
        ContentId.TryParse(v.GetProperty("content").GetString(), out var content).ShouldBeTrue();
        var generation = new Generation(new(new(0, 1)), v.GetProperty("generation").GetInt64(), default, v.GetProperty("app").GetString()!, v.GetProperty("tool").GetString()!, 1, 1, "", [content]);
        var file = new ArchivedFile(
            content, v.GetProperty("media_type").GetString()!, v.GetProperty("bytes").GetInt64(), Digest(v, "source_sha256"), Digest(v, "output_sha256"),
            DateTimeOffset.FromUnixTimeMilliseconds(v.GetProperty("retain_until").GetInt64()));
        var (number, label) = (v.GetProperty("number").GetInt32(), v.GetProperty("label").GetString()!);
        var look = v.TryGetProperty("perceptual_hash", out var hex) && PerceptualHash.TryParse(hex.GetString(), out var hash) ? hash : (PerceptualHash?)null;
        var labelled = new LabelledOutput(file.MediaType, file.SourceSha256, file.OutputSha256, label, v.GetProperty("explicit_label").GetString()!, look);
        var written = ArchiveEntries.Archived(generation, number, file, labelled);
        Encoding.UTF8.GetString(written).ShouldBe(v.GetProperty("public").GetString());
        ArchiveEntries.Read(GenerationEntriesTests.EntryOf(EntryKind.Archived, written))
            .ShouldBe(new(new(new(0, 1)), 8, generation.App, generation.Tool, generation.Seq, number, file, label, look));
    }

    [Fact]
    public void Another_kind_is_no_output() => ArchiveEntries.Read(GenerationEntriesTests.EntryOf(EntryKind.Redeemed, "{\"v\":1}"u8.ToArray())).ShouldBeNull();

    [Fact]
    public void Another_version_is_refused_by_its_number() =>
        Should.Throw<UnknownVersionException>(static () => ArchiveEntries.Read(GenerationEntriesTests.EntryOf(EntryKind.Archived, "{\"v\":2}"u8.ToArray()))).Version.ShouldBe(2);

    private static EntryHash Digest(JsonElement v, string name) => EntryHash.FromBytes(Convert.FromHexString(v.GetProperty(name).GetString()!));
}
