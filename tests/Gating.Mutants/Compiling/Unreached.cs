using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Gating.Mutants.Compiling;

/// <summary>
/// Takes the bodies out of methods that no guard reaches: they would be bound and emitted again for every mutant, and are most of the source. A guard that
/// did reach one would fail on the source as it is, and its row says so.
/// </summary>
internal sealed class Unreached : CSharpSyntaxRewriter
{
    private static readonly BlockSyntax Thrown = (BlockSyntax)SyntaxFactory.ParseStatement("{ throw null!; }");

    /// <summary>What a generator made has no folder of ours, and stays: guards log.</summary>
    public static bool In(string folder, string file, IReadOnlyCollection<string> reached) => Path.IsPathRooted(file) && !file.EndsWith(".g.cs", StringComparison.Ordinal)
        && Path.GetRelativePath(folder, file).Split(Path.DirectorySeparatorChar) is [var first, _, ..] && !reached.Contains(first);

    public static SyntaxTree Without(SyntaxTree tree) => tree.WithRootAndOptions(new Unreached().Visit(tree.GetRoot()), tree.Options);

    // An iterator stays: what makes it one is the yield in its body.
    public override SyntaxNode? VisitMethodDeclaration(MethodDeclarationSyntax node) =>
        (node.Body is null && node.ExpressionBody is null) || node.DescendantNodes().OfType<YieldStatementSyntax>().Any()
            ? node
            : node.WithBody(Thrown).WithExpressionBody(null).WithSemicolonToken(default);
}
