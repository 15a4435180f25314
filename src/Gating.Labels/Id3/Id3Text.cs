using System.Text;

namespace Gating.Labels.Id3;

/// <summary>A described text (ID3v2.4 frames, 4.2.6 and 4.10): encoding, in a comment the language, description, NUL, value.</summary>
internal sealed record Id3Text(string Description, string Value)
{
    public const string LabelName = "AIGC";

    /// <summary>Whether its name says so, or what it holds says so itself.</summary>
    public bool IsLabel => IsNamed || SpeaksOfLabel(Value);

    public bool IsNamed => string.Equals(Description, LabelName, StringComparison.OrdinalIgnoreCase);

    /// <summary>Text under another name that is a label all the same: an object with a member AIGC.</summary>
    public static bool SpeaksOfLabel(string text) => text.AsSpan().TrimStart().StartsWith("{") && text.Contains("\"AIGC\"", StringComparison.Ordinal);

    /// <summary>Null where it cannot be taken apart.</summary>
    /// <param name="languageLength">3 in a comment.</param>
    public static Id3Text? Of(ReadOnlySpan<byte> content, int languageLength)
    {
        if (content.Length < 1 + languageLength)
        {
            return null;
        }

        var (encoding, isWide) = content[0] switch
        {
            0 => (Encoding.Latin1, false),
            1 => (content[(1 + languageLength)..].StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]) ? Encoding.BigEndianUnicode : Encoding.Unicode, true),
            2 => (Encoding.BigEndianUnicode, true),
            3 => (Encoding.UTF8, false),
            _ => (null, false),
        };
        var text = content[(1 + languageLength)..];
        var end = isWide ? EndOfWide(text) : text.IndexOf((byte)0);
        return encoding is null || end < 0 ? null : new(Trim(encoding.GetString(text[..end])), Trim(encoding.GetString(text[(end + (isWide ? 2 : 1))..])));
    }

    /// <summary>The frame's content: ID3v2.4 in UTF-8, before that in Latin-1; it is ASCII in both.</summary>
    public static byte[] Label(string json, int version) => [(byte)(version == 4 ? 3 : 0), .. Encoding.ASCII.GetBytes(LabelName), 0, .. Encoding.ASCII.GetBytes(json)];

    private static string Trim(string text) => text.Trim('\uFEFF', '\0');

    private static int EndOfWide(ReadOnlySpan<byte> text)
    {
        for (var i = 0; i + 1 < text.Length; i += 2)
        {
            if (text[i] == 0 && text[i + 1] == 0)
            {
                return i;
            }
        }

        return -1;
    }
}
