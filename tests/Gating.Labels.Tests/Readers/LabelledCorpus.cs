using System.Globalization;
using Gating.Labels.Tests.Samples;
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

        foreach (var file in OfSamples(_folder.CreateSubdirectory("samples")))
        {
            Add(file, "samples-labelled").ShouldBeOfType<LabelOutcome.Labelled>(file);
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

    /// <summary>Formats of which neither the corpus nor ffmpeg has a file: our own samples.</summary>
    private static IEnumerable<string> OfSamples(DirectoryInfo folder)
    {
        foreach (var (number, sample) in Sample.All.Where(static sample => sample.Format is "DOCX" or "XLSX" or "PPTX" or "HTML" or "SVG" or "Markdown").Index())
        {
            var ending = sample.Format is "Markdown" ? "md" : sample.Format.ToLowerInvariant();
            var what = string.Concat(sample.What.Select(static c => char.IsAsciiLetterOrDigit(c) ? c : '-'));
            var file = Path.Combine(folder.FullName, string.Create(CultureInfo.InvariantCulture, $"{number}-{what}.{ending}"));
            File.WriteAllBytes(file, sample.Bytes);
            yield return file;
        }
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
