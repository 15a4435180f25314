using Gating.Labels.Media;
using Gating.Labels.Xmp;

namespace Gating.Labels.Id3;

/// <summary>
/// An ID3v2 tag (2.2 read, 2.3 and 2.4 read and written). The label is a <c>TXXX</c> frame with the description <c>AIGC</c> (TC260-PG-202510A). Read as well, and taken out: comments
/// that hold a label, and labels in the XMP of a <c>PRIV</c> frame.
/// </summary>
internal sealed class Id3Tag
{
    /// <summary>Of a tag that is unsynchronised as a whole, which has to be undone before a frame can be found.</summary>
    private const int MaxUnsynchronised = 1024 * 1024;

    /// <summary>Of a text that is looked into; the longest label in UTF-16, and more.</summary>
    private const int MaxText = 160 * 1024;

    /// <summary>A few hundred bytes unpack to half a megabyte; nobody has more than one or two such frames.</summary>
    private const int MaxPacked = 16;

    /// <summary>In a tag that grows. Also for readers that, where nothing follows a frame, take its length for one of eight bits a byte.</summary>
    private const int Padding = 256;

    private static readonly byte[] XmpOwner = [.. "XMP\0"u8];

    private readonly Id3Header _header;
    private readonly MediaSource _body;
    private readonly bool _isDecoded;
    private readonly long _extended;
    private readonly long _start;
    private readonly bool _hasPlainLengths;
    private readonly IReadOnlyList<Id3Frame> _frames;

    private Id3Tag(MediaSource source, Id3Header header)
    {
        _header = header;

        // ID3v2.2 and 2.3 unsynchronise everything behind the header, lengths count what was there before; ID3v2.4 does so frame by frame.
        _isDecoded = header.Version < 4 && (header.Flags & Id3Header.Unsynchronised) != 0;
        _body = _isDecoded ? new(new MemoryStream(Unsynchronisation.Undo(source.ReadBytes(header.BodyStart, header.Length, MaxUnsynchronised)), writable: false)) : source;
        _extended = _isDecoded ? 0 : header.BodyStart;
        var end = _isDecoded ? _body.Length : header.BodyEnd;
        _start = _extended + ExtendedLength(end);
        var frames = Id3Frame.ReadAll(_body, _start, end, header.Version, hasPlainLengths: false);
        if (frames is null && header.Version == 4)
        {
            _hasPlainLengths = true;
            frames = Id3Frame.ReadAll(_body, _start, end, header.Version, hasPlainLengths: true);
        }

        _frames = frames ?? throw MediaException.Malformed(header.Offset, "An ID3 tag is no chain of frames.");
        if (_frames.Count(frame => frame.IsPacked(header.Version)) > MaxPacked)
        {
            throw MediaException.Unsupported(header.Offset, $"More than {MaxPacked} packed frames in an ID3 tag.");
        }
    }

    public static Id3Tag Read(MediaSource source, Id3Header header)
    {
        source.Demand(header.Offset, header.End - header.Offset);
        return header.Version is >= 2 and <= 4 && (header.Version != 2 || (header.Flags & Id3Header.Extended) == 0)
            ? new(source, header)
            : throw MediaException.Unsupported(header.Offset, $"An ID3v2.{header.Version} tag, or one that is packed.");
    }

    /// <summary>A tag of its own, for a file that has none.</summary>
    public static byte[] New(string json)
    {
        var frame = LabelFrame(json, 4);
        return [.. new Id3Header(0, 4, 0, 0, frame.Length + Padding).ToBytes("ID3"u8), .. frame, .. new byte[Padding]];
    }

    public void Read(LabelFindings findings)
    {
        foreach (var frame in _frames)
        {
            var offset = _isDecoded ? _header.Offset : frame.Offset;
            if (LabelOf(frame) is { } label)
            {
                findings.Add($"ID3 {frame.Id} {(label.IsNamed ? Id3Text.LabelName : "text")}", offset, label.Value, isUsualPlace: label.IsNamed && frame.Id is "TXXX" or "TXX");
            }
            else if (XmpOf(frame) is { } xmp)
            {
                XmpPacket.Read(xmp, offset, "ID3 PRIV XMP", findings);
            }
            else if (frame.Id is "GEOB" && Content(frame, 64) is { } content && content.AsSpan().IndexOf("c2pa"u8) >= 0)
            {
                // The store's media type (C2PA 2.x, A.3.4) is among the first bytes.
                findings.HasC2pa = true;
            }
        }
    }

    /// <summary>Plans this tag with <paramref name="json"/> as its one label, or without any where it is null; a tag that has nothing to lose stays as it is.</summary>
    public void Write(Splice splice, string? json)
    {
        var changes = _frames.Select(Change).ToArray();
        if (json is null && changes.All(static change => change is null))
        {
            splice.Keep(_header.Offset, _header.End);
            return;
        }

        if (_header.Version == 2 && json is not null)
        {
            throw MediaException.Unsupported(_header.Offset, "An ID3v2.2 tag; the label's place is one of ID3v2.3 or 2.4.");
        }

        // Padding is used up before anything moves; before a footer there is none (ID3v2.4 structure, 3.3).
        var (body, encoded) = Body(json, changes, moves: false);
        var used = encoded?.Length ?? body.Length;
        if (_header.HasFooter || used > _header.Length)
        {
            (body, encoded) = Body(json, changes, moves: true);
            used = encoded?.Length ?? body.Length;
        }

        var length = _header.HasFooter ? used : used > _header.Length ? used + Padding : _header.Length;
        if (length > Id3Header.MaxLength)
        {
            throw MediaException.Unsupported(_header.Offset, $"Its ID3 tag would have {length} bytes; there is room for {Id3Header.MaxLength}.");
        }

        // In ID3v2.2, where none is ever kept, the bit of the extended header says "packed", and is not set.
        var header = _header with { Length = (int)length, Flags = KeepsExtended ? _header.Flags : (byte)(_header.Flags & ~Id3Header.Extended) };
        splice.Write(header.ToBytes("ID3"u8));
        _ = encoded is null ? splice.Append(body) : splice.Write(encoded);
        splice.Write(new byte[length - used]).Write(header.HasFooter ? header.ToBytes("3DI"u8) : default);
    }

