using Gating.Testing;

namespace Gating.Labels.Tests.Readers;

/// <summary>All of the corpus that can be labelled, labelled, in a folder of its own beside the originals.</summary>
internal sealed class LabelledCorpus : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gating-labels-");

    private LabelledCorpus(List<(string Format, string Original, string Labelled)> files) => Files = files;

    public List<(string Format, string Original, string Labelled)> Files { get; }

    public string Folder => _folder.FullName;

    public static LabelledCorpus Create()
    {
        var corpus = new LabelledCorpus([]);
        foreach (var file in Corpora.Files("media"))
        {
            // Readers go by the name too: it stays.
            var labelled = Path.Combine(corpus.Folder, Path.GetFileName(Path.GetDirectoryName(file)!), Path.GetFileName(file));
            Directory.CreateDirectory(Path.GetDirectoryName(labelled)!);
            using var input = File.OpenRead(file);
            using var output = new FileStream(labelled, FileMode.CreateNew, FileAccess.ReadWrite);
            if (LabelWriter.Write(input, output, TestLabels.Content(), new(ForeignLabel.Propagate, C2paBinding.Break)) is LabelOutcome.Labelled outcome)
            {
                corpus.Files.Add((outcome.After.Format, file, labelled));
            }
        }

        return corpus;
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
