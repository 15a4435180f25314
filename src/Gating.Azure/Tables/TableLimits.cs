using System.Buffers;
using System.Text;
using Azure;

namespace Gating.Azure.Tables;

/// <summary>
/// Azure's documented limits ("Understanding the Table service data model", "Performing entity group transactions"), enforced before sending because
/// Azurite takes much that Azure refuses: what passes here must pass there.
/// </summary>
public static class TableLimits
{
    public const int MaxKeyCharacters = 512;
    public const int MaxProperties = 252;
    public const int MaxPropertyNameCharacters = 255;
    public const int MaxStringCharacters = 32 * 1024;
    public const int MaxBinaryBytes = 64 * 1024;
    public const int MaxEntityBytes = 1024 * 1024;
    public const int MaxOperations = 100;
    public const int MaxTransactionBytes = 4 * 1024 * 1024;
    public const int MaxComparisons = 15;
    public const int MaxPageSize = 1000;

    /// <summary>The earliest time that Edm.DateTime can hold.</summary>
    public static readonly DateTimeOffset MinDate = new(1601, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly SearchValues<char> ForbiddenInKeys = SearchValues.Create(
        ['/', '\\', '#', '?', .. Enumerable.Range(0, 0x20).Select(c => (char)c), .. Enumerable.Range(0x7f, 0x21).Select(c => (char)c)]);

    /// <summary>Throws <see cref="TableLimitException"/> unless Azure would take the row.</summary>
    public static void Check(TableEntity entity)
    {
        CheckKey(entity.PartitionKey, "partition key");
        CheckKey(entity.RowKey, "row key");
        var properties = entity.Properties;
        if (properties.Length > MaxProperties)
        {
            throw new TableLimitException(TableLimit.PropertyCount, "row", $"{properties.Length} properties, at most {MaxProperties}");
        }

        long size = 4 + (2L * (entity.PartitionKey.Length + entity.RowKey.Length));
        for (var i = 0; i < properties.Length; i++)
        {
            var (name, value) = properties[i];
            CheckName(name);
            CheckUnique(properties, i);
            size += 8 + (2L * name.Length) + CheckValue(name, value);
        }

        if (size > MaxEntityBytes)
        {
            throw new TableLimitException(TableLimit.EntitySize, "row", $"{size} bytes as Azure counts them, at most {MaxEntityBytes}");
        }
    }

    /// <summary>Throws <see cref="TableLimitException"/> unless Azure would take the text as a partition or row key.</summary>
    public static void CheckKey(string key, string where)
    {
        if (key.Length > MaxKeyCharacters)
        {
            throw new TableLimitException(TableLimit.KeyLength, where, $"{key.Length} characters, at most {MaxKeyCharacters}");
        }

        if (key.AsSpan().ContainsAny(ForbiddenInKeys))
        {
            throw new TableLimitException(TableLimit.KeyCharacter, where, "holds one of / \\ # ? or a control character");
        }

        CheckSurrogates(key, where);
    }

    /// <summary>An ETag goes into a header inside a transaction's body: anything but what storage gives out could forge another header.</summary>
    internal static void CheckETag(ETag tag, string where)
    {
        var text = tag.ToString();
        if (tag == ETag.All)
        {
            return;
        }

        var quoted = text.StartsWith("W/\"", StringComparison.Ordinal) ? text.AsSpan(2) : text;
        if (quoted.Length < 2 || quoted[0] != '"' || quoted[^1] != '"' || quoted[1..^1].Contains('"') || quoted.ContainsAnyExceptInRange('!', '~'))
        {
            throw new TableLimitException(TableLimit.ETag, where, "is not an ETag that storage gave out");
        }
    }

    internal static void CheckTableName(string name)
    {
        if (name.Length is < 3 or > 63 || !char.IsAsciiLetter(name[0]) || !name.All(char.IsAsciiLetterOrDigit))
        {
            throw new TableLimitException(TableLimit.TableName, "table name", "3 to 63 letters and digits, a letter first");
        }
    }

    private static void CheckName(string name)
    {
        if (name.Length is 0 or > MaxPropertyNameCharacters || !(char.IsLetter(name[0]) || name[0] == '_') || !IsIdentifier(name))
        {
            throw new TableLimitException(TableLimit.PropertyName, $"property {Readable(name)}", "a name is 1 to 255 letters, digits and underscores, no digit first");
        }

        if (name is "PartitionKey" or "RowKey" or "Timestamp")
        {
            throw new TableLimitException(TableLimit.PropertyName, $"property {name}", "the name is the system's");
        }
    }

    private static bool IsIdentifier(string name)
    {
        foreach (var c in name)
        {
            if (!char.IsLetterOrDigit(c) && c != '_')
            {
                return false;
            }
        }

        return true;
    }

    private static void CheckUnique(ReadOnlySpan<KeyValuePair<string, TableValue>> properties, int index)
    {
        for (var earlier = 0; earlier < index; earlier++)
        {
            if (string.Equals(properties[earlier].Key, properties[index].Key, StringComparison.Ordinal))
            {
                throw new TableLimitException(TableLimit.DuplicateProperty, $"property {properties[index].Key}", "is there twice");
            }
        }
    }

    private static long CheckValue(string name, TableValue value) => value.Kind switch
    {
        TableValueKind.Null => 0,
        TableValueKind.String => 4 + (2L * CheckString(name, value)),
        TableValueKind.Boolean => 1,
        TableValueKind.Int32 => 4,
        TableValueKind.Int64 or TableValueKind.Double => 8,
        TableValueKind.Guid => 16,
        TableValueKind.DateTime => value.AsDateTime() >= MinDate
            ? 8
            : throw new TableLimitException(TableLimit.DateRange, $"property {name}", "a date before 1601"),
        TableValueKind.Binary => 4 + (value.AsBinary().Length <= MaxBinaryBytes
            ? value.AsBinary().Length
            : throw new TableLimitException(TableLimit.BinaryLength, $"property {name}", $"{value.AsBinary().Length} bytes, at most {MaxBinaryBytes}")),
    };

    private static int CheckString(string name, TableValue value)
    {
        var length = value.IsUtf8 ? Encoding.UTF8.GetCharCount(value.Utf8) : value.AsString().Length;
        if (length > MaxStringCharacters)
        {
            throw new TableLimitException(TableLimit.StringLength, $"property {name}", $"{length} characters, at most {MaxStringCharacters}");
        }

        if (!value.IsUtf8)
        {
            CheckSurrogates(value.AsString(), $"property {name}");
        }

        return length;
    }

    private static void CheckSurrogates(string text, string where)
    {
        if (!text.AsSpan().ContainsAnyInRange('\ud800', '\udfff'))
        {
            return;
        }

        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                i++;
            }
            else if (char.IsSurrogate(text[i]))
            {
                throw new TableLimitException(TableLimit.Surrogate, where, $"half a surrogate pair at {i}");
            }
        }
    }

    /// <summary>A refused name is shown only as far as it is harmless in a log line.</summary>
    private static string Readable(string name) => name.Length <= 64 && IsIdentifier(name) ? name : $"of {name.Length} characters";
}
