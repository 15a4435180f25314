using Gating.Labels.Bmff;
using Gating.Labels.Media;

namespace Gating.Labels.Mp4;

/// <summary>An XMP packet in a box.</summary>
/// <param name="Start">Of the packet.</param>
internal sealed record Mp4Xmp(BmffBox Box, long Start, string Place)
{
    public long Length => Box.End - Start;

    public byte[] ReadContent(MediaSource source) => source.ReadBytes(Start, Length, Xmp.XmpPacket.MaxBytes);
}

/// <summary>Where in a file the boxes stand that a label has to do with.</summary>
internal sealed class Mp4File
{
    /// <summary>Boxes that say something of the whole file; a file with more of them is none that a reader would get through.</summary>
    private const int MaxParts = 256;

    private const int UserTypeSize = 16;

    private readonly List<Mp4Meta> _metas = [];
    private readonly List<Mp4Xmp> _xmp = [];
    private readonly List<Mp4Label> _texts = [];
    private BmffBox? _moov;
    private BmffBox? _udta;

    private Mp4File()
    {
    }

    public BmffBox Moov => _moov!;

    /// <summary>Null where moov is the last box.</summary>
    public BmffBox? BehindMoov { get; private set; }

    public bool HasC2pa { get; private set; }

    public bool IsQuickTime { get; private set; }

    /// <summary>Of udta first, then of moov.</summary>
    public IReadOnlyList<Mp4Meta> Metas => _metas;

    public IReadOnlyList<Mp4Xmp> Xmp => _xmp;

    /// <summary>Labels in QuickTime's own texts, into which some write what they have.</summary>
    public IReadOnlyList<Mp4Label> Texts => _texts;

    /// <summary>The one that has the label, or gets it; null where there is none yet that could.</summary>
    public Mp4Meta? Home => _metas.FirstOrDefault(static meta => meta.IsKeyed);

    // ISO 16684-3, 1.1.5 (XMP) and C2PA 2.x, A.5 (its store).
    private static ReadOnlySpan<byte> XmpUserType => [0xBE, 0x7A, 0xCF, 0xCB, 0x97, 0xA9, 0x42, 0xE8, 0x9C, 0x71, 0x99, 0x94, 0x91, 0xE3, 0xAF, 0xAC];

    public static Mp4File Read(MediaSource source)
    {
        var file = new Mp4File { IsQuickTime = Mp4Brand.Of(source) is Mp4Brand.QuickTime };
        foreach (var box in BmffBox.OfFile(source))
        {
            if (file._moov is not null && file.BehindMoov is null)
            {
                file.BehindMoov = box;
            }

            switch (box.Type)
            {
                case "moov":
                    file._moov = file._moov is null ? box : throw MediaException.Malformed(box.Offset, "A second moov.");
                    break;
                case "uuid":
                    file.AddUserType(source, box);
                    break;
            }
        }

        file.ReadMoov(source);
        return file;
    }

    /// <summary>
    /// Plans a new meta box. A box holds at most one (8.11.1), so where udta has one of another kind, moov gets it: without the header of a FullBox, as QuickTime, Android and others write
    /// it there, and as readers expect it there (some do not find it in a FullBox).
    /// </summary>
    public void Insert(MediaSource source, BmffEdits edits, Label label)
    {
        var inMoov = _metas.Any(meta => meta.Box.Parent == Moov);
        if (!inMoov && (IsQuickTime || _metas.Count > 0))
        {
            edits.Insert(Moov, Moov.EndOfChildren(source), Mp4Meta.Of(label, isFullBox: false));
        }
        else if (_udta is not null)
        {
            edits.Insert(_udta, _udta.EndOfChildren(source), Mp4Meta.Of(label, isFullBox: true));
        }
        else
        {
            edits.Insert(Moov, Moov.EndOfChildren(source), BmffBox.Of("udta"u8, Mp4Meta.Of(label, isFullBox: true)));
        }
    }

    private void AddUserType(MediaSource source, BmffBox box)
    {
        if (box.End - box.Content < UserTypeSize)
        {
            throw MediaException.Malformed(box.Offset, "A uuid box without its type.");
        }

        HasC2pa |= source.StandsAt(box.Content, BmffUserType.C2pa);
        if (source.StandsAt(box.Content, XmpUserType))
        {
            Add(new Mp4Xmp(box, box.Content + UserTypeSize, "uuid XMP"));
        }
    }

    private void ReadMoov(MediaSource source)
    {
        if (_moov is null)
        {
            throw source.StandsAt(4, "styp"u8)
                ? MediaException.Unsupported(0, "A media segment alone: the label belongs into its initialization segment.")
                : MediaException.Malformed(0, "No moov.");
        }

        var ofMoov = new List<Mp4Meta>();
        foreach (var box in _moov.Children(source))
        {
            switch (box.Type)
            {
                case "cmov":
                    throw MediaException.Unsupported(box.Offset, "A compressed moov.");
                case "meta" when Mp4Meta.Read(source, box, "moov/meta") is { } meta:
                    ofMoov.Add(meta);
                    break;
                case "udta":
                    _udta ??= box;
                    ReadUserData(source, box);
                    break;
                case "uuid":
                    AddUserType(source, box);
                    break;
            }
        }

        _metas.AddRange(ofMoov);
        Check(_metas.Count);
    }

    private void ReadUserData(MediaSource source, BmffBox udta)
    {
        foreach (var box in udta.Children(source))
        {
            switch (box.Type)
            {
                case "meta" when Mp4Meta.Read(source, box, "moov/udta/meta") is { } meta:
                    _metas.Add(meta);
                    Check(_metas.Count);
                    break;
                case "XMP_":
                    Add(new Mp4Xmp(box, box.Content, "moov/udta/XMP_"));
                    break;
                case ['\u00A9', ..] when Mp4Meta.LabelOfText(source, box) is { } text:
                    _texts.Add(text);
                    Check(_texts.Count);
                    break;
            }
        }
    }

    private void Add(Mp4Xmp xmp)
    {
        _xmp.Add(xmp);
        Check(_xmp.Count);
    }

    private void Check(int count)
    {
        if (count > MaxParts)
        {
            throw MediaException.Unsupported(Moov.Offset, $"More than {MaxParts} parts with metadata.");
        }
    }
}
