using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Gating.Testing.Log;

/// <summary>
/// A log as it is served over HTTP, read whole by the written formats (RFC 6962, C2SP tlog-checkpoint and tlog-tiles) with SHA-256 and nothing of ours. Whatever is missing or does not agree throws
/// <see cref="InvalidDataException"/>. The checkpoint's signature is not looked at: that is for whoever has the key.
/// </summary>
public sealed record PlainLog(string Origin, byte[] Note, long Size, byte[] Root, IReadOnlyList<byte[]> Leaves)
{
    private const int TileWidth = 256;
    private const int HashSize = 32;

    /// <param name="log">Where the log is served, with a final slash.</param>
    public static async Task<PlainLog> ReadAsync(HttpClient http, Uri log)
    {
        var note = await http.GetByteArrayAsync(new Uri(log, "checkpoint"));
        var lines = Encoding.UTF8.GetString(note).Split('\n');
        var (size, root) = (long.Parse(lines[1], NumberStyles.None, CultureInfo.InvariantCulture), Convert.FromBase64String(lines[2]));
        var leaves = await LeavesAsync(http, log, size);
        await CompareTilesAsync(http, log, [.. leaves.Select(static leaf => SHA256.HashData([0, .. leaf]))], root);
        return new(lines[0], note, size, root, leaves);
    }

    /// <summary>Where each leaf stands, by its bytes in hex.</summary>
    public IReadOnlyDictionary<string, long> Places() => Leaves.Select(static (leaf, index) => (leaf, index)).ToDictionary(static leaf => Convert.ToHexStringLower(leaf.leaf), static leaf => (long)leaf.index, StringComparer.Ordinal);

    /// <summary>The root that a checkpoint of the first <paramref name="size"/> leaves has to have, if this log continues it; 1 to all of them.</summary>
    public byte[] RootOfFirst(long size) => RootOf([.. Leaves.Take((int)size).Select(static leaf => SHA256.HashData([0, .. leaf]))]);

    private static async Task<List<byte[]>> LeavesAsync(HttpClient http, Uri log, long size)
    {
        var leaves = new List<byte[]>();
        for (var tile = 0L; tile * TileWidth < size; tile++)
        {
            var bundle = await http.GetByteArrayAsync(PathOf(log, "entries", tile, size));
            for (var at = 0; at < bundle.Length;)
            {
                var length = (bundle[at] << 8) | bundle[at + 1];
                leaves.Add(bundle[(at + 2)..(at + 2 + length)]);
                at += 2 + length;
            }
        }

        return leaves.Count == size ? leaves : throw new InvalidDataException($"{leaves.Count} leaves are served, and the checkpoint says {size}.");
    }

    /// <summary>Every tile of every level is what the leaves give, and so is the root.</summary>
    private static async Task CompareTilesAsync(HttpClient http, Uri log, byte[][] hashes, byte[] root)
    {
        if (!RootOf(hashes).AsSpan().SequenceEqual(root))
        {
            throw new InvalidDataException("The root is not that of the leaves.");
        }

        for (var level = 0; hashes.Length > 0; level++)
        {
            for (var tile = 0L; tile * TileWidth < hashes.Length; tile++)
            {
                byte[] wanted = [.. hashes.Skip((int)tile * TileWidth).Take(TileWidth).SelectMany(static hash => hash)];
                var address = PathOf(log, level.ToString(CultureInfo.InvariantCulture), tile, hashes.Length);
                if (!(await http.GetByteArrayAsync(address)).AsSpan().SequenceEqual(wanted))
                {
                    throw new InvalidDataException($"{address} is not what the leaves give.");
                }
            }

            hashes = [.. hashes.Chunk(TileWidth).Where(static full => full.Length == TileWidth).Select(static full => RootOf(full))];
        }
    }

    /// <summary>MTH of RFC 6962, 2.1, over the hashes of its leaves.</summary>
    private static byte[] RootOf(ReadOnlySpan<byte[]> hashes)
    {
        if (hashes.Length == 1)
        {
            return hashes[0];
        }

        // The largest power of two smaller than n.
        var left = 1;
        while (left * 2 < hashes.Length)
        {
            left *= 2;
        }

        Span<byte> node = stackalloc byte[1 + (2 * HashSize)];
        node[0] = 1;
        RootOf(hashes[..left]).CopyTo(node[1..]);
        RootOf(hashes[left..]).CopyTo(node[(1 + HashSize)..]);
        return SHA256.HashData(node);
    }

    /// <summary>tile/level/index, in groups of three digits, all but the last behind an x; .p/width where the tile is not full.</summary>
    private static Uri PathOf(Uri log, string level, long tile, long count)
    {
        var path = (tile % 1000).ToString("D3", CultureInfo.InvariantCulture);
        for (var rest = tile / 1000; rest > 0; rest /= 1000)
        {
            path = $"x{(rest % 1000).ToString("D3", CultureInfo.InvariantCulture)}/{path}";
        }

        var width = Math.Min(TileWidth, count - (tile * TileWidth));
        return new(log, $"tile/{level}/{path}{(width < TileWidth ? string.Create(CultureInfo.InvariantCulture, $".p/{width}") : "")}");
    }
}
