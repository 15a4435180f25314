using System.Collections.Immutable;

namespace Gating.Labels;

/// <summary>What a file says of itself. Integrity and trust are other questions: a label proves nothing, it declares.</summary>
public enum LabelVerdict
{
    /// <summary>Nothing found that says AI. That is no proof of the contrary.</summary>
    None = 0,

    /// <summary>A label says <c>"1"</c> (Labelling Measures Art. 6 (1)).</summary>
    Confirmed = 1,

    /// <summary>A label says <c>"2"</c> (Art. 6 (2)).</summary>
    Possible = 2,

    /// <summary>A label says <c>"3"</c>, is broken, or other traces declare AI (Art. 6 (3)).</summary>
    Suspected = 3,
}

/// <summary>A rule that the file as a whole breaks; rules of one label are with the label.</summary>
public enum FileBreach
{
    /// <summary>More than one implicit label (clause 6.1 c).</summary>
    SeveralLabels = 1,

    /// <summary>Its labels do not say the same.</summary>
    LabelsDiffer = 2,

    /// <summary>A digital source type that is no full URI of the IPTC vocabulary.</summary>
    BadDigitalSourceType = 3,
}

/// <summary>What was found in one file.</summary>
/// <param name="DigitalSourceType">As the file declares it (IPTC), or null.</param>
/// <param name="HasC2pa">A C2PA store is there; it was not verified.</param>
/// <param name="Notes">What could not be looked into, in a sentence each.</param>
public sealed record LabelReport(
    string Format,
    string MediaType,
    ImmutableArray<FoundLabel> Labels,
    string? DigitalSourceType,
    bool HasC2pa,
    ImmutableArray<FileBreach> Breaches,
    LabelVerdict Verdict,
    ImmutableArray<string> Notes)
{
    internal static LabelReport Of(string format, string mediaType, LabelFindings findings)
    {
        var labels = findings.Labels;
        var breaches = ImmutableArray.CreateBuilder<FileBreach>();
        if (labels.Count > 1)
        {
            breaches.Add(FileBreach.SeveralLabels);
            if (labels.Select(static label => label.Content.Label).Distinct().Skip(1).Any())
            {
                breaches.Add(FileBreach.LabelsDiffer);
            }
        }

        if (findings.DigitalSourceType is { } type && !DigitalSourceTypes.IsKnown(type))
        {
            breaches.Add(FileBreach.BadDigitalSourceType);
        }

        return new(format, mediaType, [.. labels], findings.DigitalSourceType, findings.HasC2pa, breaches.ToImmutable(), Judge(findings), [.. findings.Notes]);
    }

    private static LabelVerdict Judge(LabelFindings findings)
    {
        var kinds = findings.Labels.Select(static found => found.Content.Label?.Kind).ToArray();
        return kinds.Contains(LabelKind.Generated) ? LabelVerdict.Confirmed
            : kinds.Contains(LabelKind.Possible) ? LabelVerdict.Possible
            : kinds.Length > 0 || DigitalSourceTypes.DeclaresAi(findings.DigitalSourceType) ? LabelVerdict.Suspected
            : LabelVerdict.None;
    }
}
