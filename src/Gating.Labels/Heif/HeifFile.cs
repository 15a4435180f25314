using Gating.Labels.Bmff;
using Gating.Labels.Media;
using Gating.Labels.Xmp;

namespace Gating.Labels.Heif;

/// <summary>The boxes of a still that a label has to do with.</summary>
internal sealed class HeifFile
{
    private const int MaxItems = 10_000;

    private static readonly byte[] XmpType = [.. "application/rdf+xml\0"u8];

    private HeifFile(BmffBox meta, BmffBox items, BmffBox last) => (Meta, Items, Last) = (meta, items, last);

    public BmffBox Meta { get; }

    public BmffBox Items { get; }

    public BmffBox Last { get; }

    public BmffBox? References { get; private init; }

    public BmffBox? Data { get; private init; }

    public BmffBox? Movie { get; private init; }

    public bool HasFragments { get; private init; }

    public bool HasC2pa { get; private init; }

    public uint Primary { get; private init; }

    public required HeifPlaces Places { get; init; }

    public uint LastId { get; private set; }

    /// <summary>The ids of items that are XMP.</summary>
    public List<uint> Xmp { get; } = [];

    public static HeifFile Read(MediaSource source)
    {
        BmffBox? meta = null, movie = null, last = null;
        var (hasC2pa, hasFragments) = (false, false);
        foreach (var box in BmffBox.OfFile(source))
        {
            last = box;
            hasFragments |= box.Type is "moof";
            hasC2pa |= box.Type is "uuid" && source.StandsAt(box.Content, BmffUserType.C2pa);
            meta = box.Type is not "meta" ? meta : meta is null ? box : throw MediaException.Malformed(box.Offset, "A second meta.");
            movie = box.Type is "moov" ? box : movie;
        }

        var parts = (meta ?? throw MediaException.Malformed(0, "No meta.")).Children(source, 4).Take(MaxItems).ToArray();
        var primary = Part("pitm") ?? throw MediaException.Malformed(meta.Offset, "No primary item.");
        var items = Part("iinf") ?? throw MediaException.Malformed(meta.Offset, "No list of items.");
        var file = new HeifFile(meta, items, last!)
        {
            References = Part("iref"),
            Data = Part("idat"),
            Movie = movie,
            HasC2pa = hasC2pa,
            HasFragments = hasFragments,
            Primary = source.ReadByte(primary.Content) == 0 ? source.ReadUInt16BigEndian(primary.Content + 4) : source.ReadUInt32BigEndian(primary.Content + 4),
            Places = HeifPlaces.Read(source, Part("iloc") ?? throw MediaException.Malformed(meta.Offset, "No list of places.")),
        };
        file.ReadItems(source);
        return file;

        BmffBox? Part(string type) => parts.FirstOrDefault(box => string.Equals(box.Type, type, StringComparison.Ordinal));
    }

    /// <summary>Null where it stands elsewhere, or is larger than is looked into.</summary>
    public byte[]? ReadItem(MediaSource source, HeifPlace place)
    {
        if (place.Reference != 0 || place.Method > 1 || (place.Method == 1 && Data is null) || place.Extents.Sum(static extent => Math.Min(extent.Length, int.MaxValue)) is 0 or > XmpPacket.MaxBytes)
        {
            return null;
        }

        var start = (place.Method == 1 ? Data!.Content : 0) + place.Base;
        return [.. place.Extents.SelectMany(extent => source.ReadBytes(start + extent.Offset, extent.Length, XmpPacket.MaxBytes))];
    }

    /// <summary>infe from version 2 on (8.11.6): id, protection, type, name, and for mime the content's type.</summary>
    private void ReadItems(MediaSource source)
    {
        var isShort = source.ReadByte(Items.Content) == 0;
        foreach (var box in Items.Children(source, isShort ? 6 : 8).Take(MaxItems).Where(static box => box.Type is "infe"))
        {
            var version = source.ReadByte(box.Content);
            var id = version < 3 ? source.ReadUInt16BigEndian(box.Content + 4) : source.ReadUInt32BigEndian(box.Content + 4);
            LastId = Math.Max(LastId, id);
            var type = box.Content + (version < 3 ? 8 : 10);
            if (version < 2 || !source.StandsAt(type, "mime"u8) || box.End - type is < 5 or > 1024)
            {
                continue;
            }

            var name = source.ReadBytes(type + 4, box.End - type - 4, 1024);
            var end = Array.IndexOf(name, (byte)0);
            if (end >= 0 && name.AsSpan(end + 1).StartsWith(XmpType))
            {
                Xmp.Add(id);
            }
        }

        LastId = Math.Max(LastId, Places.All.Select(static place => place.Id).DefaultIfEmpty().Max());
    }
}
