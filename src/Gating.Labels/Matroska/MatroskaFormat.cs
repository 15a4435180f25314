using Gating.Labels.Media;

namespace Gating.Labels.Matroska;

/// <summary>
/// Matroska and WebM (RFC 9559): the label is a <c>SimpleTag</c> named <c>AIGC</c> of the whole file (TC260-PG-20257A). Clusters never move against the start of the segment, from which
/// cues and seek heads count: new tags take the room of the old ones and of the dead space behind, or stand at the segment's end, named by the seek head where it has room.
/// </summary>
internal sealed class MatroskaFormat : ILabelFormat
{
    public string Name => "Matroska";

    public string MediaTypeOf(MediaSource source) => MatroskaFile.Of(source).IsWebM ? "video/webm" : "video/x-matroska";

    public bool Recognizes(ReadOnlySpan<byte> start) =>
        start.StartsWith((byte[])[0x1A, 0x45, 0xDF, 0xA3]) && start[..Math.Min(start.Length, 128)] is var header && (header.IndexOf("matroska"u8) > 0 || header.IndexOf("webm"u8) > 0);

    public void Read(MediaSource source, LabelFindings findings)
    {
        foreach (var (offset, text) in TagsOf(source, MatroskaFile.Of(source)).SelectMany(static tags => tags.Labels))
        {
            findings.Add("tag AIGC", offset, text);
        }
    }

    public Splice Write(MediaSource source, LabelContent content)
    {
        var file = MatroskaFile.Of(source);
        var all = TagsOf(source, file);
        var home = all.Find(static tags => tags.Labels.Count > 0) ?? all.LastOrDefault();
        var patches = new MatroskaPatches();
        foreach (var other in all.Where(other => other != home && other.Labels.Count > 0))
        {
            Fill(patches, other.Element.Offset, other.Element.End, other.With(null));
        }

        if (home is null)
        {
            AddNew(source, file, MatroskaTags.Of(content.Label), patches);
        }
        else
        {
            Replace(source, file, home, home.With(content.Label), patches);
        }

        Grow(source, file, patches);
        return patches.Apply(source);
    }

    private static List<MatroskaTags> TagsOf(MediaSource source, MatroskaFile file) =>
        [.. file.Parts.Where(static part => part.Id == MatroskaFile.Tags).Select(part => new MatroskaTags(source, part))];

    // Before the first cluster, where even a reader in a hurry looks, if no place in the segment is named anywhere; else at its end.
    private static void AddNew(MediaSource source, MatroskaFile file, byte[] content, MatroskaPatches patches)
    {
        var at = file is { HasNoPositions: true, FirstCluster: >= 0 } ? file.FirstCluster : file.End;
        patches.Replace(at, 0, EbmlElement.Of(MatroskaFile.Tags, content));
        Register(source, file, from: -1, at, patches);
    }

    private static void Replace(MediaSource source, MatroskaFile file, MatroskaTags home, byte[] content, MatroskaPatches patches)
    {
        var (from, to) = (home.Element.Offset, home.Element.End);
        foreach (var space in file.Parts.Where(static part => part.Id is EbmlElement.Void))
        {
            to = space.Offset == to ? space.End : to;
        }

        if (Fill(patches, from, to, content))
        {
            return;
        }

        var tags = EbmlElement.Of(MatroskaFile.Tags, content);
        if (to == file.End || file.HasNoPositions)
        {
            patches.Replace(from, to - from, tags);
            return;
        }

        patches.Set(from, EbmlElement.VoidOf(to - from));
        patches.Replace(file.End, 0, tags);
        Register(source, file, from, file.End, patches);
    }

    /// <summary>Tags and dead space in a room of a given size; false where it is too small.</summary>
    private static bool Fill(MatroskaPatches patches, long from, long to, byte[] content)
    {
        byte[] tags = content.Length == 0 ? [] : EbmlElement.Of(MatroskaFile.Tags, content);
        if (to - from - tags.Length == 1)
        {
            tags = EbmlElement.Of(MatroskaFile.Tags, content, EbmlElement.WidthOf(content.Length) + 1);
        }

        var left = to - from - tags.Length;
        if (left < 0)
        {
            return false;
        }

        patches.Set(from, [.. tags, .. left == 0 ? [] : EbmlElement.VoidOf(left)]);
        return true;
    }

    private static void Register(MediaSource source, MatroskaFile file, long from, long to, MatroskaPatches patches)
    {
        var isNamed = false;
        var heads = file.Parts.Where(static part => part.Id == MatroskaFile.SeekHead).ToArray();
        foreach (var head in heads)
        {
            isNamed |= MatroskaSeekHead.Redirect(source, head, from - file.DataStart, to - file.DataStart, patches);
        }

        for (var i = 0; i < file.Parts.Count && !isNamed; i++)
        {
            isNamed = file.Parts[i].Id == MatroskaFile.SeekHead && MatroskaSeekHead.Add(source, file.Parts[i], i + 1 < file.Parts.Count ? file.Parts[i + 1] : null, to - file.DataStart, patches);
        }
    }

    // A field that is too narrow for the size becomes wider: places count from behind it. A checksum over the whole segment becomes dead space.
    private static void Grow(MediaSource source, MatroskaFile file, MatroskaPatches patches)
    {
        if (file.Parts is [{ Id: EbmlElement.Crc32 } checksum, ..])
        {
            patches.Set(checksum.Offset, [(byte)EbmlElement.Void]);
        }

        if (file.Body.IsSizeKnown && patches.Growth is not 0 and var growth)
        {
            var width = (int)(file.DataStart - file.Body.Offset - 4);
            var size = file.Body.Size + growth;
            patches.Replace(file.Body.Offset + 4, width, EbmlElement.SizeOf(size, Math.Max(width, EbmlElement.WidthOf(size))));
        }
    }
}
