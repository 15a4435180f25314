using System.Text.Json;
using Gating.Archive;
using Gating.Generations;
using Gating.Ledger;
using Shouldly;
using Xunit;

namespace Gating.Tests.Archive;

/// <summary>What a file carries leads to its record, for its own name alone, and gives nothing away. The vectors were made by another program; a change of one byte is a new version.</summary>
public sealed class ArchiveReferencesTests
{
    private static readonly ArchiveReferences References = new(new OperatorKey(new byte[OperatorKey.Size]));
    private static readonly ContentId Content = ContentId.Create(DateTimeOffset.UnixEpoch);
    private static readonly OutputReference Reference = new(StreamId.Create(), 999_999_999_999, 32);

    public static TheoryData<string> Vectors => VectorFile.Read("Archive", "reference-v1.json");

    [Theory]
    [MemberData(nameof(Vectors))]
    public void It_is_sealed_as_the_vector_says(string vector)
    {
        using var json = JsonDocument.Parse(vector);
        var v = json.RootElement;
        ContentId.TryParse(v.GetProperty("content").GetString(), out var content).ShouldBeTrue();
        StreamId.TryParse(v.GetProperty("stream").GetString(), out var person).ShouldBeTrue();
        new ArchiveReferences(new(Convert.FromHexString(v.GetProperty("key").GetString()!))).Seal(content, new(person, v.GetProperty("seq").GetInt64(), v.GetProperty("number").GetInt32()))
            .ShouldBe(v.GetProperty("reference").GetString());
    }

    [Fact]
    public void It_opens_for_its_own_file_and_is_the_same_each_time()
    {
        var text = References.Seal(Content, Reference);
        References.TryOpen(Content, text, out var opened).ShouldBeTrue();
        opened.ShouldBe(Reference);
        References.Seal(Content, Reference).ShouldBe(text);
    }

    [Fact]
    public void It_opens_neither_for_another_file_nor_under_another_key()
    {
        var text = References.Seal(Content, Reference);
        References.TryOpen(ContentId.Create(DateTimeOffset.UnixEpoch), text, out _).ShouldBeFalse();
        new ArchiveReferences(new(Enumerable.Repeat((byte)1, OperatorKey.Size).ToArray())).TryOpen(Content, text, out _).ShouldBeFalse();
    }

    [Fact]
    public void One_character_changed_anywhere_and_it_opens_no_more()
    {
        var text = References.Seal(Content, Reference);
        for (var i = 0; i < text.Length - 1; i++)
        {
            References.TryOpen(Content, text[..i] + (text[i] == 'A' ? 'B' : 'A') + text[(i + 1)..], out _).ShouldBeFalse();
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("AA")]
    [InlineData("!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!")]
    public void What_is_none_does_not_open(string? text) => References.TryOpen(Content, text, out _).ShouldBeFalse();

    [Fact]
    public void Two_outputs_of_one_generation_have_nothing_in_common_to_see()
    {
        var (one, other) = (References.Seal(Content, Reference), References.Seal(ContentId.Create(DateTimeOffset.UnixEpoch), Reference with { Number = 31 }));
        one.Zip(other).Skip(2).Count(static pair => pair.First == pair.Second).ShouldBeLessThan(15);
        one.ShouldNotContain(Reference.Person.ToString());
    }
}
