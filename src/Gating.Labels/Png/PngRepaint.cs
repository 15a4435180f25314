using System.IO.Compression;
using Gating.Labels.Explicit.Drawing;
using Gating.Labels.Media;

namespace Gating.Labels.Png;

/// <summary>Packs a picture anew with a label in it. Rows above the label, and all that does not look up to one of its rows, are packed as they were filtered.</summary>
internal sealed class PngRepaint(PngHeader header, PngFrame frame, LabelBrush brush, PixelCode code)
{
    private byte[] _row = [];
    private byte[] _above = [];
    private byte[] _filtered = [];
    private bool _isAbovePainted;

    public void Write(MediaSource source, PngSequence? sequence, Action<ReadOnlyMemory<byte>> put)
    {
        using var chunks = new PngChunkWriter(frame.First.Type, frame.IsDefault ? null : sequence, put);
        using (var packed = new ZLibStream(chunks, CompressionLevel.Optimal, leaveOpen: true))
        {
            PngRows.Walk(source, header, frame, (part, filtered, row, isFirst) => packed.Write(Filtered(part, filtered, row, isFirst)));
        }

        chunks.Finish();
    }

    private ReadOnlySpan<byte> Filtered(RowPart part, ReadOnlySpan<byte> filtered, ReadOnlySpan<byte> row, bool isFirst)
    {
        if (isFirst)
        {
            (_row, _above, _filtered, _isAbovePainted) = (new byte[row.Length], new byte[row.Length], new byte[row.Length + 1], false);
        }

        row.CopyTo(_row);
        var isPainted = brush.Paint(part, _row, code);
        var isSame = !isPainted && !_isAbovePainted;
        if (!isSame)
        {
            _filtered[0] = filtered[0];
            PngFilter.Apply(filtered[0], Math.Max(1, header.Bits / 8), _row, _above, _filtered.AsSpan(1));
        }

        (_row, _above, _isAbovePainted) = (_above, _row, isPainted);
        return isSame ? filtered : _filtered;
    }
}
