using Shouldly;
using Xunit;

namespace Gating.Cli.Tests;

public sealed class ArchitectureTests
{
    [Fact]
    public void The_command_line_references_what_the_picture_says() =>
        typeof(GatingCommand).Assembly.GetReferencedAssemblies().Select(static reference => reference.Name!).Where(static name => name.StartsWith("Gating", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal).ShouldBe(["Gating", "Gating.Azure", "Gating.Labels"]);
}
