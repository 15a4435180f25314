using Xunit;

namespace Gating.Functions.Tests.Local;

/// <summary>A fact about lines for a shell: a machine without those tools cannot check it, and says so.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ShellFactAttribute : FactAttribute
{
    public ShellFactAttribute(params string[] tools)
    {
        Tools = tools;
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        var missing = tools.FirstOrDefault(tool => !folders.Any(folder => File.Exists(Path.Combine(folder, tool))));
        Skip = missing is null ? null : $"{missing} is not installed";
    }

    public IReadOnlyList<string> Tools { get; }
}
