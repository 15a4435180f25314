using System.Text;
using Gating.Generations;
using Shouldly;
using Xunit;

namespace Gating.Tests.Generations;

/// <summary>The body of a generation, and what is said of one that is wrong: always which member.</summary>
public sealed class GenerationReaderTests
{
    private const string Digest = "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU";

    [Fact]
    public void The_least_that_can_be_said_is_read()
    {
        var request = Parse("""{"model":"m","model_version":"1","category":"voice"}""", out _).ShouldNotBeNull();
        (request.Model, request.ModelVersion, request.Category, request.Outputs, request.Units).ShouldBe(("m", "1", SynthesisCategory.Voice, 1, null));
        (request.PromptDigest, request.ParametersDigest, request.Moderation).ShouldBe((null, null, null));
        request.InputDigests.ShouldBeEmpty();
        request.ConsentIds.ShouldBeEmpty();
    }

    [Fact]
    public void The_most_that_can_be_said_is_read()
    {
        var digests = string.Join(',', Enumerable.Repeat($"\"{Digest}\"", GenerationRequest.MaxInputs));
        var request = Parse(With(
            $$"""
            "prompt_digest":"{{Digest}}","input_digests":[{{digests}}],"parameters_digest":"{{Digest}}","moderation":{"rules":"1","verdict":"flagged"},"consent_ids":["c_-"],"units":2147483647,"outputs":32
            """), out _).ShouldNotBeNull();
        request.InputDigests.Length.ShouldBe(GenerationRequest.MaxInputs);
        (request.Moderation, request.Units, request.Outputs).ShouldBe((new("flagged", "1"), int.MaxValue, GenerationRequest.MaxOutputs));
        request.ConsentIds.ShouldBe(["c_-"]);
    }

    [Theory]
    [InlineData("""{"model_version":"1","category":"face"}""", "model ")]
    [InlineData("""{"model":"","model_version":"1","category":"face"}""", "model ")]
    [InlineData("""{"model":1,"model_version":"1","category":"face"}""", "model ")]
    [InlineData("""{"model":null,"model_version":"1","category":"face"}""", "model ")]
    [InlineData("""{"model":"a\u0000","model_version":"1","category":"face"}""", "model ")]
    [InlineData("""{"model":"a\u0085","model_version":"1","category":"face"}""", "model ")]
    [InlineData("""{"model":"m","category":"face"}""", "model_version ")]
    [InlineData("""{"model":"m","model_version":["1"],"category":"face"}""", "model_version ")]
    [InlineData("""{"model":"m","model_version":"1"}""", "category ")]
    [InlineData("""{"model":"m","model_version":"1","category":"Face"}""", "category ")]
    [InlineData("""{"model":"m","model_version":"1","category":3}""", "category ")]
    public void What_must_be_there_is_named(string body, string where) => ShouldBeRefused(body, where);

    [Theory]
    [InlineData("\"prompt_digest\":\"short\"", "prompt_digest ")]
    [InlineData("\"prompt_digest\":\"47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU\"", "prompt_digest ")]
    [InlineData("\"prompt_digest\":null", "prompt_digest ")]
    [InlineData("\"parameters_digest\":\"47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU=\"", "parameters_digest ")]
    [InlineData("\"parameters_digest\":{}", "parameters_digest ")]
    [InlineData("\"input_digests\":\"47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU\"", "input_digests ")]
    [InlineData("\"input_digests\":[1]", "input_digests ")]
    [InlineData("\"input_digests\":[\"x\"]", "input_digests ")]
    [InlineData("\"input_digests\":[null]", "input_digests ")]
    [InlineData("\"moderation\":\"allowed\"", "moderation ")]
    [InlineData("\"moderation\":null", "moderation ")]
    [InlineData("\"moderation\":{\"verdict\":\"allowed\",\"rules\":\"1\",\"by\":\"x\"}", "moderation ")]
    [InlineData("\"moderation\":{\"rules\":\"1\"}", "verdict ")]
    [InlineData("\"moderation\":{\"verdict\":\"refused\",\"rules\":\"1\"}", "moderation.verdict ")]
    [InlineData("\"moderation\":{\"verdict\":\"allowed\"}", "rules ")]
    [InlineData("\"consent_ids\":{}", "consent_ids ")]
    [InlineData("\"consent_ids\":[\"\"]", "consent_ids ")]
    [InlineData("\"consent_ids\":[\"a b\"]", "consent_ids ")]
    [InlineData("\"units\":0", "units ")]
    [InlineData("\"units\":-1", "units ")]
    [InlineData("\"units\":1.5", "units ")]
    [InlineData("\"units\":\"1\"", "units ")]
    [InlineData("\"units\":2147483648", "units ")]
    [InlineData("\"units\":null", "units ")]
    [InlineData("\"outputs\":0", "outputs ")]
    [InlineData("\"outputs\":33", "outputs ")]
    [InlineData("\"outputs\":true", "outputs ")]
    [InlineData("\"extra\":1", "extra ")]
    [InlineData("\"<script>\":1", "A member ")]
    public void What_is_wrong_is_named(string member, string where) => ShouldBeRefused(With(member), where);

    [Fact]
    public void What_is_too_much_is_named()
    {
        ShouldBeRefused(With($"\"input_digests\":[{string.Join(',', Enumerable.Repeat($"\"{Digest}\"", GenerationRequest.MaxInputs + 1))}]"), "input_digests ");
        ShouldBeRefused(With($"\"consent_ids\":[{string.Join(',', Enumerable.Repeat("\"c\"", 17))}]"), "consent_ids ");
        ShouldBeRefused(With($"\"consent_ids\":[\"{new string('c', 129)}\"]"), "consent_ids ");
        ShouldBeRefused($$"""{"model":"{{new string('m', 129)}}","model_version":"1","category":"face"}""", "model ");
        ShouldBeRefused(With($"\"{new string('x', 129)}\":1"), "A member ");
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{")]
    [InlineData("""{"model":"m","model_version":"1","category":"face"} x""")]
    [InlineData("""{"model":"m","model":"m","model_version":"1","category":"face"}""")]
    [InlineData("""{"model":"m","model_version":"1","category":"face","moderation":{"verdict":"allowed","verdict":"flagged","rules":"1"}}""")]
    [InlineData("""{"model":"m","model_version":"1","category":"face","input_digests":[[[[[1]]]]]}""")]
    public void What_is_no_such_object_is_said_as_a_whole(string body) => ShouldBeRefused(body, "The body ");

    [Fact]
    public void A_body_over_the_bound_is_not_read() => ShouldBeRefused(With("\"units\":1" + new string(' ', GenerationReader.MaxSize)), "The body ");

    private static string With(string member) => $$"""{"model":"m","model_version":"1","category":"face",{{member}}}""";

    private static void ShouldBeRefused(string body, string where)
    {
        Parse(body, out var problem).ShouldBeNull();
        problem.ShouldStartWith(where);
    }

    private static GenerationRequest? Parse(string body, out string problem) => GenerationReader.Parse(Encoding.UTF8.GetBytes(body), out problem);
}
