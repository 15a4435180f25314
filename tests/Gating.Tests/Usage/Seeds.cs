using Xunit;

namespace Gating.Tests.Usage;

/// <summary>Fixed seeds: a failure names its walk and is the same on every machine.</summary>
public static class Seeds
{
    public static TheoryData<int> Hundred => [.. Enumerable.Range(1, 100)];
}
