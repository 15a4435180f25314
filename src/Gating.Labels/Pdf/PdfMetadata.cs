using System.Globalization;
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

    /// <summary>Puts a version without a label, where there is one in it.</summary>
    public void PutWithoutLabels(PdfUpdate update)
    {
        if (XmpPacket.WithoutLabels(_packet, _stream.Offset) is { } packet)
        {
            update.PutStream(_stream.Id, _stream.Value.Dictionary.Kept(static member => member.Key is not ("Length" or "Filter" or "DecodeParms" or "DL")), packet);
        }
    }
}
