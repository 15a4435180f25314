using System.Text;
using Gating.Admission;
using Shouldly;
using Xunit;

namespace Gating.Tests.Admission;

public sealed class MediaDetailTests
{
    [Fact]
    public void A_whole_object_is_read()
    {
        var detail = MediaDetail.Parse(
            """
            [{"type":"synthetic_media","tool":"https://tools.example/face","operation":"face_swap","units":3,
              "input_digest":"47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU","consent_ids":["c1","c2"],"moderation_receipt":"a.b.c"}]
            """u8, out _);
        detail.ShouldNotBeNull();
        detail.Units.ShouldBe(3);
        detail.ConsentIds.ShouldBe(["c1", "c2"]);
        Encoding.UTF8.GetString(detail.ToJson("https://tools.example/face")).ShouldBe(
            """{"type":"synthetic_media","tool":"https://tools.example/face","operation":"face_swap","units":3,"input_digest":"47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU","consent_ids":["c1","c2"]}""");
    }

    [Fact]
    public void Units_are_one_unless_said() =>
        MediaDetail.Parse("""[{"type":"synthetic_media","operation":"x"}]"""u8, out _)!.Units.ShouldBe(1);

    [Theory]
    [InlineData("", "not JSON")]
    [InlineData("[", "not JSON")]
    [InlineData("{}", "not an array")]
    [InlineData("[]", "not an array")]
    [InlineData("""[{"type":"synthetic_media","operation":"x"},{}]""", "not an array of one")]
    [InlineData("""[{"type":"synthetic_media","operation":"x"}] []""", "not JSON")]
    [InlineData("""[{"operation":"x"}]""", ".type")]
    [InlineData("""[{"type":"other","operation":"x"}]""", ".type")]
    [InlineData("""[{"type":"synthetic_media"}]""", ".operation")]
    [InlineData("""[{"type":"synthetic_media","operation":"X"}]""", ".operation")]
    [InlineData("""[{"type":"synthetic_media","operation":"x","operation":"y"}]""", ".operation")]
    [InlineData("""[{"type":"synthetic_media","operation":"x","units":0}]""", ".units")]
    [InlineData("""[{"type":"synthetic_media","operation":"x","units":1.5}]""", ".units")]
    [InlineData("""[{"type":"synthetic_media","operation":"x","units":"1"}]""", ".units")]
    [InlineData("""[{"type":"synthetic_media","operation":"x","units":3000000000}]""", ".units")]
    [InlineData("""[{"type":"synthetic_media","operation":"x","input_digest":"short"}]""", ".input_digest")]
    [InlineData("""[{"type":"synthetic_media","operation":"x","consent_ids":[1]}]""", ".consent_ids")]
    [InlineData("""[{"type":"synthetic_media","operation":"x","extra":1}]""", ".extra")]
    [InlineData("""[{"type":"synthetic_media","operation":"x","E<>":1}]""", ".…")]
    [InlineData("""[{"type":"synthetic_media","operation":"x","tool":"\ud800"}]""", "not Unicode")]
    [InlineData("""[[[[[[]]]]]]""", "not")]
    public void Anything_else_is_refused_by_name(string json, string problem)
    {
        MediaDetail.Parse(Encoding.UTF8.GetBytes(json), out var said).ShouldBeNull();
        said.ShouldContain(problem);
    }

    [Fact]
    public void Its_size_is_bounded_before_it_is_parsed() =>
        MediaDetail.Parse(new byte[MediaDetail.MaxSize + 1], out _).ShouldBeNull();
}
