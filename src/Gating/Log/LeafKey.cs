using System.Buffers.Binary;
using System.Security.Cryptography;
using Gating.Ledger;

namespace Gating.Log;

/// <summary>
/// The log key of one stream, from which all of its leaves are made. All with HMAC-SHA-256, each under a word of its own, seq as 8 bytes big-endian:
/// <code>
/// stream key = HKDF-SHA-256(data key, salt = stream id, info = "gating/log/v1")
/// tag        = HMAC(stream key, "gating/log/tag/v1" ‖ seq)
/// opening    = HMAC(stream key, "gating/log/opening/v1" ‖ seq)
/// commitment = HMAC(opening,    "gating/log/commitment/v1" ‖ entry hash)
/// </code>
/// Whoever has the stream key knows the tags of seq 1 to n and of n+1, and so whether an answer about the stream is complete; whoever has one opening can check that one leaf and cannot find
/// another of the same stream; whoever has neither sees random bytes, also with the entry in hand. The key does not come from the head's salt: it must outlive an erasure, after which it leads
/// to a stream that no longer leads to anybody. Another construction is another version in these words.
/// </summary>
public sealed class LeafKey
{
    public const int Size = 32;

    private readonly byte[] _key;

    public LeafKey(ReadOnlySpan<byte> key)
    {
        if (key.Length != Size)
        {
            throw new ArgumentException($"A stream's log key has {Size} bytes, not {key.Length}.", nameof(key));
        }

        _key = key.ToArray();
    }

    public static LeafKey Of(OperatorKey key, StreamId stream) => new(key.LogKey(stream));

    public EntryHash Tag(long seq) => Mac(_key, "gating/log/tag/v1"u8, seq);

    /// <summary>What opens the commitment of that one leaf.</summary>
    public EntryHash Opening(long seq) => Mac(_key, "gating/log/opening/v1"u8, seq);

    public LogLeaf LeafOf(long seq, EntryHash entry) => new(Tag(seq), Commitment(Opening(seq), entry));

    /// <summary>For a verifier who may see the whole stream.</summary>
    public byte[] ToBytes() => [.. _key];

    internal static EntryHash Commitment(EntryHash opening, EntryHash entry)
    {
        var word = "gating/log/commitment/v1"u8;
        Span<byte> bytes = stackalloc byte[word.Length + EntryHash.Size];
        word.CopyTo(bytes);
        entry.Write(bytes[word.Length..]);
        Span<byte> key = stackalloc byte[EntryHash.Size];
        opening.Write(key);
        return Mac(key, bytes);
    }

    private static EntryHash Mac(ReadOnlySpan<byte> key, ReadOnlySpan<byte> word, long seq)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(seq, 1);
        Span<byte> bytes = stackalloc byte[word.Length + 8];
        word.CopyTo(bytes);
        BinaryPrimitives.WriteInt64BigEndian(bytes[word.Length..], seq);
        return Mac(key, bytes);
    }

    private static EntryHash Mac(ReadOnlySpan<byte> key, ReadOnlySpan<byte> message)
    {
        Span<byte> mac = stackalloc byte[EntryHash.Size];
        HMACSHA256.HashData(key, message, mac);
        return EntryHash.FromBytes(mac);
    }
}
