using Gating.Local.Processes;

namespace Gating.Functions.Tests.Infra;

/// <summary>The files of the source tree that say how the gate is deployed, and copies of them to damage.</summary>
internal sealed class InfraFolder : IDisposable
{
    private readonly bool _isCopy;

    private InfraFolder(string root, bool isCopy) => (Root, _isCopy) = (root, isCopy);

    /// <summary>Where <c>README.md</c> and <c>infra</c> are.</summary>
    public string Root { get; }

    public static InfraFolder Real { get; } = new(Path.GetFullPath(Path.Combine(NodeSettings.Default.Folder, "..", "..", "..")), isCopy: false);

    public IReadOnlyList<string> BicepFiles => [.. Directory.GetFiles(Path.Combine(Root, "infra"), "*.bicep", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];

    public static InfraFolder Copy()
    {
        var copy = new InfraFolder(Directory.CreateTempSubdirectory("gating-infra").FullName, isCopy: true);
        foreach (var file in Directory.GetFiles(Path.Combine(Real.Root, "infra"), "*", SearchOption.AllDirectories).Concat(new[] { "azure.yaml", "local.settings.sample.json", "README.md" }.Select(name => Path.Combine(Real.Root, name))))
        {
            var target = Path.Combine(copy.Root, Path.GetRelativePath(Real.Root, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        return copy;
    }

    public string Read(string name) => File.ReadAllText(Path.Combine(Root, name));

    /// <summary>Throws where <paramref name="what"/> does not stand there: a damage that damages nothing would prove nothing.</summary>
    public void Damage(string name, string what, string by)
    {
        var text = Read(name);
        if (!text.Contains(what, StringComparison.Ordinal))
        {
            throw new InvalidOperationException($"{name} has no '{what}' to be damaged.");
        }

        File.WriteAllText(Path.Combine(Root, name), text.Replace(what, by, StringComparison.Ordinal));
    }

    public void Dispose()
    {
        if (_isCopy)
        {
            Directory.Delete(Root, recursive: true);
        }
    }
}
