using System.Security.Cryptography;

namespace Gating.Local.Processes;

/// <summary>
/// Brings <c>node_modules</c> in step with <c>package-lock.json</c>. A stamp inside node_modules, written last, holds the digest of the lock file
/// that was installed: a half-finished install has none and is done again.
/// </summary>
public static class NodePackages
{
    private const string StampName = ".gating-stamp";

    private static readonly TimeSpan SayEvery = TimeSpan.FromSeconds(15);

    /// <summary>As the other overload, with the folder of the source tree and the PATH of this process.</summary>
    public static Task<NodeRuntime> EnsureAsync(IProgress<string> progress, CancellationToken cancellation) =>
        EnsureAsync(NodeSettings.Default, progress, cancellation);

    /// <summary>Installs if need be, else answers at once. Throws <see cref="SetupException"/> with what to do about it.</summary>
    public static async Task<NodeRuntime> EnsureAsync(NodeSettings settings, IProgress<string> progress, CancellationToken cancellation)
    {
        var node = await NodeTool.FindNodeAsync(settings.SearchPath, cancellation);
        if (!await IsCurrentAsync(settings, cancellation))
        {
            var npm = NodeTool.FindNpm(settings.SearchPath);
            using var held = await InstallLock.TakeAsync(settings, progress, cancellation);

            // Whoever held the lock before us may have done it.
            if (!await IsCurrentAsync(settings, cancellation))
            {
                await InstallAsync(settings, node, npm, progress, cancellation);
            }
        }

        return new NodeRuntime(node, settings.Folder, settings.SearchPath);
    }

    /// <summary>Whether node_modules is what the lock file says.</summary>
    public static async Task<bool> IsCurrentAsync(NodeSettings settings, CancellationToken cancellation)
    {
        var stamp = Path.Combine(settings.Modules, StampName);
        return File.Exists(stamp)
            && string.Equals(await File.ReadAllTextAsync(stamp, cancellation), await DigestAsync(settings, cancellation), StringComparison.Ordinal);
    }

    private static async Task InstallAsync(NodeSettings settings, string node, string npm, IProgress<string> progress, CancellationToken cancellation)
    {
        var digest = await DigestAsync(settings, cancellation);
        progress.Report("Installing the Node packages (Azurite and the demonstration OpenID provider); once per machine, usually 20 to 40 seconds, longer on a busy machine …");
        var started = TimeProvider.System.GetTimestamp();
        var runtime = new NodeRuntime(node, settings.Folder, settings.SearchPath);
        await using (var install = NodeProcess.Start("npm ci", runtime, "install.mjs", [npm]))
        {
            var ended = install.Ended;
            while (await Task.WhenAny(ended, Task.Delay(SayEvery, TimeProvider.System, cancellation)) != ended)
            {
                cancellation.ThrowIfCancellationRequested();
                progress.Report($"… still installing, {TimeProvider.System.GetElapsedTime(started).TotalSeconds:0} s so far");
            }

            if (await ended != 0)
            {
                throw new SetupException($"`npm ci` failed in {settings.Folder}: {NpmError.Shorten(install.Errors)}");
            }
        }

        Directory.CreateDirectory(settings.Modules);
        await File.WriteAllTextAsync(Path.Combine(settings.Modules, StampName), digest, cancellation);
        progress.Report($"Installed the Node packages in {TimeProvider.System.GetElapsedTime(started).TotalSeconds:0} s.");
    }

    private static async Task<string> DigestAsync(NodeSettings settings, CancellationToken cancellation) =>
        Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(settings.LockFile, cancellation)));
}
