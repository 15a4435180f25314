namespace Gating.Azure.Tables;

/// <summary>What all of our rows have: the schema version <c>V</c>. A row of another version is not read and not guessed at.</summary>
internal static class StoredRow
{
    private const string Version = "V";

    public static TableEntity New(string partitionKey, string rowKey) =>
        new TableEntity(partitionKey, rowKey).With(Version, TableValue.Of(TableKeys.SchemaVersion));

    /// <summary>Returns the row; throws <see cref="UnknownVersionException"/> unless this build knows its version.</summary>
    public static TableEntity Known(TableEntity row, string what)
    {
        var version = row.Get(Version).AsInt32();
        return version == TableKeys.SchemaVersion ? row : throw new UnknownVersionException(what, version);
    }
}
