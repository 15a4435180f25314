using Shouldly;
using Xunit;

namespace Gating.Labels.Tests;

public sealed class ArchitectureTests
{
    [Fact]
    public void The_library_needs_the_base_class_library_alone() =>
        typeof(LabelReader).Assembly.GetReferencedAssemblies().ShouldAllBe(reference => reference.Name!.StartsWith("System.", StringComparison.Ordinal));
}
