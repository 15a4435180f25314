using Gating.Testing;
using Xunit;

namespace Gating.Labels.Tests.Readers;

/// <summary>A fact that needs a program of somebody else's and files to show it, and is skipped, saying which, where one of them is absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ReaderFactAttribute : FactAttribute
{
    public ReaderFactAttribute(params string[] programs)
    {
        Programs = programs;
        if (programs.FirstOrDefault(static program => !IsThere(program)) is { } absent)
        {
            Skip = $"{absent} is not installed here.";
        }
        else if (!Corpora.Has("media/MANIFEST.csv") && !IsThere("ffmpeg"))
        {
            Skip = "../shared/corpora/media is not beside this checkout, and ffmpeg, which would make files, is not installed.";
        }
    }

    public IReadOnlyList<string> Programs { get; }

    private static bool IsThere(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));
}
