using System.Text;
using System.Text.Json;
using Gating.Azure.Http;

namespace Gating.Azure.Tables;

/// <summary>
/// The body of an entity-group transaction. Everything that does not change is encoded once per table. The boundaries can be constant: a line break
/// never stands in a row's JSON (it is escaped), in an address (percent-encoded) or in an ETag (checked).
/// </summary>
internal sealed class TableTransactionWriter
{
    public const string ContentType = "multipart/mixed; boundary=batch_gating";

    private const string Part = "--changeset_gating\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n";
    private const string JsonHeaders = "Accept: application/json;odata=minimalmetadata\r\nContent-Type: application/json\r\nPrefer: return-no-content\r\nDataServiceVersion: 3.0\r\n";

    private readonly byte[] _insert;
    private readonly byte[] _replace;
    private readonly byte[] _merge;
    private readonly byte[] _delete;

    public TableTransactionWriter(string tableAddress)
    {
        _insert = Encoding.ASCII.GetBytes($"{Part}POST {tableAddress} HTTP/1.1\r\n{JsonHeaders}\r\n");
        _replace = Encoding.ASCII.GetBytes($"{Part}PUT {tableAddress}");
        _merge = Encoding.ASCII.GetBytes($"{Part}PATCH {tableAddress}");
        _delete = Encoding.ASCII.GetBytes($"{Part}DELETE {tableAddress}");
    }

    public void Write(PooledBody body, TableTransaction transaction)
    {
        body.Append("--batch_gating\r\nContent-Type: multipart/mixed; boundary=changeset_gating\r\n\r\n"u8);
        using var lease = TableJsonWriter.Rent(body);
        foreach (var operation in transaction.Operations)
        {
            WriteOperation(body, lease.Json, operation);
        }

        body.Append("--changeset_gating--\r\n--batch_gating--\r\n"u8);
    }

    private void WriteOperation(PooledBody body, Utf8JsonWriter json, TableOperation operation)
    {
        switch (operation.Kind)
        {
            case TableOperationKind.Insert:
                body.Append(_insert);
                break;
            case TableOperationKind.Upsert:
                AppendAddress(body, _replace, operation);
                body.Append("\r\n"u8);
                break;
            case TableOperationKind.Replace:
                AppendAddress(body, _replace, operation);
                AppendIfMatch(body, operation);
                break;
            case TableOperationKind.Merge:
                AppendAddress(body, _merge, operation);
                AppendIfMatch(body, operation);
                break;
            case TableOperationKind.Delete:
                AppendAddress(body, _delete, operation);
                AppendIfMatch(body, operation);
                body.Append("\r\n"u8);
                return;
        }

        TableEntityJson.Write(json, operation.Entity);
        json.Flush();
        json.Reset(body);
        body.Append("\r\n"u8);
    }

    private static void AppendAddress(PooledBody body, byte[] start, TableOperation operation)
    {
        body.Append(start);
        body.AppendAscii(TableAddress.Row(operation.Entity.PartitionKey, operation.Entity.RowKey));
        body.Append(" HTTP/1.1\r\nAccept: application/json;odata=minimalmetadata\r\nContent-Type: application/json\r\nPrefer: return-no-content\r\nDataServiceVersion: 3.0\r\n"u8);
    }

    private static void AppendIfMatch(PooledBody body, TableOperation operation)
    {
        body.Append("If-Match: "u8);
        body.AppendAscii(operation.IfMatch.ToString());
        body.Append("\r\n\r\n"u8);
    }
}

/// <summary>One JSON writer per thread, lent for as long as no other code of the thread can run.</summary>
internal static class TableJsonWriter
{
    private static readonly JsonWriterOptions Options = new()
    {
        // Rows are read by machines, not shown by browsers: only what JSON demands is escaped.
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    [ThreadStatic]
    private static Utf8JsonWriter? _spare;

    public static Lease Rent(PooledBody body)
    {
        var json = _spare ??= new(Stream.Null, Options);
        _spare = null;
        json.Reset(body);
        return new(json);
    }

    internal readonly ref struct Lease(Utf8JsonWriter json) : IDisposable
    {
        public Utf8JsonWriter Json => json;

        public void Dispose()
        {
            json.Reset(Stream.Null);
            _spare = json;
        }
    }
}
