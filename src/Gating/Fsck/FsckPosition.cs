using System.Text.Json;

namespace Gating.Fsck;

/// <summary>In this order.</summary>
public enum FsckPhase
{
    Log = 0,
    Streams = 1,
    Pending = 2,
    Leaves = 3,
    Files = 4,
    Index = 5,
    Timelines = 6,
    Names = 7,
    Registry = 8,
    Done = 9,
}

/// <summary>Where a check goes on: everything before it was looked at. A value; kept as <c>{"v":1,"phase":…,"after":…,"size":…,"seen":…}</c>.</summary>
/// <param name="After">The last partition, or the page, that is done in this phase; null: none yet.</param>
/// <param name="Size">Leaves of the tree that was checked; null where none was found good.</param>
/// <param name="Seen">A bit for each of these leaves that an entry accounts for; null where they are not counted.</param>
public sealed record FsckPosition(FsckPhase Phase, string? After, long? Size, ReadOnlyMemory<byte>? Seen)
{
    private const int Version = 1;

    public static FsckPosition Start { get; } = new(FsckPhase.Log, null, null, null);

    /// <summary>Null where it is none that this build wrote: then a check begins anew.</summary>
    public static FsckPosition? Parse(string? text)
    {
        try
        {
            using var json = JsonDocument.Parse(text ?? string.Empty);
            var root = json.RootElement;
            if (root.GetProperty("v").GetInt32() != Version || !Enum.TryParse<FsckPhase>(root.GetProperty("phase").GetString(), out var phase) || !Enum.IsDefined(phase))
            {
                return null;
            }

            long? size = root.GetProperty("size") is { ValueKind: JsonValueKind.Number } number ? number.GetInt64() : null;
            ReadOnlyMemory<byte>? seen = root.GetProperty("seen") is { ValueKind: JsonValueKind.String } bits ? new ReadOnlyMemory<byte>(bits.GetBytesFromBase64()) : (ReadOnlyMemory<byte>?)null;
            return size < 0 || (seen is { } known && known.Length != BytesFor(size ?? 0)) ? null : new(phase, root.GetProperty("after").GetString(), size, seen);
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    public override string ToString() => System.Text.Encoding.UTF8.GetString(JsonBytes.OfObject(this, static (json, position) =>
    {
        json.WriteNumber("v"u8, Version);
        json.WriteString("phase"u8, position.Phase.ToString());
        json.WriteString("after"u8, position.After);
        if (position.Size is { } size)
        {
            json.WriteNumber("size"u8, size);
        }
        else
        {
            json.WriteNull("size"u8);
        }

        if (position.Seen is { } seen)
        {
            json.WriteBase64String("seen"u8, seen.Span);
        }
        else
        {
            json.WriteNull("seen"u8);
        }
    }));

    internal FsckPosition Next() => this with { Phase = Phase + 1, After = null };

    internal FsckPosition With(IReadOnlyCollection<long> leaves)
    {
        if (Seen is not { } seen || leaves.Count == 0)
        {
            return this;
        }

        var bits = seen.ToArray();
        foreach (var index in leaves)
        {
            bits[index / 8] |= (byte)(1 << (int)(index % 8));
        }

        return this with { Seen = bits };
    }

    internal IEnumerable<long> Unseen()
    {
        for (var index = 0L; Seen is { } seen && index < Size; index++)
        {
            if ((seen.Span[(int)(index / 8)] & (1 << (int)(index % 8))) == 0)
            {
                yield return index;
            }
        }
    }

    internal static int BytesFor(long size) => checked((int)((size + 7) / 8));
}
