using System.Collections.Immutable;
using System.Reflection;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace Gating.Mutants.Compiling;

/// <summary>
/// src/Gating as its build compiles it, in memory: everything is parsed and every source generator run once. What only makes warnings is left out
/// (nullability, documentation): a mutant may leave a variable unused.
/// </summary>
internal sealed class GatingSource
{
    private readonly string _folder;
    private readonly ImmutableArray<ResourceDescription> _resources;

    private GatingSource(string folder, CSharpCompilation compilation, ImmutableArray<ResourceDescription> resources) =>
        (_folder, Compilation, _resources) = (folder, compilation, resources);

    public CSharpCompilation Compilation { get; }

    public static GatingSource Load()
    {
        var lines = System.IO.File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Gating.arguments.txt"));
        var arguments = CSharpCommandLineParser.Default.Parse(lines[1..], lines[0], sdkDirectory: null);
        var references = arguments.MetadataReferences.Select(reference => MetadataReference.CreateFromFile(Path.Combine(lines[0], reference.Reference), reference.Properties));
        var parsing = arguments.ParseOptions.WithDocumentationMode(DocumentationMode.None);
        var trees = arguments.SourceFiles.Select(file => Parse(System.IO.File.ReadAllText(file.Path), file.Path, parsing));
        var options = arguments.CompilationOptions
            .WithGeneralDiagnosticOption(ReportDiagnostic.Default)
            .WithSpecificDiagnosticOptions([])
            .WithNullableContextOptions(NullableContextOptions.Disable);
        var compilation = CSharpCompilation.Create(arguments.CompilationName, trees, references, options);
        CSharpGeneratorDriver.Create(Generators(arguments), parseOptions: parsing).RunGeneratorsAndUpdateCompilation(compilation, out var whole, out _);
        return new(lines[0], (CSharpCompilation)whole, arguments.ManifestResources);
    }

    /// <summary>The assembly of that source, which is this one or a mutant of it.</summary>
    public byte[] Emit(CSharpCompilation source)
    {
        using var image = new MemoryStream();
        var result = source.Emit(image, manifestResources: _resources);
        return result.Success ? image.ToArray() : throw DoesNotCompile(result.Diagnostics);
    }

    /// <summary>The source with that one change: the tree as it was, and as it is in the new compilation.</summary>
    public (SyntaxTree Before, SyntaxTree After, CSharpCompilation Source) Change(Mutant mutant)
    {
        var (tree, at) = PlaceOf(mutant);
        var text = tree.ToString();
        var changed = Parse(text[..at] + mutant.Replace + text[(at + mutant.Find.Length)..], tree.FilePath, (CSharpParseOptions)tree.Options);
        return (tree, changed, Compilation.ReplaceSyntaxTree(tree, changed));
    }

    /// <summary>Where a mutant changes its file. Throws <see cref="InvalidOperationException"/> where there is no such file, or not one such place in it.</summary>
    public (SyntaxTree Tree, int At) PlaceOf(Mutant mutant)
    {
        var path = Path.GetFullPath(Path.Combine(_folder, mutant.File));
        var tree = Compilation.SyntaxTrees.SingleOrDefault(tree => tree.FilePath == path) ?? throw new InvalidOperationException($"There is no {mutant.File}.");
        var text = tree.ToString();
        var at = text.IndexOf(mutant.Find, StringComparison.Ordinal);
        return at >= 0 && text.IndexOf(mutant.Find, at + 1, StringComparison.Ordinal) < 0
            ? (tree, at)
            : throw new InvalidOperationException($"{mutant.File} has {(at < 0 ? "no place" : "more than one place")} that reads: {mutant.Find}");
    }

    public static InvalidOperationException DoesNotCompile(IEnumerable<Diagnostic> diagnostics) =>
        new($"It does not compile: {diagnostics.First(static diagnostic => diagnostic.Severity is DiagnosticSeverity.Error)}");

    private static SyntaxTree Parse(string text, string path, CSharpParseOptions options) => CSharpSyntaxTree.ParseText(SourceText.From(text, Encoding.UTF8), options, path);

    private static IEnumerable<ISourceGenerator> Generators(CSharpCommandLineArguments arguments) =>
        from analyzer in arguments.AnalyzerReferences
        where analyzer.FilePath.Contains(".Ref", StringComparison.Ordinal)
        from generator in new AnalyzerFileReference(analyzer.FilePath, new Loader()).GetGenerators(LanguageNames.CSharp)
        select generator;

    private sealed class Loader : IAnalyzerAssemblyLoader
    {
        public void AddDependencyLocation(string fullPath)
        {
        }

        public Assembly LoadFromPath(string fullPath) => Assembly.LoadFrom(fullPath);
    }
}
