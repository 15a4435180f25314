using System.Security.Cryptography;
using Gating.Labels.Security;
using Gating.Labels.Tests.Samples;
using Shouldly;
using Xunit;

namespace Gating.Labels.Tests;

public sealed class LabelSignatureTests : IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly byte[] _file = PngSamples.All[0].Bytes;

    public void Dispose() => _key.Dispose();

    [Fact]
    public void It_covers_the_number_and_the_file_as_it_was_handed_in()
    {
        var content = TestLabels.Content() with { Signature = EcdsaLabelSignature.Of(_key, "key-1") };
        var (_, outcome) = RoundTripTests.Write(_file, content);
        var label = outcome.After.Labels.ShouldHaveSingleItem().Content.Label!;
        EcdsaLabelSignature.KeyIdOf(label.ReservedCode1).ShouldBe("key-1");
        EcdsaLabelSignature.Verify(label.ReservedCode1, label.ProduceId, SHA256.HashData(_file), _key).ShouldBeTrue();
        EcdsaLabelSignature.Verify(label.ReservedCode1, label.ProduceId + "x", SHA256.HashData(_file), _key).ShouldBeFalse();
        EcdsaLabelSignature.Verify(label.ReservedCode1, label.ProduceId, SHA256.HashData([.. _file, 0]), _key).ShouldBeFalse();
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        EcdsaLabelSignature.Verify(label.ReservedCode1, label.ProduceId, SHA256.HashData(_file), other).ShouldBeFalse();
    }

    [Fact]
    public void A_propagators_own_goes_into_the_second_code_and_leaves_the_producers_as_it_is()
    {
        var (theirs, before) = RoundTripTests.Write(_file, TestLabels.Content("their-id", TestLabels.Theirs));
        var content = TestLabels.Content() with { Signature = EcdsaLabelSignature.Of(_key, "key-1") };
        var (_, outcome) = RoundTripTests.Write(theirs, content, LabelPolicy.Careful with { OfAnother = ForeignLabel.Propagate });
        var label = outcome.After.Labels.ShouldHaveSingleItem().Content.Label!;
        label.ReservedCode1.ShouldBe(before.After.Labels[0].Content.Label!.ReservedCode1);
        EcdsaLabelSignature.Verify(label.ReservedCode2, label.PropagateId, SHA256.HashData(theirs), _key).ShouldBeTrue();
    }

    [Theory]
    [InlineData("")]
    [InlineData("ES256.key")]
    [InlineData("ES256.key.!")]
    [InlineData("ES256.key.")]
    [InlineData("""{"SecurityData":{}}""")]
    public void Security_data_of_another_kind_is_no_signature(string code) => EcdsaLabelSignature.Verify(code, "id", new byte[32], _key).ShouldBeFalse();

    [Fact]
    public void A_key_id_that_a_label_could_not_hold_is_refused() => Should.Throw<ArgumentException>(() => EcdsaLabelSignature.Of(_key, "key 1"));
}
