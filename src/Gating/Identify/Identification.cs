using Gating.Archive;
using Gating.Generations;
using Gating.Labels;

namespace Gating.Identify;

/// <summary>How a file stands to our record.</summary>
public enum RecordMatch
{
    /// <summary>Nothing here knows it.</summary>
    None = 0,

    /// <summary>Bit for bit the file that was kept.</summary>
    Identical = 1,

    /// <summary>Bit for bit the file as the tool made it, before it was labelled.</summary>
    Original = 2,

    /// <summary>Its label names an output that is recorded here, and its content is not what was kept: copied, re-encoded, or the label was put on something else.</summary>
    ContentDiffers = 3,

    /// <summary>Its label bears one of our numbers, and nothing is recorded under it.</summary>
    NotRecorded = 4,

    /// <summary>It looks like an output that is recorded here, and is another file: encoded anew, or made smaller. Likely, not certain.</summary>
    Similar = 5,
}

/// <summary>A recorded output that a file looks like.</summary>
internal readonly record struct SimilarOutput(ArchivedOutput Output, int Distance);

/// <summary>What can be said of a file: free of personal data, for anybody.</summary>
/// <param name="State">Confirmed, possible, suspected, or none (Labelling Measures Art. 6).</param>
/// <param name="Report">What was read in the file; null where only its digest was given, or it cannot be read.</param>
/// <param name="NotRead">Why it could not be read; null where it was.</param>
/// <param name="Distance">How many of the 128 bits of its look differ, where it is similar.</param>
public sealed record Identification(LabelVerdict State, RecordMatch Match, ContentId? Content, LabelReport? Report, string? NotRead, int? Distance = null)
{
    /// <summary>Pure. <paramref name="byDigest"/> is the recorded output that has the file's digest, <paramref name="byLabel"/> the one that its label names, <paramref name="similar"/> the one that it
    /// looks like: the label's own, if it does.</summary>
    internal static Identification Decide(LabelReport? report, string? notRead, Ledger.EntryHash sha256, ArchivedOutput? byDigest, ArchivedOutput? byLabel, bool namesOurs, SimilarOutput? similar)
    {
        var state = report?.Verdict ?? LabelVerdict.None;

        // Its own label leads to it before its digest is indexed.
        return (byDigest ?? (byLabel?.File.OutputSha256 == sha256 ? byLabel : null)) is { } known
            ? new(LabelVerdict.Confirmed, known.File.OutputSha256 == sha256 ? RecordMatch.Identical : RecordMatch.Original, known.File.Content, report, notRead)
            // A look is a trace of generation (Art. 6 (3)), and no declaration.
            : similar is { } like ? new(state is LabelVerdict.None ? LabelVerdict.Suspected : state, RecordMatch.Similar, like.Output.File.Content, report, notRead, like.Distance)
            : byLabel is { } named ? new(state, RecordMatch.ContentDiffers, named.File.Content, report, notRead)
            : new(state, namesOurs ? RecordMatch.NotRecorded : RecordMatch.None, null, report, notRead);
    }
}