    private (Splice Plain, byte[]? Encoded) Body(string? json, ReadOnlyMemory<byte>?[] changes, bool moves)
    {
        var body = new Splice().Keep(_extended, KeepsExtended ? _start : _extended).Write(json is null ? default : LabelFrame(json, _header.Version));
        for (var i = 0; i < changes.Length; i++)
        {
            Write(body, _frames[i], changes[i], moves);
        }

        if (!_isDecoded)
        {
            return (body, null);
        }

        using var plain = new MemoryStream();
        SpliceWriter.Write(body, _body, plain);
        return (body, Unsynchronisation.Apply(plain.ToArray()));
    }

    private void Write(Splice body, Id3Frame frame, ReadOnlyMemory<byte>? change, bool moves)
    {
        if (change is { } changed)
        {
            body.Write(changed);
        }
        else if (moves && _header.Version > 2 && (_isDecoded || !IsUnsynchronised) && Id3Chapter.WithoutOffsets(_body, frame) is { } chapter)
        {
            body.Write(Id3Frame.Header(frame.Id, _header.Version, chapter.Length, frame.Flags)).Write(chapter);
        }
        else if (_hasPlainLengths)
        {
            // Ours has the lengths of the standard, and readers decide for a tag as a whole.
            body.Write(Id3Frame.Header(frame.Id, _header.Version, frame.End - frame.ContentOffset, frame.Flags)).Keep(frame.ContentOffset, frame.End);
        }
        else
        {
            body.Keep(frame.Offset, frame.End);
        }
    }

    private static byte[] LabelFrame(string json, int version)
    {
        var content = Id3Text.Label(json, version);
        return [.. Id3Frame.Header("TXXX", version, content.Length, 0), .. content];
    }

    /// <summary>What stands in the frame's stead: nothing for a label, a packet without it for XMP; null: the frame stays.</summary>
    private ReadOnlyMemory<byte>? Change(Id3Frame frame)
    {
        if (LabelOf(frame) is not null)
        {
            return ReadOnlyMemory<byte>.Empty;
        }

        if (XmpOf(frame) is not { } xmp || XmpPacket.WithoutLabels(xmp, frame.Offset) is not { } packet)
        {
            return null;
        }

        byte[] bytes = [.. Id3Frame.Header(frame.Id, _header.Version, XmpOwner.Length + packet.Length, 0), .. XmpOwner, .. packet];
        return bytes;
    }

    private Id3Text? LabelOf(Id3Frame frame)
    {
        var languageLength = frame.Id switch
        {
            "TXXX" or "TXX" => 0,
            "COMM" or "COM" => 3,
            _ => -1,
        };
        return languageLength >= 0 && Content(frame, MaxText) is { } content && Id3Text.Of(content, languageLength) is { IsLabel: true } text ? text : null;
    }

    private byte[]? XmpOf(Id3Frame frame) =>
        frame.Id is "PRIV" && Content(frame, XmpPacket.MaxBytes + XmpOwner.Length + 1) is { } content && content.AsSpan().StartsWith(XmpOwner) ? content[XmpOwner.Length..] : null;

    private byte[]? Content(Id3Frame frame, int limit) => frame.ReadContent(_body, _header.Version, IsUnsynchronised, limit);

    // ID3v2.3, 3.2: the length does not count itself; ID3v2.4, 3.2: it does, and has seven bits a byte.
    private long ExtendedLength(long end)
    {
        if (_header.Version == 2 || (_header.Flags & Id3Header.Extended) == 0)
        {
            return 0;
        }

        if (end - _extended < 6)
        {
            throw MediaException.Malformed(_header.Offset, "An ID3 tag is too short for its extended header.");
        }

        Span<byte> bytes = stackalloc byte[4];
        _body.Read(_extended, bytes);
        var length = _header.Version == 3 ? 4L + _body.ReadUInt32BigEndian(_extended) : Id3Header.TrySyncSafe(bytes, out var safe) ? safe : 0;
        return length >= 6 && length <= end - _extended ? length : throw MediaException.Malformed(_header.Offset, "An ID3 tag's extended header has a length that cannot be.");
    }

    /// <summary>Not where it holds what is no longer true: a CRC, and in ID3v2.3 always the length of the padding.</summary>
    private bool KeepsExtended => _header.Version == 4 && _start > _extended && (_body.ReadByte(_extended + 5) & 0x20) == 0;

    private bool IsUnsynchronised => (_header.Flags & Id3Header.Unsynchronised) != 0;
}
