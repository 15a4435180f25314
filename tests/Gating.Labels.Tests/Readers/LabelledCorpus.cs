using Gating.Testing;
using Shouldly;
using Xunit;

namespace Gating.Labels.Tests.Readers;

/// <summary>A file as it was and as it is with its label.</summary>
public sealed record LabelledFile(string Format, string Original, string Labelled);

/// <summary>All of the corpus and of what ffmpeg makes, labelled, in a folder of its own beside the originals.</summary>
public sealed class LabelledCorpus : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gating-labels-");
    private readonly List<LabelledFile> _files = [];

    public IReadOnlyList<LabelledFile> Files => _files;

    public string Folder => _folder.FullName;

    public async Task InitializeAsync()
    {
        foreach (var file in await MadeFiles.CreateAsync(_folder.CreateSubdirectory("made")))
        {
            Add(file, "made-labelled").ShouldBeOfType<LabelOutcome.Labelled>(file);
        }

        if (Corpora.Has("media/MANIFEST.csv"))
        {
            foreach (var file in Corpora.Files("media"))
            {
                Add(file, Path.GetFileName(Path.GetDirectoryName(file)!));
            }
        }
    }

    public Task DisposeAsync()
    {
        _folder.Delete(recursive: true);
        return Task.CompletedTask;
    }

    private LabelOutcome Add(string file, string folder)
    {
        // Readers go by the name too: it stays.
        var labelled = Path.Combine(_folder.CreateSubdirectory(folder).FullName, Path.GetFileName(file));
        using var input = File.OpenRead(file);
        using var output = new FileStream(labelled, FileMode.CreateNew, FileAccess.ReadWrite);
        var outcome = LabelWriter.Write(input, output, TestLabels.Content(), new(ForeignLabel.Propagate, C2paBinding.Break));
        if (outcome is LabelOutcome.Labelled done)
        {
            _files.Add(new(done.After.Format, file, labelled));
        }

        return outcome;
    }
}
