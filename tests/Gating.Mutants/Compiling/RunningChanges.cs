using System.Reflection.Metadata;
using Gating.Mutants.Running;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Emit;

namespace Gating.Mutants.Compiling;

/// <summary>
/// What makes a running Gating.dll a mutant and the source again, over and over: each is the difference to the one before, as a debugger's "edit and continue"
/// has it, of some milliseconds and some kilobytes where the whole assembly takes seconds. Differences belong to one process, in their order.
/// </summary>
internal sealed class RunningChanges(GatingSource source, byte[] image)
{
    private EmitBaseline _last = EmitBaseline.CreateInitialBaseline(
        source.Compilation, ModuleMetadata.CreateFromImage(image), static _ => default, static _ => default, hasPortableDebugInformation: true);

    /// <summary>Null where more than the bodies of methods changes (a constant, a signature, what a field begins with): a running assembly does not take that.</summary>
    public (AssemblyDelta There, AssemblyDelta Back)? Of(Mutant mutant)
    {
        var (before, after, changed) = source.Change(mutant);
        if (!SyntaxFactory.AreEquivalent(before, after, topLevel: true) || Edited(before.GetRoot(), after.GetRoot()) is not { } methods)
        {
            return null;
        }

        var pairs = methods.Select(pair => (Before: Symbol(source.Compilation, pair.Before), After: Symbol(changed, pair.After))).ToList();
        var last = _last;
        try
        {
            return (Emit(changed, pairs.Select(static pair => (pair.Before, pair.After))), Emit(source.Compilation, pairs.Select(static pair => (pair.After, pair.Before))));
        }
        catch (InvalidOperationException)
        {
            _last = last;
            throw;
        }
    }

    private AssemblyDelta Emit(CSharpCompilation compilation, IEnumerable<(IMethodSymbol From, IMethodSymbol To)> methods)
    {
        using MemoryStream metadata = new(), il = new(), pdb = new();
        var edits = methods.Select(static pair => new SemanticEdit(SemanticEditKind.Update, pair.From, pair.To));
        var result = compilation.EmitDifference(_last, edits, static _ => false, metadata, il, pdb);
        _last = result.Success ? result.Baseline! : throw GatingSource.DoesNotCompile(result.Diagnostics);
        return new(metadata.ToArray(), il.ToArray());
    }

    private static IMethodSymbol Symbol(CSharpCompilation compilation, SyntaxNode body) =>
        (IMethodSymbol)compilation.GetSemanticModel(body.SyntaxTree).GetDeclaredSymbol(body)!;

    /// <summary>The bodies that differ, where the two differ in nothing else; null where something else does: what a field begins with.</summary>
    private static List<(SyntaxNode Before, SyntaxNode After)>? Edited(SyntaxNode before, SyntaxNode after)
    {
        if (SyntaxFactory.AreEquivalent(before, after, topLevel: false))
        {
            return [];
        }

        return before switch
        {
            BaseMethodDeclarationSyntax or AccessorDeclarationSyntax => [(before, after)],
            PropertyDeclarationSyntax { ExpressionBody: { } was } => [(was, ((PropertyDeclarationSyntax)after).ExpressionBody!)],
            IndexerDeclarationSyntax { ExpressionBody: { } was } => [(was, ((IndexerDeclarationSyntax)after).ExpressionBody!)],
            CompilationUnitSyntax or BaseNamespaceDeclarationSyntax or TypeDeclarationSyntax or BasePropertyDeclarationSyntax or AccessorListSyntax => Children(before, after),
            _ => null,
        };
    }

    private static List<(SyntaxNode Before, SyntaxNode After)>? Children(SyntaxNode before, SyntaxNode after)
    {
        List<(SyntaxNode Before, SyntaxNode After)> edited = [];
        foreach (var (was, becomes) in before.ChildNodes().Zip(after.ChildNodes()))
        {
            if (Edited(was, becomes) is not { } inside)
            {
                return null;
            }

            edited.AddRange(inside);
        }

        return edited;
    }
}
