using System.Collections.Immutable;
using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace Gating.Mutants.Compiling;

/// <summary>
/// src/Gating as its build compiles it, in memory: everything is parsed and every source generator run once, so that a changed file costs one binding
/// and one emit. What only makes warnings is left out (nullability, documentation): a mutant may leave a variable unused.
/// </summary>
internal sealed class GatingSource
{
    private readonly string _folder;
    private readonly CSharpCompilation _compilation;
    private readonly ImmutableArray<ResourceDescription> _resources;

    private GatingSource(string folder, CSharpCompilation compilation, ImmutableArray<ResourceDescription> resources) =>
        (_folder, _compilation, _resources) = (folder, compilation, resources);

    /// <param name="reached">The folders whose bodies are kept.</param>
    public static GatingSource Load(IReadOnlyCollection<string> reached)
    {
        var lines = System.IO.File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Gating.arguments.txt"));
        var arguments = CSharpCommandLineParser.Default.Parse(lines[1..], lines[0], sdkDirectory: null);
        var references = arguments.MetadataReferences.Select(reference => MetadataReference.CreateFromFile(Path.Combine(lines[0], reference.Reference), reference.Properties));
        var parsing = arguments.ParseOptions.WithDocumentationMode(DocumentationMode.None);
        var trees = arguments.SourceFiles.Select(file => Parse(System.IO.File.ReadAllText(file.Path), file.Path, parsing));
        var options = arguments.CompilationOptions
            .WithGeneralDiagnosticOption(ReportDiagnostic.Default)
            .WithSpecificDiagnosticOptions([])
            .WithNullableContextOptions(NullableContextOptions.Disable)
            .WithConcurrentBuild(concurrentBuild: false);
        var compilation = CSharpCompilation.Create(arguments.CompilationName, trees, references, options);
        CSharpGeneratorDriver.Create(Generators(arguments), parseOptions: parsing).RunGeneratorsAndUpdateCompilation(compilation, out var whole, out _);
        var unreached = whole.SyntaxTrees.Where(tree => Unreached.In(lines[0], tree.FilePath, reached));
        var lean = unreached.Aggregate((CSharpCompilation)whole, static (rest, tree) => rest.ReplaceSyntaxTree(tree, Unreached.Without(tree)));
        return new(lines[0], lean, arguments.ManifestResources);
    }

    /// <summary>The assembly with that one change, or with none.</summary>
    public byte[] Compile(Mutant? mutant)
    {
        var compilation = mutant is null ? _compilation : Change(mutant);
        using var image = new MemoryStream();
        var result = compilation.Emit(image, manifestResources: _resources);
        return result.Success
            ? image.ToArray()
            : throw new InvalidOperationException($"It does not compile: {result.Diagnostics.First(diagnostic => diagnostic.Severity is DiagnosticSeverity.Error)}");
    }

    /// <summary>Where a mutant changes its file. Throws <see cref="InvalidOperationException"/> where there is no such file, or not one such place in it.</summary>
    public (SyntaxTree Tree, int At) PlaceOf(Mutant mutant)
    {
        var path = Path.GetFullPath(Path.Combine(_folder, mutant.File));
        var tree = _compilation.SyntaxTrees.SingleOrDefault(tree => tree.FilePath == path) ?? throw new InvalidOperationException($"There is no {mutant.File}.");
        var text = tree.ToString();
        var at = text.IndexOf(mutant.Find, StringComparison.Ordinal);
        return at >= 0 && text.IndexOf(mutant.Find, at + 1, StringComparison.Ordinal) < 0
            ? (tree, at)
            : throw new InvalidOperationException($"{mutant.File} has {(at < 0 ? "no place" : "more than one place")} that reads: {mutant.Find}");
    }

    private CSharpCompilation Change(Mutant mutant)
    {
        var (tree, at) = PlaceOf(mutant);
        var text = tree.ToString();
        var changed = text[..at] + mutant.Replace + text[(at + mutant.Find.Length)..];
        return _compilation.ReplaceSyntaxTree(tree, Parse(changed, tree.FilePath, (CSharpParseOptions)tree.Options));
    }

    private static SyntaxTree Parse(string text, string path, CSharpParseOptions options) => CSharpSyntaxTree.ParseText(SourceText.From(text), options, path);

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
