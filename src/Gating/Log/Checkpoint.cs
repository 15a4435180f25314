using System.Globalization;
using System.Text;
using System.Text.Unicode;
using Gating.Log.Merkle;
using Gating.Log.Notes;

namespace Gating.Log;

/// <summary>A tree as the log states it (C2SP tlog-checkpoint): the text of a note. Lines: origin, size, root in base64, and extensions that are kept and not understood.</summary>
/// <param name="Origin">Names the log; a verifier compares it.</param>
/// <param name="Extensions">Empty, or whole lines, none of them empty.</param>
public sealed record Checkpoint(string Origin, long Size, TreeHash Root, string Extensions = "")
{
    /// <summary>Reads strictly: one text for each checkpoint, sizes up to 2^63-1. Null where it is none.</summary>
    public static Checkpoint? Parse(ReadOnlySpan<byte> text)
    {
        if (text.Length > SignedNote.MaxBytes || !Utf8.IsValid(text) || text.IsEmpty || text[^1] != '\n')
        {
            return null;
        }

        // No line is empty, the last included; in four parts, so that a text of nothing but newlines costs nothing.
        var whole = Encoding.UTF8.GetString(text);
        if (whole[0] == '\n' || whole.Contains("\n\n", StringComparison.Ordinal) || whole.AsSpan().ContainsAnyInRange('\0', (char)('\n' - 1)) || whole.AsSpan().ContainsAnyInRange((char)('\n' + 1), '\x1F')
            || whole.Split('\n', 4) is not [var origin, var size, var root, var extensions])
        {
            return null;
        }

        return DecimalText.TryRead(size, out var leaves) && StrictBase64.Decode(Encoding.ASCII.GetBytes(root)) is { Length: TreeHash.Size } hash
            ? new(origin, leaves, TreeHash.FromBytes(hash), extensions)
            : null;
    }

    /// <summary>Opens a note with the keys that are trusted, and reads the checkpoint of that origin in it; null where any of it is not so.</summary>
    public static Checkpoint? Open(ReadOnlyMemory<byte> note, string origin, IReadOnlyCollection<NoteKey> keys) =>
        SignedNote.Open(note, keys) is NoteOutcome.Opened opened && Parse(opened.Text.Span) is { } checkpoint && string.Equals(checkpoint.Origin, origin, StringComparison.Ordinal)
            ? checkpoint
            : null;

    public byte[] ToText()
    {
        Span<byte> root = stackalloc byte[TreeHash.Size];
        Root.Write(root);
        return Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Origin}\n{Size}\n{Convert.ToBase64String(root)}\n{Extensions}"));
    }
}
