using Gating.Labels.Media;

namespace Gating.Labels.Pdf;

/// <summary>The document information dictionary (14.3.3), the label's place.</summary>
/// <param name="Id">Null where it is none yet, or stands in the trailer itself.</param>
internal sealed record PdfInfo(PdfReference? Id, long Offset, PdfDictionary Dictionary)
{
    private const string Key = "AIGC";

    public static PdfInfo Of(PdfFile file)
    {
        var trailer = file.Xref.Sections[0].Offset;
        if (file.Trailer["Info"] is not { } info)
        {
            return new(null, trailer, PdfDictionary.Empty);
        }

        // A reference to nothing is as good as none.
        return info.Reference is not { } id ? new(null, trailer, info.Dictionary)
            : file.Load(id.Number) is { Value.IsNull: false } found ? new(id with { Generation = found.Id.Generation }, found.Offset, found.Value.Dictionary)
            : new(null, trailer, PdfDictionary.Empty);
    }

    public void Read(PdfFile file, LabelFindings findings)
    {
        foreach (var member in Dictionary.Members)
        {
            if (TextOf(file, member) is { } text)
            {
                findings.Add($"Info {member.Key}", Offset, text, isUsualPlace: member.Key is Key);
            }
        }
    }

    /// <summary>Everything that it says but for labels.</summary>
    public byte[] WithoutLabels(PdfFile file) => Dictionary.Kept(member => member.Key is not Key && TextOf(file, member) is null);

    public static byte[] Member(Label label) => [.. "/AIGC "u8, .. PdfString.Literal(LabelJson.Write(label))];

    /// <summary>Null where it is no label.</summary>
    private static string? TextOf(PdfFile file, PdfMember member)
    {
        var value = member.Key is Key ? file.Resolve(member.Value) : member.Value;
        if (value is not { IsNull: false } some || (member.Key is not Key && !some.IsString))
        {
            return null;
        }

        var text = some.IsString ? PdfString.Text(some) : System.Text.Encoding.Latin1.GetString(some.Text.Span);
        return member.Key is Key || FreeText.HoldsLabel(text) ? text : null;
    }
}
