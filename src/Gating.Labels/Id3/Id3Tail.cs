using System.Text;
using Gating.Labels.Media;

namespace Gating.Labels.Id3;

/// <summary>The tags that may follow the audio, read backwards from the end: ID3v1, Lyrics3, APEv2, an ID3v2 tag with a footer. They stay; a label in them does not.</summary>
internal sealed class Id3Tail
{
    private const int Id3v1Size = 128;
    private const int CommentOffset = 97;
    private const int CommentSize = 30;
    private const int MaxParts = 8;

    private readonly List<(long Start, long End, ApeTag? Ape, Id3Tag? Id3)> _parts = [];

    private Id3Tail(long end) => Start = end;

    /// <summary>Where the audio ends.</summary>
    public long Start { get; private set; }

    public static Id3Tail Read(MediaSource source, long audio)
    {
        var tail = new Id3Tail(source.Length);
        while (tail._parts.Count < MaxParts && Before(source, tail.Start) is { } part && part.Start >= audio)
        {
            tail._parts.Insert(0, part);
            tail.Start = part.Start;
        }

        return tail;
    }

    public void Read(MediaSource source, LabelFindings findings)
    {
        foreach (var (start, end, ape, id3) in _parts)
        {
            ape?.Read(findings);
            id3?.Read(findings);
            if (CommentOf(source, start, end) is { } comment)
            {
                findings.Add("ID3v1 comment", start, comment, isUsualPlace: false);
            }
        }
    }

    public void Write(MediaSource source, Splice splice)
    {
        foreach (var (start, end, ape, id3) in _parts)
        {
            if (ape is not null)
            {
                ape.Write(splice);
            }
            else if (id3 is not null)
            {
                id3.Write(splice, json: null);
            }
            else if (CommentOf(source, start, end) is { } comment)
            {
                splice.Keep(start, start + CommentOffset).Write(new byte[comment.Length]).Keep(start + CommentOffset + comment.Length, end);
            }
            else
            {
                splice.Keep(start, end);
            }
        }
    }

    private static (long Start, long End, ApeTag? Ape, Id3Tag? Id3)? Before(MediaSource source, long end)
    {
        if (end == source.Length && source.StandsAt(end - Id3v1Size, "TAG"u8))
        {
            return (end - Id3v1Size, end, null, null);
        }

        if (ApeTag.Before(source, end) is { } ape)
        {
            return (ape.Start, end, ape, null);
        }

        if (LyricsBefore(source, end) is { } lyrics)
        {
            return (lyrics, end, null, null);
        }

        return Id3Before(source, end) is { } id3 ? (id3.Offset, end, null, Id3Tag.Read(source, id3)) : null;
    }

    // The footer is a copy of the header, but for its first three bytes.
    private static Id3Header? Id3Before(MediaSource source, long end)
    {
        if (!source.StandsAt(end - Id3Header.Size, "3DI"u8))
        {
            return null;
        }

        var bytes = source.ReadBytes(end - 4, 4, 4);
        return Id3Header.TrySyncSafe(bytes, out var length) && Id3Header.At(source, end - (2 * Id3Header.Size) - length) is { } header && header.End == end ? header : null;
    }

    /// <summary>Lyrics3v2: six digits with the length, which does not count itself, then its name.</summary>
    private static long? LyricsBefore(MediaSource source, long end)
    {
        if (!source.StandsAt(end - 9, "LYRICS200"u8) || end < 15)
        {
            return null;
        }

        return int.TryParse(Encoding.ASCII.GetString(source.ReadBytes(end - 15, 6, 6)), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var length)
            && source.StandsAt(end - 15 - length, "LYRICSBEGIN"u8) ? end - 15 - length : null;
    }

    /// <summary>Thirty bytes hold no whole label, but what tries to be one is reported; in ID3v1.1 the last two are the track.</summary>
    private static string? CommentOf(MediaSource source, long start, long end)
    {
        if (end - start != Id3v1Size || !source.StandsAt(start, "TAG"u8))
        {
            return null;
        }

        var bytes = source.ReadBytes(start + CommentOffset, CommentSize, CommentSize);
        var comment = Encoding.Latin1.GetString(bytes, 0, bytes[^2] == 0 ? CommentSize - 2 : CommentSize);
        return Id3Text.SpeaksOfLabel(comment) ? comment : null;
    }
}
