using Gating.Generations;
using Gating.Labels;
using Gating.Labels.Explicit;
using Gating.Labels.Perceptual;
using Gating.Ledger;
using Gating.Registry;

namespace Gating.Archive;

/// <summary>A labelled output, read back and compared, and not yet kept anywhere.</summary>
/// <param name="Explicit">What is known of the label that people see: <c>found</c>, <c>applied</c>, <c>declared</c>, <c>unchecked</c>.</param>
/// <param name="Look">Null where it is no picture that can be told from others.</param>
internal sealed record LabelledOutput(string MediaType, EntryHash SourceSha256, EntryHash OutputSha256, string Label, string Explicit, PerceptualHash? Look);

/// <summary>Puts both labels on a file, as its tool's policy says. The explicit one first: it changes what the implicit one is about.</summary>
internal static class OutputLabelling
{
    /// <summary>Labels <paramref name="source"/> into <paramref name="output"/>; <paramref name="between"/> holds the file with its explicit label alone. All three can be read and sought.</summary>
    public static (LabelledOutput? Labelled, ArchiveOutcome.Refused? Refused) Label(
        Stream source, Stream between, Stream output, Generation generation, ContentId content, Labelling policy, bool declaresExplicit)
    {
        // By content, before anything is done: a file of another kind is told so, whatever else is wrong with it.
        if (LabelReader.Read(source) is ReadOutcome.Read { Report.MediaType: var type } && !policy.MediaTypes.Contains(type))
        {
            return (null, new(ArchiveRefusal.MediaTypeNotAllowed, Detail: $"By its content it is {type}."));
        }

        var (explicitLabel, sourceSha256, refused) = MakeExplicit(source, between, policy, declaresExplicit);
        if (refused is not null)
        {
            return (null, refused);
        }

        return LabelWriter.Write(sourceSha256 is null ? source : between, output, ContentOf(generation, content, policy), LabelPolicy.Careful) switch
        {
            LabelOutcome.Labelled done => (new(done.After.MediaType, Hash(sourceSha256 ?? done.SourceSha256), Hash(done.OutputSha256), done.After.Labels[0].Content.Text, explicitLabel!, LookOf(output)), null),
            LabelOutcome.Refused no => (null, new(ArchiveRefusal.LabelRefused, no.Reason, no.Detail)),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    /// <summary>What the label of this output says, whichever file it goes into.</summary>
    public static LabelContent ContentOf(Generation generation, ContentId content, Labelling policy) =>
        new(Labels.Label.Generated(policy.Provider, content.Text), policy.Source, policy.System, policy.SystemVersion, generation.At);

    /// <summary>What stands in a file that was labelled from the same bytes as <paramref name="made"/>, and not in the same way.</summary>
    public static LabelledOutput ReadBack(Stream kept, LabelledOutput made) =>
        LabelReader.Read(kept) is ReadOutcome.Read { Report.Labels: [var found, ..] }
            ? made with { Label = found.Content.Text, Explicit = ExplicitLabel.Read(kept) is ExplicitFinding.Found ? "found" : "unchecked", Look = LookOf(kept) }
            : throw new StorageUnavailableException("A file that is kept has no label.");

    /// <summary>With the digest of the source where <paramref name="between"/> holds what was made of it.</summary>
    private static (string? Explicit, ReadOnlyMemory<byte>? SourceSha256, ArchiveOutcome.Refused? Refused) MakeExplicit(Stream source, Stream between, Labelling policy, bool isDeclared)
    {
        switch (policy.Explicit)
        {
            case ExplicitDemand.AppsOwn:
                return ("unchecked", null, null);
            case ExplicitDemand.Demanded:
                return ExplicitLabel.Read(source) switch
                {
                    ExplicitFinding.Found => ("found", null, null),
                    ExplicitFinding.Undetermined when isDeclared => ("declared", null, null),
                    _ => (null, null, new(ArchiveRefusal.ExplicitLabelMissing)),
                };
            case ExplicitDemand.Applied:
                return ExplicitLabel.Write(source, between, ExplicitWording.Usual, C2paBinding.Refuse) switch
                {
                    ExplicitOutcome.Labelled applied => ("applied", applied.SourceSha256, null),
                    ExplicitOutcome.AlreadyThere => ("found", null, null),
                    ExplicitOutcome.Refused { Reason: LabelRefusal.Unrecognised or LabelRefusal.Unsupported } when isDeclared => ("declared", null, null),
                    ExplicitOutcome.Refused no => (null, null, new(ArchiveRefusal.ExplicitLabelRefused, no.Reason, no.Detail)),
                    _ => throw new System.Diagnostics.UnreachableException(),
                };
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private static PerceptualHash? LookOf(Stream output) => PerceptualHash.Of(output) is PerceptualOutcome.Hashed { CanBeIndexed: true } look ? look.Hash : null;

    private static EntryHash Hash(ReadOnlyMemory<byte> digest) => EntryHash.FromBytes(digest.Span);
}
