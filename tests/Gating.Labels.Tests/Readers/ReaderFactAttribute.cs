using Gating.Testing;
using Xunit;

namespace Gating.Labels.Tests.Readers;

/// <summary>A fact that needs the corpus and a program of somebody else's, and is skipped, saying which, where one of them is absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ReaderFactAttribute : FactAttribute
{
    public ReaderFactAttribute(string program)
    {
        Program = program;
        if (!Corpora.Has("media/MANIFEST.csv"))
        {
            Skip = "../shared/corpora/media is not beside this checkout.";
        }
        else if (!(Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program))))
        {
            Skip = $"{program} is not installed here.";
        }
    }

    public string Program { get; }
}
