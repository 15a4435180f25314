using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Gating.Identity.Jose;
using Gating.Ledger;
using Gating.Log.Merkle;

namespace Gating.Evidence;

/// <summary>
/// How a bundle's JSON is read: values are taken where they look right, and then the whole is written again and must come out byte for byte, so that nothing has two forms and nothing is passed over.
/// </summary>
internal static class EvidenceJson
{
    private const int MaxDepth = 16;

    private static readonly DateTimeOffset LatestTime = new(9999, 12, 31, 23, 59, 59, TimeSpan.Zero);

    /// <summary>Null where the bytes are no JSON object, something in it is missing or of another type, or <paramref name="write"/> does not give the same bytes.</summary>
    public static T? Read<T>(ReadOnlyMemory<byte> utf8, Func<JsonElement, T?> read, Func<T, byte[]> write)
        where T : class
    {
        if (!StrictJson.TryParseObject(utf8, MaxDepth, out var document))
        {
            return null;
        }

        using (document)
        {
            try
            {
                return read(document.RootElement) is { } value && write(value).AsSpan().SequenceEqual(utf8.Span) ? value : null;
            }
            catch (Exception wrong) when (wrong is KeyNotFoundException or InvalidOperationException or FormatException)
            {
                return null;
            }
        }
    }

    public static bool TryHash([NotNullWhen(true)] string? hex, out EntryHash hash)
    {
        hash = default;
        Span<byte> bytes = stackalloc byte[EntryHash.Size];
        if (hex is not { Length: 2 * EntryHash.Size } || Convert.FromHexString(hex, bytes, out _, out _) is not System.Buffers.OperationStatus.Done)
        {
            return false;
        }

        hash = EntryHash.FromBytes(bytes);
        return true;
    }

    /// <summary>Throws <see cref="FormatException"/>, as the others do: <see cref="Read"/> answers for it.</summary>
    public static EntryHash Hash(JsonElement root, string name) => TryHash(root.GetProperty(name).GetString(), out var hash) ? hash : throw new FormatException(name);

    public static StreamId Stream(JsonElement root) => StreamId.TryParse(root.GetProperty("stream").GetString(), out var stream) ? stream : throw new FormatException("stream");

    public static long Number(JsonElement root, string name) => root.GetProperty(name).GetInt64() is >= 0 and var number ? number : throw new FormatException(name);

    public static long Seq(JsonElement root) => Number(root, "seq") is > 0 and var seq ? seq : throw new FormatException("seq");

    public static DateTimeOffset Time(JsonElement root, string name) =>
        Number(root, name) is var time && time <= LatestTime.ToUnixTimeMilliseconds() ? DateTimeOffset.FromUnixTimeMilliseconds(time) : throw new FormatException(name);

    public static TreeHash TreeHash(JsonElement value) => value.GetBytesFromBase64() is { Length: EntryHash.Size } bytes ? Log.Merkle.TreeHash.FromBytes(bytes) : throw new FormatException("hash");
}
