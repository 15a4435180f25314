using Gating.Labels.Media;

namespace Gating.Labels.Pdf;

/// <summary>
/// PDF (ISO 32000-2): the label is the text <c>AIGC</c> in the document information dictionary (TC260-PG-20258A, 6.3), in an incremental update, so that every byte of the file stays.
/// Read as well, and replaced: other texts there that hold a label, and <c>TC260:AIGC</c> in the document's XMP.
/// </summary>
internal sealed class PdfFormat : ILabelFormat
{
    public string Name => "PDF";

    public string MediaTypeOf(MediaSource source) => "application/pdf";

    public bool Recognizes(ReadOnlySpan<byte> start) => start[..Math.Min(start.Length, PdfFile.HeaderWithin)].IndexOf("%PDF-"u8) >= 0;

    public void Read(MediaSource source, LabelFindings findings)
    {
        var file = PdfFile.Open(source);
        if (file.IsEncrypted)
        {
            findings.Notes.Add("The document is encrypted: what its information dictionary says cannot be read, and its XMP only where that is left in the clear.");
        }
        else
        {
            PdfInfo.Of(file).Read(file, findings);
        }

        PdfMetadata.Of(file, findings.Notes)?.Read(findings);
        PdfAttachments.Read(file, findings);
    }

    public Splice Write(MediaSource source, LabelContent content)
    {
        var file = PdfLabelUpdate.Without(source);
        if (file.IsEncrypted)
        {
            throw new MediaException(MediaFault.Encrypted, file.Xref.Sections[0].Offset, "The document is encrypted, and so would its label have to be.");
        }

        PdfSignatures.Refuse(file);
        return PdfLabelUpdate.Plan(file, content);
    }
}
