using System.Reflection;
using Shouldly;
using Xunit;

namespace Gating.Tests;

/// <summary>The arrows of src/README.md.</summary>
public sealed class ArchitectureTests
{
    [Theory]
    [InlineData("Gating.Labels", "")]
    [InlineData("Gating.Client", "")]
    [InlineData("Gating", "Gating.Labels")]
    [InlineData("Gating.Azure", "Gating")]
    [InlineData("Gating.Functions", "Gating,Gating.Labels,Gating.Azure")]
    [InlineData("Gating.Local", "Gating,Gating.Labels,Gating.Functions")]
    public void A_project_references_only_what_the_picture_says(string project, string allowed)
    {
        var references = Assembly.Load(project).GetReferencedAssemblies().Select(reference => reference.Name!).Where(name => name.StartsWith("Gating", StringComparison.Ordinal));
        references.Except(allowed.Split(',', StringSplitOptions.RemoveEmptyEntries), StringComparer.Ordinal).ShouldBeEmpty();
    }

    [Fact]
    public void The_domain_knows_neither_HTTP_nor_storage()
    {
        var references = Assembly.Load("Gating").GetReferencedAssemblies().Select(reference => reference.Name!).ToArray();
        references.ShouldAllBe(name => !name.StartsWith("Azure", StringComparison.Ordinal));
        references.ShouldAllBe(name => !name.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal));
    }

    [Fact]
    public void Only_the_composition_names_the_storage_adapters()
    {
        var root = SourceRoot();
        var named = Directory.EnumerateFiles(Path.Combine(root, "src", "Gating.Functions"), "*.cs", SearchOption.AllDirectories)
            .Where(path => !path.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .Where(path => File.ReadAllText(path) is var text && (text.Contains("using Gating.Azure", StringComparison.Ordinal) || text.Contains(" Azure.", StringComparison.Ordinal)))
            .Select(Path.GetFileName);
        named.ShouldBe(["Composition.cs"]);
    }

    [Fact]
    public void No_file_is_longer_than_400_lines()
    {
        var root = SourceRoot();
        var files = new[] { "src", "tests" }.SelectMany(folder => Directory.EnumerateFiles(Path.Combine(root, folder), "*.cs", SearchOption.AllDirectories))
            .Where(path => !path.Split(Path.DirectorySeparatorChar).Any(part => part is "obj" or "bin" or "node_modules"));
        files.Where(path => File.ReadLines(path).Count() > 400).ShouldBeEmpty();
    }

    private static string SourceRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Gating.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("The tests do not run inside the source tree.");
    }
}
