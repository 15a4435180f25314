using System.Text;
using Gating.Labels.Media;

namespace Gating.Labels.Matroska;

/// <summary>The first segment's parts that a label touches. Positions in a segment count from <see cref="DataStart"/> (RFC 9559, 16).</summary>
internal sealed class MatroskaFile
{
    public const uint Header = 0x1A45DFA3;
    public const uint DocType = 0x4282;
    public const uint Segment = 0x18538067;
    public const uint SeekHead = 0x114D9B74;
    public const uint Cluster = 0x1F43B675;
    public const uint Cues = 0x1C53BB6B;
    public const uint Tags = 0x1254C367;

    private const int MaxElements = 4_000_000;
    private const int MaxParts = 64;
    private const int MaxHeader = 4096;

    /// <summary>What ends a cluster that does not tell its size: the other children of a segment, and what is outside of it.</summary>
    private static readonly uint[] TopLevel = [Header, Segment, SeekHead, Cluster, Cues, Tags, 0x1549A966, 0x1654AE6B, 0x1941A469, 0x1043A770];

    private readonly MediaSource _source;
    private int _elements;

    private MatroskaFile(MediaSource source)
    {
        _source = source;
        var header = EbmlElement.At(source, 0, source.Length);
        if (!header.IsSizeKnown || header.Size > MaxHeader)
        {
            throw MediaException.Malformed(0, "The header has a size that it cannot have.");
        }

        foreach (var child in header.Children(source).Where(static child => child.Id == DocType))
        {
            IsWebM = Encoding.Latin1.GetString(source.ReadBytes(child.ContentOffset, child.Size, MaxHeader)).TrimEnd('\0') is "webm";
        }

        var at = header.End;
        for (Body = EbmlElement.At(source, at, source.Length); Body.Id == EbmlElement.Void; Body = EbmlElement.At(source, Body.End, source.Length))
        {
            Count(Body.Offset);
        }

        if (Body.Id != Segment)
        {
            throw MediaException.Malformed(Body.Offset, "No segment follows the header.");
        }

        End = Walk(Body.IsSizeKnown ? Body.End : source.Length);
    }

    public bool IsWebM { get; }

    /// <summary>The segment.</summary>
    public EbmlElement Body { get; }

    public long DataStart => Body.ContentOffset;

    /// <summary>Of the segment, whether it tells its size or not.</summary>
    public long End { get; }

    /// <summary>Its children that matter, in order: seek heads, tags, and dead space beside them.</summary>
    public List<EbmlElement> Parts { get; } = [];

    public long FirstCluster { get; private set; } = -1;

    /// <summary>Nothing names a place in the segment, so that all of it may move.</summary>
    public bool HasNoPositions { get; private set; } = true;

    public static MatroskaFile Of(MediaSource source) => new(source);

    private long Walk(long end)
    {
        var at = DataStart;
        while (at < end)
        {
            var child = EbmlElement.At(_source, at, end);
            if (child.Id is Header or Segment)
            {
                return Body.IsSizeKnown ? throw MediaException.Malformed(at, "A segment in a segment.") : at;
            }

            Count(at);
            Note(child);
            at = child.IsSizeKnown ? child.End : child.Id == Cluster ? EndOfCluster(child, end) : throw MediaException.Malformed(at, "An element that is no cluster does not tell its size.");
        }

        return end;
    }

    private void Note(EbmlElement child)
    {
        HasNoPositions &= child.Id is not (SeekHead or Cues);
        if (child.Id == Cluster && FirstCluster < 0)
        {
            FirstCluster = child.Offset;
        }

        var isBeside = child.Id is EbmlElement.Void && Parts is [.., var last] && last.End == child.Offset;
        var isFirstCrc = child.Id is EbmlElement.Crc32 && child.Offset == DataStart;
        if (child.Id is SeekHead or Tags || isBeside || isFirstCrc)
        {
            Parts.Add(Parts.Count < MaxParts ? child : throw MediaException.Unsupported(child.Offset, $"More than {MaxParts} seek heads, tags and voids beside them."));
        }
    }

    private long EndOfCluster(EbmlElement cluster, long end)
    {
        var at = cluster.ContentOffset;
        while (at < end)
        {
            var child = EbmlElement.At(_source, at, end);
            if (Array.IndexOf(TopLevel, child.Id) >= 0)
            {
                return at;
            }

            Count(at);
            at = child.IsSizeKnown ? child.End : throw MediaException.Unsupported(at, "A part of a cluster does not tell its size.");
        }

        return end;
    }

    private void Count(long at)
    {
        if (++_elements > MaxElements)
        {
            throw MediaException.Unsupported(at, $"More than {MaxElements} elements.");
        }
    }
}
