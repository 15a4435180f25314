using Gating.Labels.Media;

namespace Gating.Labels.Perceptual;

/// <summary>
/// How a JPEG looks at an eighth of its size: of each block of 8 by 8 its mean alone, the DC coefficient, is kept, and that not for long. What later scans of a progressive file make more
/// exact is added when it comes, since all that is done with it is adding. Not here: arithmetic coding, samples of 12 bits, lossless and hierarchical files, four colours.
/// </summary>
internal sealed class JpegLook(MediaSource source)
{
    /// <summary>A DC coefficient is eight times the mean; the weights of the colours are of 256.</summary>
    private const int One = 8 * 256;

    private const int MaxSegments = 10_000;

    private readonly int[] _steps = new int[4];
    private readonly JpegHuffman?[] _tables = new JpegHuffman?[8];
    private JpegFrame? _frame;
    private DarkGrid? _grid;
    private int _restart;
    private int _adobe = -1;

    public static PictureLook Of(MediaSource source) => new JpegLook(source).Read();

    private PictureLook Read()
    {
        var at = 2L;
        for (var count = 0; _frame is not { IsComplete: true }; count++)
        {
            if (count == MaxSegments)
            {
                throw MediaException.Unsupported(at, $"More than {MaxSegments} segments.");
            }

            at = ReadSegment(at);
        }

        return new(_grid!, _frame.Width, _frame.Height, _frame.BlockWide, _frame.BlockHigh);
    }

    private long ReadSegment(long at)
    {
        if (source.ReadByte(at) != 0xFF)
        {
            throw MediaException.Malformed(at, "A segment does not start with its marker.");
        }

        byte marker;
        while ((marker = source.ReadByte(++at)) == 0xFF)
        {
        }

        if (marker is 0x01 or (>= 0xD0 and <= 0xD8))
        {
            return at + 1;
        }

        if (marker is 0 or 0xD9)
        {
            throw MediaException.Malformed(at, "The picture ends before all of it was there.");
        }

        var length = source.ReadUInt16BigEndian(at + 1);
        if (length < 2)
        {
            throw MediaException.Malformed(at, "A segment is shorter than its own length.");
        }

        var content = source.ReadBytes(at + 3, length - 2, ushort.MaxValue);
        var end = at + 1 + length;
        return Take(marker, content, end) ? end : new JpegScan(source, end, content, _frame ?? throw MediaException.Malformed(at, "A scan of nothing."), _tables, _restart).AddTo(_grid!, _steps);
    }

    // False for a scan, behind which there are pixels.
    private bool Take(byte marker, byte[] content, long end)
    {
        switch (marker)
        {
            case 0xDB:
                TakeSteps(content, end);
                break;
            case 0xC4:
                TakeCodes(content, end);
                break;
            case 0xC0 or 0xC1 or 0xC2:
                _frame = _frame is null ? JpegFrame.Of(content, isProgressive: marker == 0xC2, isRgb: _adobe == 0, end) : throw MediaException.Malformed(end, "Two pictures in one.");
                _grid = new DarkGrid(_frame.Width * (long)_frame.Units.Wide, _frame.Height * (long)_frame.Units.High, One);
                break;
            case >= 0xC3 and <= 0xCF:
                throw MediaException.Unsupported(end, "Arithmetic coding, or a picture without loss or in several sizes.");
            case 0xDD when content.Length >= 2:
                _restart = (content[0] << 8) | content[1];
                break;
            case 0xEE when content.Length >= 12 && content.AsSpan().StartsWith("Adobe"u8):
                _adobe = content[11];
                break;
        }

        return marker != 0xDA;
    }

    // Of each table only the step of the DC coefficient, which comes first, counts.
    private void TakeSteps(byte[] content, long end)
    {
        for (var at = 0; at < content.Length;)
        {
            var (isWide, id) = (content[at] >> 4 != 0, content[at] & 15);
            var next = at + 1 + (isWide ? 128 : 64);
            if (id > 3 || next > content.Length)
            {
                throw MediaException.Malformed(end, "A table of steps that ends too early.");
            }

            _steps[id] = isWide ? (content[at + 1] << 8) | content[at + 2] : content[at + 1];
            at = next;
        }
    }

    private void TakeCodes(byte[] content, long end)
    {
        for (var at = 0; at < content.Length;)
        {
            var (kind, id) = (content[at] >> 4, content[at] & 15);
            if (kind > 1 || id > 3 || at + 17 > content.Length)
            {
                throw MediaException.Malformed(end, "A table of codes that ends too early.");
            }

            var counts = content.AsSpan(at + 1, 16);
            var values = 0;
            foreach (var count in counts)
            {
                values += count;
            }

            at += 17 + values;
            if (values > 256 || at > content.Length)
            {
                throw MediaException.Malformed(end, "A table of codes that ends too early.");
            }

            _tables[(4 * kind) + id] = new(counts, content[(at - values)..at], end);
        }
    }
}
