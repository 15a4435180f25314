using Xunit.Abstractions;
using Xunit.Sdk;

namespace Gating.Functions.Tests.World;

/// <summary>Tests that have to wait for <see cref="PausedHolders"/> come after all others of their class, which are their pastime.</summary>
public sealed class PausedLast : ITestCaseOrderer
{
    public IEnumerable<TTestCase> OrderTestCases<TTestCase>(IEnumerable<TTestCase> testCases)
        where TTestCase : ITestCase => testCases.OrderBy(static test => test.TestMethod.Method.Name.Contains("stood_still", StringComparison.Ordinal));
}
