using Xunit;

namespace Gating.Testing;

/// <summary>Third-party test material that may stand beside the checkout, in <c>../shared/corpora</c> seen from the solution's folder.</summary>
public static class Corpora
{
    /// <summary>Null where they are absent.</summary>
    public static string? Root { get; } = Find();

    public static bool Has(string file) => Root is not null && File.Exists(Path.Combine(Root, file));

    public static byte[] Read(string file) => File.ReadAllBytes(Path.Combine(Root ?? throw new DirectoryNotFoundException("No corpora."), file));

    /// <summary>All files below a folder of the corpora, lists of them aside.</summary>
    public static IEnumerable<string> Files(string folder) =>
        Directory.EnumerateFiles(Path.Combine(Root ?? throw new DirectoryNotFoundException("No corpora."), folder), "*", SearchOption.AllDirectories)
            .Where(static file => !file.EndsWith(".csv", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal);

    private static string? Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Gating.sln")))
            {
                var corpora = Path.GetFullPath(Path.Combine(folder.FullName, "..", "shared", "corpora"));
                return Directory.Exists(corpora) ? corpora : null;
            }
        }

        return null;
    }
}

/// <summary>A fact that needs a file of the corpora and is skipped, saying so, where it is absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class CorpusFactAttribute : FactAttribute
{
    public CorpusFactAttribute(string file)
    {
        File = file;
        if (!Corpora.Has(file))
        {
            Skip = $"../shared/corpora/{file} is not beside this checkout.";
        }
    }

    public string File { get; }
}
