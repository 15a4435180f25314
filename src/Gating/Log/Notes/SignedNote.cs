using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;
using System.Text.Unicode;

namespace Gating.Log.Notes;

/// <summary>One signature line of a note.</summary>
public sealed record NoteSignature(string Name, uint KeyId, ReadOnlyMemory<byte> Signature);

/// <summary>Why a note is not believed.</summary>
public enum NoteRefusal
{
    /// <summary>It is no note, or longer than one may be.</summary>
    Malformed = 1,

    /// <summary>Two of the keys that were given answer to one signature's name and id.</summary>
    AmbiguousKey = 2,

    /// <summary>A known key's signature is false. The others are not asked then.</summary>
    FalseSignature = 3,

    /// <summary>No known key signed it.</summary>
    Unverified = 4,
}

/// <summary>What became of a note that was to be opened.</summary>
public abstract record NoteOutcome
{
    private NoteOutcome()
    {
    }

    /// <summary>At least one known key signed the text, and none falsely.</summary>
    /// <param name="By">The keys, each once, in the order of the lines.</param>
    /// <param name="Unknown">Signatures that no known key answers for: ignored.</param>
    public sealed record Opened(ReadOnlyMemory<byte> Text, ImmutableArray<NoteKey> By, ImmutableArray<NoteSignature> Unknown) : NoteOutcome;

    public sealed record Refused(NoteRefusal Reason) : NoteOutcome;
}

/// <summary>
/// A text and who signed it (C2SP signed-note): the text ends in a newline, a blank line follows, then lines <c>— name base64(id(4) ‖ signature)</c>. Read strictly; nobody may
/// use the text before <see cref="Open"/> gave it.
/// </summary>
public sealed class SignedNote
{
    public const int MaxBytes = 1024 * 1024;
    public const int MaxSignatures = 100;

    private const int KeyIdSize = 4;

    private static readonly SearchValues<byte> Controls = SearchValues.Create([.. Enumerable.Range(0, 32).Where(static b => b != '\n').Select(static b => (byte)b)]);

    private SignedNote(ReadOnlyMemory<byte> text, ImmutableArray<NoteSignature> signatures) => (Text, Signatures) = (text, signatures);

    /// <summary>With its last newline, without the blank line. Not verified.</summary>
    public ReadOnlyMemory<byte> Text { get; }

    public ImmutableArray<NoteSignature> Signatures { get; }

    private static ReadOnlySpan<byte> Dash => "— "u8;

    /// <summary>Null where it is no note. The result keeps the bytes that were given.</summary>
    public static SignedNote? Parse(ReadOnlyMemory<byte> bytes)
    {
        var note = bytes.Span;
        if (note.Length > MaxBytes || !Utf8.IsValid(note) || note.ContainsAny(Controls))
        {
            return null;
        }

        var split = note.LastIndexOf("\n\n"u8);
        if (split < 0 || split + 2 == note.Length || note[^1] != '\n')
        {
            return null;
        }

        var signatures = ImmutableArray.CreateBuilder<NoteSignature>();
        for (var rest = note[(split + 2)..]; !rest.IsEmpty;)
        {
            var end = rest.IndexOf((byte)'\n');
            if (signatures.Count == MaxSignatures || ReadSignature(rest[..end]) is not { } signature)
            {
                return null;
            }

            signatures.Add(signature);
            rest = rest[(end + 1)..];
        }

        return new(bytes[..(split + 1)], signatures.ToImmutable());
    }

    /// <summary>Reads a note and checks it with the keys that are trusted.</summary>
    public static NoteOutcome Open(ReadOnlyMemory<byte> bytes, IReadOnlyCollection<NoteKey> keys)
    {
        if (Parse(bytes) is not { } note)
        {
            return new NoteOutcome.Refused(NoteRefusal.Malformed);
        }

        var (by, unknown) = (ImmutableArray.CreateBuilder<NoteKey>(), ImmutableArray.CreateBuilder<NoteSignature>());
        foreach (var signature in note.Signatures)
        {
            var known = keys.Where(key => key.IsOf(signature)).Take(2).ToArray();
            if (known is [])
            {
                unknown.Add(signature);
                continue;
            }

            if (known is not [var key])
            {
                return new NoteOutcome.Refused(NoteRefusal.AmbiguousKey);
            }

            if (by.Contains(key))
            {
                continue;
            }

            if (!key.Verify(note.Text.Span, signature.Signature.Span))
            {
                return new NoteOutcome.Refused(NoteRefusal.FalseSignature);
            }

            by.Add(key);
        }

        return by.Count == 0 ? new NoteOutcome.Refused(NoteRefusal.Unverified) : new NoteOutcome.Opened(note.Text, by.ToImmutable(), unknown.ToImmutable());
    }

    /// <summary>The note's bytes: the text under a signature of each signer, in their order.</summary>
    /// <param name="text">UTF-8 without control characters, ending in a newline.</param>
    public static async Task<byte[]> SignAsync(ReadOnlyMemory<byte> text, IReadOnlyCollection<INoteSigner> signers, CancellationToken cancellation)
    {
        var note = new List<byte>([.. text.Span, (byte)'\n']);
        foreach (var signer in signers)
        {
            note.AddRange(LineOf(new(signer.Key.Name, signer.Key.Id, await signer.SignAsync(text, cancellation))));
        }

        var bytes = note.ToArray();
        return Parse(bytes) is { } again && again.Text.Span.SequenceEqual(text.Span) ? bytes : throw new ArgumentException("The text cannot stand in a note.", nameof(text));
    }

    /// <summary>The same text under the note's signatures and one more. Nothing is verified.</summary>
    public static byte[] With(ReadOnlyMemory<byte> note, NoteSignature more) => [.. note.Span, .. LineOf(more)];

    /// <summary>A text under signature lines that came apart from it; null where that is no note. Not verified.</summary>
    public static byte[]? Of(ReadOnlyMemory<byte> text, ReadOnlySpan<byte> lines) =>
        (byte[])[.. text.Span, (byte)'\n', .. lines] is var bytes && Parse(bytes) is { } note && note.Text.Span.SequenceEqual(text.Span) ? bytes : null;

    private static byte[] LineOf(NoteSignature signature)
    {
        var id = new byte[KeyIdSize];
        BinaryPrimitives.WriteUInt32BigEndian(id, signature.KeyId);
        return Encoding.UTF8.GetBytes($"— {signature.Name} {Convert.ToBase64String([.. id, .. signature.Signature.Span])}\n");
    }

    private static NoteSignature? ReadSignature(ReadOnlySpan<byte> line)
    {
        if (!line.StartsWith(Dash))
        {
            return null;
        }

        line = line[Dash.Length..];
        var space = line.IndexOf((byte)' ');
        if (space < 0 || Encoding.UTF8.GetString(line[..space]) is var name && !NoteKey.IsName(name))
        {
            return null;
        }

        return StrictBase64.Decode(line[(space + 1)..]) is { Length: > KeyIdSize } bytes
            ? new(name, BinaryPrimitives.ReadUInt32BigEndian(bytes), bytes.AsMemory(KeyIdSize))
            : null;
    }
}
