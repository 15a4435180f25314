using Gating.Generations;
using Gating.Labels.Perceptual;
using Gating.Ledger;

namespace Gating.Archive;

/// <summary>One labelled output as it is kept.</summary>
/// <param name="MediaType">By its bytes.</param>
/// <param name="Length">Of the labelled file, in bytes.</param>
/// <param name="SourceSha256">Of the file as it was handed in.</param>
/// <param name="OutputSha256">Of the labelled file.</param>
/// <param name="RetainUntil">Not removed before.</param>
public sealed record ArchivedFile(ContentId Content, string MediaType, long Length, EntryHash SourceSha256, EntryHash OutputSha256, DateTimeOffset RetainUntil);

/// <summary>An output with its place in the record.</summary>
/// <param name="Seq">Of the entry in the person's ledger that names it.</param>
/// <param name="Number">Of the output in its generation, from 1.</param>
/// <param name="Label">The label's JSON as it was written.</param>
/// <param name="Look">How the labelled file looks; null where it is no picture that can be told from others.</param>
public sealed record ArchivedOutput(StreamId Person, long Seq, string App, string Tool, long GenerationSeq, int Number, ArchivedFile File, string Label, PerceptualHash? Look)
{
    private const int RemovalPart = 1;

    /// <summary>What a release without the label that people see settles: one statement, once.</summary>
    public SettlementId Release => Seq;

    /// <summary>What its removal settles: from then on the file may be gone.</summary>
    public SettlementId Removal => RemovalOf(Seq);

    /// <summary>The same, where only the place of its entry is known.</summary>
    public static SettlementId RemovalOf(long seq) => new(seq, RemovalPart);
}
