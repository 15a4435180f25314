using System.Text.Json;
using Gating.Labels;

namespace Gating.Archive;

/// <summary>Each reason's word and sentence: the same ones in an answer, in a message that is set aside, and in the note of a refusal.</summary>
public static class ArchiveRefusals
{
    /// <summary>A stable word; callers switch on it.</summary>
    public static string Word(this ArchiveRefusal refusal) => Words(refusal).Word;

    /// <summary>A sentence, free of what the file says.</summary>
    public static string Sentence(this ArchiveRefusal refusal) => Words(refusal).Sentence;

    /// <summary>Reads what <see cref="Word"/> gives; null for anything else.</summary>
    public static ArchiveRefusal? OfWord(string? word) =>
        Enum.GetValues<ArchiveRefusal>().Where(one => string.Equals(one.Word(), word, StringComparison.Ordinal)).Cast<ArchiveRefusal?>().FirstOrDefault();

    /// <summary>What is said of this very file beyond the reason; null where the reason says it all.</summary>
    public static string? Said(this ArchiveOutcome.Refused refused) =>
        refused is { Label: LabelRefusal label, Detail: { } detail } ? $"({JsonNamingPolicy.SnakeCaseLower.ConvertName(label.ToString())}) {detail}" : refused.Detail;

    private static (string Word, string Sentence) Words(ArchiveRefusal refusal) => refusal switch
    {
        ArchiveRefusal.NotFound => ("output_unknown", "This app has no such generation, or it no such output."),
        ArchiveRefusal.Closed => ("generation_closed", "Outputs are taken for 24 hours after the generation began."),
        ArchiveRefusal.NotOffered => ("outputs_not_offered", "The registry says nothing of this tool's outputs: an operator has to add its labelling."),
        ArchiveRefusal.OtherBytes => ("output_taken", "Other bytes were handed in as this output."),
        ArchiveRefusal.MediaTypeNotAllowed => ("media_type_not_allowed", "The tool may not produce this."),
        ArchiveRefusal.ExplicitLabelMissing => ("explicit_label_missing", "No label that people see or hear was found; where it cannot be seen here, declare it (Explicit-Label: declared; of an upload, explicit_label)."),
        ArchiveRefusal.ExplicitLabelRefused => ("explicit_label_refused", "The label that people see or hear cannot be put on this file here."),
        ArchiveRefusal.LabelRefused => ("label_refused", "The file cannot be labelled."),
        ArchiveRefusal.Busy => ("busy", "The person's record is in heavy use: try again."),
        ArchiveRefusal.TooLarge => ("output_too_large", "The file is longer than an output of this tool may be."),
        ArchiveRefusal.Empty => ("output_empty", "The file is empty."),
    };
}
