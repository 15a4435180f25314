using System.Globalization;
using System.Text;
using Gating.Azure.Tables;
using Gating.Registry;

namespace Gating.Azure.Registry;

/// <summary>Rows of the registry's partition, version 1. JSON longer than one property may be is kept in several.</summary>
internal static class RegistryRows
{
    private const string Kind = "Kind";
    private const string Name = "Name";
    private const string Json = "Json";
    private const string Change = "Change";
    private const string Stamp = "Stamp";

    /// <summary>Characters of one part: under the limit, with room not to cut a surrogate pair.</summary>
    private const int PartLength = TableLimits.MaxStringCharacters - 1;

    public static TableEntity OfVersion(long version, string operation) => StoredRow.New(TableKeys.Registry, TableKeys.RegistryVersion)
        .With(Stamp, TableValue.Of(version))
        .With(TableClient.OperationProperty, TableValue.Of(operation));

    public static long ReadVersion(TableEntity row) => StoredRow.Known(row, "registry version").Get(Stamp).AsInt64();

    public static TableEntity Of(RegistryRow row)
    {
        var entity = StoredRow.New(TableKeys.Registry, TableKeys.RegistryRow(row.Kind, row.Name))
            .With(Kind, TableValue.Of(row.Kind))
            .With(Name, TableValue.Of(row.Name));
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

    public static RegistryRow Read(TableEntity row)
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

    private static string PartName(int part) => part == 0 ? Json : Json + part.ToString(CultureInfo.InvariantCulture);
}
