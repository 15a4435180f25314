using System.Globalization;
using System.Text;
using Gating.Azure.Tables;
using Gating.Ledger;
using Gating.Registry;

namespace Gating.Azure.Registry;

/// <summary>Rows of the registry's partition, version 1. JSON longer than one property may be is kept in several. Each row has a MAC, and the stamp one over the digest of all of them.</summary>
internal static class RegistryRows
{
    private const string Kind = "Kind";
    private const string Name = "Name";
    private const string Json = "Json";
    private const string Change = "Change";
    private const string Stamp = "Stamp";
    private const string Rows = "Rows";
    private const string Mac = "Mac";

    /// <summary>Characters of one part: under the limit, with room not to cut a surrogate pair.</summary>
    private const int PartLength = TableLimits.MaxStringCharacters - 1;

    public static TableEntity OfStamp(long version, EntryHash rows, string operation, StoredMac mac) => StoredRow.New(TableKeys.Registry, TableKeys.RegistryVersion)
        .With(Stamp, TableValue.Of(version))
        .With(Rows, TableValue.Of(rows.ToBytes()))
        .With(Mac, TableValue.Of(mac.Of(RowMacKind.RegistryStamp, default, RegistryDigest.StampOf(version, rows, operation))))
        .With(TableClient.OperationProperty, TableValue.Of(operation));

    /// <summary>Throws <see cref="FormatException"/> where its MAC is not of it: nobody who has the data key wrote it so.</summary>
    public static (long Version, EntryHash Rows) ReadStamp(TableEntity row, StoredMac mac)
    {
        var (version, rows) = (StoredRow.Known(row, "registry version").Get(Stamp).AsInt64(), EntryHash.FromBytes(Bytes(row, Rows, EntryHash.Size)));
        var stamp = RegistryDigest.StampOf(version, rows, row.Get(TableClient.OperationProperty).AsString());
        return mac.Holds(RowMacKind.RegistryStamp, default, stamp, Bytes(row, Mac, RowMac.Size)) ? (version, rows) : throw new FormatException("its MAC is not of it");
    }

    public static TableEntity Of(RegistryRow row, StoredMac mac)
    {
        var entity = StoredRow.New(TableKeys.Registry, TableKeys.RegistryRow(row.Kind, row.Name))
            .With(Kind, TableValue.Of(row.Kind))
            .With(Name, TableValue.Of(row.Name))
            .With(Mac, TableValue.Of(mac.Of(RowMacKind.RegistryRow, default, RegistryDigest.BytesOf(row))));
        if (row.Change != 0)
        {
            entity.With(Change, TableValue.Of(row.Change));
        }

        for (int part = 0, start = 0; start < row.Json.Length || part == 0; part++)
        {
            var length = Math.Min(PartLength, row.Json.Length - start);
            length -= length > 0 && start + length < row.Json.Length && char.IsHighSurrogate(row.Json[start + length - 1]) ? 1 : 0;
            entity.With(PartName(part), TableValue.Of(row.Json.Substring(start, length)));
            start += length;
        }

        return entity;
    }

    /// <summary>Throws <see cref="FormatException"/> where its MAC is not of it, or it stands under another's key.</summary>
    public static RegistryRow Read(TableEntity row, StoredMac mac)
    {
        var read = Read(row);
        return !string.Equals(TableKeys.RegistryRow(read.Kind, read.Name), row.RowKey, StringComparison.Ordinal) ? throw new FormatException("it is the row of another name")
            : mac.Holds(RowMacKind.RegistryRow, default, RegistryDigest.BytesOf(read), Bytes(row, Mac, RowMac.Size)) ? read
            : throw new FormatException("its MAC is not of it");
    }

    private static RegistryRow Read(TableEntity row)
    {
        StoredRow.Known(row, "registry row");
        var json = new StringBuilder(row.Get(PartName(0)).AsString());
        for (var part = 1; row.TryGet(PartName(part), out var text); part++)
        {
            json.Append(text.AsString());
        }

        return new(row.Get(Kind).AsString(), row.Get(Name).AsString(), json.ToString(), row.TryGet(Change, out var change) ? change.AsInt64() : 0);
    }

    /// <summary>A change that names a row twice has no one meaning.</summary>
    public static void RequireDistinct(IEnumerable<RegistryRow> rows)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var row in rows)
        {
            if (!seen.Add(TableKeys.RegistryRow(row.Kind, row.Name)))
            {
                throw new ArgumentException($"The change names a row of kind {row.Kind} twice.", nameof(rows));
            }
        }
    }

    private static byte[] Bytes(TableEntity row, string name, int size) =>
        row.TryGet(name, out var value) && value.Kind is TableValueKind.Binary && value.AsBinary() is { Length: var length } bytes && length == size ? bytes.ToArray() : throw new FormatException($"it has no {name} of {size} bytes");

    private static string PartName(int part) => part == 0 ? Json : Json + part.ToString(CultureInfo.InvariantCulture);
}
