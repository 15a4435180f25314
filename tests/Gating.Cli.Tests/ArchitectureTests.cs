using Shouldly;
using Xunit;

namespace Gating.Cli.Tests;

public sealed class ArchitectureTests
{
    [Fact]
    public void The_command_line_references_the_labels_alone_of_ours() =>
        typeof(GatingCommand).Assembly.GetReferencedAssemblies().Select(static reference => reference.Name!).Where(static name => name.StartsWith("Gating", StringComparison.Ordinal)).ShouldBe(["Gating.Labels"]);
}
