using System.Globalization;
using Gating.Log.Merkle;

namespace Gating.Log.Tiles;

/// <summary>
/// Names a tile of the log (C2SP tlog-tiles): up to 256 consecutive hashes at height 8·<paramref name="Level"/>, or, at <see cref="EntriesLevel"/>, up to 256 leaves.
/// Both a URL's path and a blob's name.
/// </summary>
/// <param name="Index">Counts tiles of that level.</param>
/// <param name="Width">Hashes in it, 1 to 256; below 256 it is a partial tile, of a tree that ends in it.</param>
public readonly record struct TileId(int Level, long Index, int Width)
{
    /// <summary>Levels of the tree that one tile spans.</summary>
    public const int Height = 8;

    /// <summary>Hashes of a full tile.</summary>
    public const int FullWidth = 1 << Height;

    /// <summary>The level of the bundles that hold the leaves themselves.</summary>
    public const int EntriesLevel = -1;

    public const int MaxLevel = 63;

    private const string Root = "tile/";
    private const string Entries = "entries";

    /// <summary>Six elements of three digits: what a long can hold with room to spare.</summary>
    public const int MaxElements = 6;

    /// <summary>The longest path there is.</summary>
    private const int MaxLength = 5 + 7 + (5 * MaxElements) + 6;

    public bool IsFull => Width == FullWidth;

    /// <summary>Where it stands below the log's prefix: <c>tile/0/x001/x234/067.p/8</c>.</summary>
    public string Path
    {
        get
        {
            var level = Level == EntriesLevel ? Entries : Level.ToString(CultureInfo.InvariantCulture);
            var last = (Index % 1000).ToString("D3", CultureInfo.InvariantCulture);
            var elements = string.Empty;
            for (var rest = Index / 1000; rest > 0; rest /= 1000)
            {
                elements = string.Create(CultureInfo.InvariantCulture, $"x{rest % 1000:D3}/{elements}");
            }

            return string.Create(CultureInfo.InvariantCulture, $"{Root}{level}/{elements}{last}{(IsFull ? string.Empty : $".p/{Width}")}");
        }
    }

    /// <summary>Tiles of that level in a tree of <paramref name="size"/> leaves hold this many hashes together.</summary>
    public static long HashesAt(int level, long size) => level == EntriesLevel ? size : level * Height > 62 ? 0 : size >> (level * Height);

    /// <summary>The tile of a tree of <paramref name="size"/> leaves that has the hash of <paramref name="node"/> or what it is made of.</summary>
    public static TileId Of(TreeNode node, long size)
    {
        var level = node.Level / Height;
        var index = node.Index >> (Height - (node.Level % Height));
        return new(level, index, (int)Math.Min(FullWidth, HashesAt(level, size) - (index * FullWidth)));
    }

    /// <summary>The last, partial tile of that level; null where a tree of <paramref name="size"/> has none.</summary>
    public static TileId? Partial(int level, long size)
    {
        var hashes = HashesAt(level, size);
        return hashes % FullWidth == 0 ? null : new(level, hashes / FullWidth, (int)(hashes % FullWidth));
    }

    /// <summary>Reads exactly the paths that <see cref="Path"/> writes.</summary>
    public static bool TryParse(ReadOnlySpan<char> path, out TileId tile)
    {
        tile = default;
        if (path.Length > MaxLength || !path.StartsWith(Root, StringComparison.Ordinal))
        {
            return false;
        }

        var rest = path[Root.Length..];
        var slash = rest.IndexOf('/');
        if (slash < 0 || !TryReadLevel(rest[..slash], out var level))
        {
            return false;
        }

        rest = rest[(slash + 1)..];
        var width = FullWidth;
        if (rest.IndexOf(".p/", StringComparison.Ordinal) is var dot and >= 0)
        {
            if (!TryReadNumber(rest[(dot + 3)..], FullWidth - 1, out width) || width == 0)
            {
                return false;
            }

            rest = rest[..dot];
        }

        if (!TryReadIndex(rest, out var index))
        {
            return false;
        }

        tile = new(level, index, width);
        return true;
    }

    private static bool TryReadLevel(ReadOnlySpan<char> text, out int level)
    {
        level = EntriesLevel;
        return text.SequenceEqual(Entries) || TryReadNumber(text, MaxLevel, out level);
    }

    private static bool TryReadNumber(ReadOnlySpan<char> text, int most, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number <= most && (text[0] != '0' || text.Length == 1);

    private static bool TryReadIndex(ReadOnlySpan<char> text, out long index)
    {
        index = 0;
        for (var element = 0; element < MaxElements; element++)
        {
            var slash = text.IndexOf('/');
            var digits = slash < 0 ? text : text[..slash];
            if (slash >= 0)
            {
                if (digits is not ['x', ..])
                {
                    return false;
                }

                digits = digits[1..];
            }

            // A leading element of zeros would be a second name of the same tile.
            if (digits.Length != 3 || !TryReadDigits(digits, out var part) || (slash >= 0 && element == 0 && part == 0))
            {
                return false;
            }

            index = (index * 1000) + part;
            if (slash < 0)
            {
                return true;
            }

            text = text[(slash + 1)..];
        }

        return false;
    }

    private static bool TryReadDigits(ReadOnlySpan<char> digits, out int value) => int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out value);
}
