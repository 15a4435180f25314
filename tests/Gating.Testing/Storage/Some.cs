using System.Security.Cryptography;
using Gating.Ledger;

namespace Gating.Testing.Storage;

/// <summary>Well-formed entries, batches and names, for tests of stores.</summary>
public static class Some
{
    public static readonly DateTimeOffset Time = new(2026, 5, 4, 12, 30, 0, 123, TimeSpan.Zero);

    public static ReadOnlyMemory<byte> Salt { get; } = RandomNumberGenerator.GetBytes(Head.SaltSize);

    public static NameHash Name() => new(EntryHash.FromBytes(RandomNumberGenerator.GetBytes(EntryHash.Size)));

    public static KeyHash Key() => KeyHash.FromBytes(RandomNumberGenerator.GetBytes(KeyHash.Size));

    /// <summary>The entry that follows <paramref name="head"/>, with the given public JSON and sealed bytes.</summary>
    public static Entry EntryAfter(StreamId stream, Head head, string json = """{"v":1,"tool":"a \"quoted\" <tool> & \\ more"}""", byte[]? sealedBytes = null) =>
        EntryAfter(stream, head.Seq, head.Hash, json, sealedBytes ?? [1, 2, 3]);

    public static Entry EntryAfter(StreamId stream, long seq, EntryHash previous, string json, byte[] sealedBytes) => new(
        stream, seq + 1, EntryKind.Granted, Time.AddMilliseconds(seq), OperationId.Create(), System.Text.Encoding.ASCII.GetBytes(json), sealedBytes,
        EntryHash.FromBytes(SHA256.HashData(sealedBytes)), previous);

    /// <summary>A batch that appends <paramref name="entries"/> to what <paramref name="stored"/> says; more rows by <c>with</c>.</summary>
    public static LedgerBatch Batch(StreamId stream, StoredHead? stored, params Entry[] entries)
    {
        var head = stored?.Head ?? Head.New(Salt);
        var last = entries.Length == 0 ? null : entries[^1];
        var next = last is null ? head : head with { Seq = last.Seq, Hash = last.Hash, Time = last.Time };
        return new(stream, next, stored?.Token, entries, [], [], []);
    }

    /// <summary><paramref name="count"/> entries that follow each other after <paramref name="head"/>.</summary>
    public static Entry[] Chain(StreamId stream, Head head, int count, Func<int, byte[]>? sealedBytes = null, string json = """{"v":1}""")
    {
        var entries = new Entry[count];
        var (seq, previous) = (head.Seq, head.Hash);
        for (var i = 0; i < count; i++)
        {
            entries[i] = EntryAfter(stream, seq, previous, json, sealedBytes?.Invoke(i) ?? [(byte)i]);
            (seq, previous) = (entries[i].Seq, entries[i].Hash);
        }

        return entries;
    }
}
