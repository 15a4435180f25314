using Shouldly;
using Xunit;

namespace Gating.Functions.Tests.OpenApi;

/// <summary>Two linters of other people's, with every rule that they recommend and warnings counted as errors.</summary>
public sealed class OtherReadersTests
{
    [Fact]
    public async Task Spectral_finds_nothing()
    {
        var (isGood, said) = await OtherReaders.RunAsync("spectral.mjs", DocumentBuilder.File);
        isGood.ShouldBeTrue(said);
    }

    [Fact]
    public async Task Redocly_finds_nothing()
    {
        var (isGood, said) = await OtherReaders.RunAsync("redocly.mjs", DocumentBuilder.File);
        isGood.ShouldBeTrue(said);
    }
}
