namespace Gating.Local.Processes;

/// <summary>Where the Node side is found.</summary>
/// <param name="Folder">Holds <c>package-lock.json</c> and the scripts; <c>node_modules</c> is made in it.</param>
/// <param name="SearchPath">Folders in which <c>node</c> and <c>npm</c> are looked for, written as PATH is.</param>
/// <param name="LockLimit">How long to wait while another process installs.</param>
public sealed record NodeSettings(string Folder, string SearchPath, TimeSpan LockLimit)
{
    /// <summary>An install takes about a minute; somebody may be on a slow line.</summary>
    public static readonly TimeSpan DefaultLockLimit = TimeSpan.FromMinutes(10);

    /// <summary>Names another folder than the one in the source tree.</summary>
    public const string FolderVariable = "GATING_NODE_FOLDER";

    /// <summary>The folder of the source tree and the PATH of this process. Throws <see cref="SetupException"/> where there is no source tree.</summary>
    public static NodeSettings Default => field ??= new(FindFolder(), Environment.GetEnvironmentVariable("PATH") ?? "", DefaultLockLimit);

    internal string LockFile => Path.Combine(Folder, "package-lock.json");

    internal string Modules => Path.Combine(Folder, "node_modules");

    /// <summary>Everything that runs from a build output runs below the source tree: the first folder upwards that holds ours is it.</summary>
    private static string FindFolder()
    {
        if (Environment.GetEnvironmentVariable(FolderVariable) is { Length: > 0 } given)
        {
            return Path.GetFullPath(given);
        }

        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "src", "Gating.Local", "node");
            if (File.Exists(Path.Combine(candidate, "package-lock.json")))
            {
                return candidate;
            }
        }

        throw new SetupException($"src/Gating.Local/node was not found above {AppContext.BaseDirectory}; run from the source tree or set {FolderVariable}.");
    }
}
