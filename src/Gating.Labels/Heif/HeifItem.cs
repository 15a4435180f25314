using Gating.Labels.Bmff;
using Gating.Labels.Media;

namespace Gating.Labels.Heif;

/// <summary>Where a part of an item stands: within the file, or within idat.</summary>
internal sealed record HeifExtent(long Index, long Offset, long Length);

/// <summary>An entry of iloc (ISO/IEC 14496-12, 8.11.3).</summary>
/// <param name="Method">0: offsets into the file, 1: into idat, 2: into another item.</param>
internal sealed record HeifPlace(uint Id, int Method, int Reference, long Base, IReadOnlyList<HeifExtent> Extents);

/// <summary>iloc as it is read, and written with offsets that follow.</summary>
internal sealed class HeifPlaces
{
    private const int MaxBytes = 256 * 1024;

    private readonly int _offsetSize;
    private readonly int _lengthSize;
    private readonly int _baseSize;
    private readonly int _indexSize;
    private readonly int _version;

    private HeifPlaces(BmffBox box, IReadOnlyList<HeifPlace> all, int version, int sizes) =>
        (Box, All, _version, _offsetSize, _lengthSize, _baseSize, _indexSize) = (box, all, version, sizes >> 12, sizes >> 8 & 15, sizes >> 4 & 15, version == 0 ? 0 : sizes & 15);

    public BmffBox Box { get; }

    public IReadOnlyList<HeifPlace> All { get; }

    public static HeifPlaces Read(MediaSource source, BmffBox box)
    {
        var bytes = new HeifBytes(source.ReadBytes(box.Content, box.End - box.Content, MaxBytes), box.Content);
        var version = (int)bytes.Take(1);
        bytes.Take(3);
        var sizes = (int)bytes.Take(2);
        if (version > 2 || new[] { sizes >> 12, sizes >> 8 & 15, sizes >> 4 & 15, version == 0 ? 0 : sizes & 15 }.Any(static size => size is not (0 or 4 or 8)))
        {
            throw MediaException.Malformed(box.Offset, "A version or a width of iloc that cannot be.");
        }

        var places = new HeifPlaces(box, [], version, sizes);
        var count = bytes.Take(version == 2 ? 4 : 2);
        var all = new List<HeifPlace>();
        for (var i = 0L; i < count; i++)
        {
            all.Add(places.ReadOne(bytes));
        }

        return new(box, all, version, sizes);
    }

    /// <param name="all">With their places in the source; those that <paramref name="map"/> is not for are final already.</param>
    public byte[] Write(IReadOnlyList<HeifPlace> all, Func<HeifPlace, long, long> map)
    {
        using var buffer = new MemoryStream();
        var offsetSize = Math.Max(_offsetSize, 4);
        Put(buffer, 0, 8);
        Put(buffer, (uint)_version << 24, 4);
        Put(buffer, (offsetSize << 12) | (_lengthSize << 8) | (_baseSize << 4) | _indexSize, 2);
        Put(buffer, all.Count, _version == 2 ? 4 : 2);
        foreach (var place in all)
        {
            Put(buffer, place.Id, _version == 2 ? 4 : 2);
            if (_version > 0)
            {
                Put(buffer, place.Method, 2);
            }

            Put(buffer, place.Reference, 2);
            var start = _baseSize == 0 ? 0 : map(place, place.Base);
            Put(buffer, start, _baseSize);
            Put(buffer, place.Extents.Count, 2);
            foreach (var extent in place.Extents)
            {
                Put(buffer, extent.Index, _indexSize);
                Put(buffer, map(place, place.Base + extent.Offset) - start, offsetSize);
                Put(buffer, extent.Length, _lengthSize);
            }
        }

        var bytes = buffer.ToArray();
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(bytes, bytes.Length);
        "iloc"u8.CopyTo(bytes.AsSpan(4));
        return bytes;
    }

    private HeifPlace ReadOne(HeifBytes bytes)
    {
        var id = (uint)bytes.Take(_version == 2 ? 4 : 2);
        var method = _version > 0 ? (int)bytes.Take(2) & 15 : 0;
        var reference = (int)bytes.Take(2);
        var start = bytes.Take(_baseSize);
        var count = bytes.Take(2);

        // Parts without any width cost a file nothing, and would cost memory.
        if (count > 1 && _offsetSize + _lengthSize + _indexSize == 0)
        {
            throw MediaException.Malformed(Box.Offset, "An item of several parts that say nothing.");
        }

        var extents = new HeifExtent[count];
        for (var i = 0; i < extents.Length; i++)
        {
            extents[i] = new(bytes.Take(_indexSize), bytes.Take(_offsetSize), bytes.Take(_lengthSize));
        }

        return new(id, method, reference, start, extents);
    }

    private void Put(MemoryStream buffer, long value, int size)
    {
        if (value < 0 || (size < 8 && value >> (8 * size) != 0))
        {
            throw MediaException.Unsupported(Box.Offset, "A place that the list of places has no room for.");
        }

        for (var shift = 8 * (size - 1); shift >= 0; shift -= 8)
        {
            buffer.WriteByte((byte)(value >> shift));
        }
    }
}

/// <summary>Big-endian numbers, one after the other.</summary>
internal sealed class HeifBytes(byte[] bytes, long offset)
{
    private int _at;

    public long Take(int size)
    {
        if (size > bytes.Length - _at)
        {
            throw MediaException.Malformed(offset + _at, "A box is too short for what it announces.");
        }

        var value = 0L;
        for (; size > 0; size--)
        {
            value = (value << 8) | bytes[_at++];
        }

        // Half of what there is, so that two of them can be added.
        return value is >= 0 and < long.MaxValue / 2 ? value : throw MediaException.Malformed(offset + _at, "A number that cannot be a place.");
    }
}
