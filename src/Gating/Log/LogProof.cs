using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Unicode;
using Gating.Log.Merkle;
using Gating.Log.Notes;

namespace Gating.Log;

/// <summary>
/// A receipt that is checked offline (C2SP tlog-proof): where a leaf stands, the proof of it, and the signed checkpoint that it leads to.
/// </summary>
/// <param name="Extra">What a reader needs beside it; nothing vouches for it. Empty where there is none.</param>
/// <param name="Checkpoint">The note, byte for byte as it was published.</param>
public sealed record LogProof(long Index, ImmutableArray<TreeHash> Hashes, ReadOnlyMemory<byte> Checkpoint, ReadOnlyMemory<byte> Extra)
{
    public const int MaxBytes = 2 * SignedNote.MaxBytes;

    /// <summary>Bytes before the checkpoint: all hashes, and extra data of any sensible size.</summary>
    private const int MaxHead = 128 * 1024;

    /// <summary>No tree is higher.</summary>
    private const int MaxHashes = 63;

    private const string Header = "c2sp.org/tlog-proof@v1";
    private const string ExtraWord = "extra ";
    private const string IndexWord = "index ";
    private const int HashLength = 44;

    /// <summary>Reads strictly; the checkpoint is taken as it is, for <see cref="Verify"/> to judge. Null where it is no proof.</summary>
    public static LogProof? Parse(ReadOnlyMemory<byte> bytes)
    {
        var proof = bytes.Span;
        if (proof.Length > MaxBytes || !Utf8.IsValid(proof) || proof.IndexOf("\n\n"u8) is not (> 0 and <= MaxHead and var split))
        {
            return null;
        }

        // One line more than there may be: it makes the last hash none.
        var lines = new Queue<string>(Encoding.UTF8.GetString(proof[..split]).Split('\n', MaxHashes + 4));
        if (!string.Equals(lines.Dequeue(), Header, StringComparison.Ordinal))
        {
            return null;
        }

        var extra = Array.Empty<byte>();
        if (lines.TryPeek(out var second) && second.StartsWith(ExtraWord, StringComparison.Ordinal))
        {
            if (StrictBase64.Decode(Encoding.UTF8.GetBytes(lines.Dequeue()[ExtraWord.Length..])) is not { Length: > 0 } data)
            {
                return null;
            }

            extra = data;
        }

        if (!lines.TryDequeue(out var third) || !third.StartsWith(IndexWord, StringComparison.Ordinal) || !DecimalText.TryRead(third.AsSpan(IndexWord.Length), out var index) || lines.Count > MaxHashes)
        {
            return null;
        }

        var hashes = lines.Select(static line => line.Length == HashLength ? StrictBase64.Decode(Encoding.UTF8.GetBytes(line)) : null).ToArray();
        return hashes.All(static hash => hash is { Length: TreeHash.Size })
            ? new(index, [.. hashes.Select(static hash => TreeHash.FromBytes(hash))], bytes[(split + 2)..], extra)
            : null;
    }

    /// <summary>The checkpoint that vouches for the leaf: signed by a trusted key, of that origin, with the leaf at <see cref="Index"/>. Null where any of it is not so.</summary>
    public Checkpoint? Verify(ReadOnlySpan<byte> leaf, string origin, IReadOnlyCollection<NoteKey> keys) =>
        Log.Checkpoint.Open(Checkpoint, origin, keys) is { } checkpoint && MerkleVerifier.IsIncluded(TreeHash.OfLeaf(leaf), Index, checkpoint.Size, checkpoint.Root, Hashes.AsSpan())
            ? checkpoint
            : null;

    public byte[] ToBytes()
    {
        var text = new StringBuilder(Header).Append('\n');
        if (!Extra.IsEmpty)
        {
            text.Append(ExtraWord).Append(Convert.ToBase64String(Extra.Span)).Append('\n');
        }

        text.Append(IndexWord).Append(Index.ToString(CultureInfo.InvariantCulture)).Append('\n');
        foreach (var hash in Hashes)
        {
            text.Append(Convert.ToBase64String(hash.Value.ToBytes())).Append('\n');
        }

        return [.. Encoding.UTF8.GetBytes(text.Append('\n').ToString()), .. Checkpoint.Span];
    }
}
