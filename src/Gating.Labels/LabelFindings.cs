namespace Gating.Labels;

/// <summary>What a format's handler finds while it reads a file.</summary>
internal sealed class LabelFindings
{
    /// <summary>Labels in one file that are looked at; a file with more breaks the rule of one label many times over.</summary>
    public const int MaxLabels = 64;

    private readonly List<FoundLabel> _labels = [];

    public IReadOnlyList<FoundLabel> Labels => _labels;

    /// <summary>The IPTC digital source type that the file declares, a URI or what stands in its place; null where it declares none.</summary>
    public string? DigitalSourceType { get; set; }

    /// <summary>The file carries a C2PA store, whose binding any change of the file breaks.</summary>
    public bool HasC2pa { get; set; }

    /// <summary>What could not be looked into.</summary>
    public List<string> Notes { get; } = [];

    public void Add(string place, long offset, string text, bool isUsualPlace = true)
    {
        if (_labels.Count < MaxLabels)
        {
            _labels.Add(new(place, offset, isUsualPlace, LabelJson.Read(text)));
        }
    }
}
