using System.Globalization;
using System.Text;
using Gating.Labels.Media;
using Gating.Labels.Xmp;

namespace Gating.Labels.Pdf;

/// <summary>The document's XMP, the catalog's <c>Metadata</c> (14.3.2).</summary>
internal sealed class PdfMetadata
{
    private readonly PdfObject _stream;
    private readonly byte[] _packet;

    private PdfMetadata(PdfObject stream, byte[] packet) => (_stream, _packet) = (stream, packet);

    /// <summary>Null where there is none, or none that can be read, which <paramref name="notes"/> then says.</summary>
    public static PdfMetadata? Of(PdfFile file, List<string>? notes)
    {
        try
        {
            return file.Catalog().Value.Dictionary["Metadata"]?.Reference is { } id && file.Load(id.Number) is { Data: not null } stream
                ? new(stream, file.Unpack(stream, XmpPacket.MaxBytes))
                : null;
        }
        catch (MediaException broken)
        {
            notes?.Add($"XMP at {broken.Offset.ToString(CultureInfo.InvariantCulture)}: {broken.Message}");
            return null;
        }
    }

    public void Read(LabelFindings findings) => XmpPacket.Read(_packet, _stream.Offset, "XMP", findings, isUsualPlace: false);

    /// <summary>
    /// Puts a version with what <paramref name="content"/> says beside the label, and without a label. XMP that cannot be read stays as it is; where there is none, there is some now, and
    /// the catalog names it.
    /// </summary>
    public static void Put(PdfFile file, PdfUpdate update, LabelContent content)
    {
        var catalog = file.Catalog();
        if (Of(file, notes: null) is { } metadata)
        {
            metadata.Put(update, content);
        }
        else if (catalog.Value.Dictionary["Metadata"] is null && XmpPacket.WithFields(content, default, 0) is { } packet)
        {
            var id = update.New();
            update.PutStream(id, [.. "/Type /Metadata\n/Subtype /XML\n"u8], packet);
            update.Put(catalog.Id, [.. "<<\n"u8], catalog.Value.Dictionary.Kept(static member => member.Key is not "Metadata"), Encoding.ASCII.GetBytes($"/Metadata {id}\n>>"));
        }
    }

    private void Put(PdfUpdate update, LabelContent content)
    {
        if ((XmpPacket.WithFields(content, _packet, _stream.Offset) ?? XmpPacket.WithoutLabels(_packet, _stream.Offset)) is { } packet)
        {
            update.PutStream(_stream.Id, _stream.Value.Dictionary.Kept(static member => member.Key is not ("Length" or "Filter" or "DecodeParms" or "DL")), packet);
        }
    }
}
