using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Gating.Azure;
using Gating.Benchmarks.Load;
using Gating.Local.Storage;

namespace Gating.Benchmarks.Scene;

/// <summary>
/// Entity-group transactions as raw HTTP: what storage alone costs. Of two rows as large as a head and a grant's entry; the head is replaced, the entry
/// inserted, in one of a few partitions, as admissions do.
/// </summary>
internal static class RawTransactions
{
    public const string ContentType = "multipart/mixed; boundary=batch_raw";

    // As long as what the gate writes for one grant: see LedgerRows.cs.
    private const int HeadBytes = 256;
    private const int MacBytes = 16;
    private const int PublicCharacters = 420;
    private const int SealedBytes = 200;

    /// <summary>Requests of two rows each; the number of the request names the entry's row.</summary>
    public static IEnumerable<RawRequest> Pairs(Uri tables, string table, int partitions) =>
        Enumerable.Range(0, partitions).Select(partition => Request(tables, Pair(tables, table, partition, RawRequest.Slot)));

    /// <summary>
    /// Requests of a hundred rows each: to fill a table. Keys rise, so that each row goes to the end of Azurite's sorted lists: in the middle, every row moves half a million others.
    /// </summary>
    public static RawRequest Hundred(Uri tables, string table)
    {
        var body = new StringBuilder();
        Open(body);
        for (var row = 0; row < 100; row++)
        {
            Insert(body, tables, table, "fill" + RawRequest.Slot, RawRequest.Slot + row.ToString("D3", CultureInfo.InvariantCulture));
        }

        Close(body);
        return Request(tables, body.ToString());
    }

    /// <summary>The bodies alone, for a client that writes its own headers.</summary>
    public static RawRequest[] Bodies(Uri tables, string table, int partitions) =>
        [.. Enumerable.Range(0, partitions).Select(partition => RawRequest.Of(Pair(tables, table, partition, RawRequest.Slot)))];

    private static RawRequest Request(Uri tables, string body)
    {
        var (date, authorization) = Authorization(tables);
        var headers = $"x-ms-version: 2020-12-06\r\nx-ms-date: {date}\r\nAuthorization: {authorization}\r\nDataServiceVersion: 3.0\r\nAccept: application/json;odata=minimalmetadata\r\n";
        return RawRequest.Post(tables.AbsolutePath + "/$batch", headers, ContentType, body);
    }

    /// <summary>Shared Key Lite for a batch, good as long as its date is.</summary>
    public static (string Date, string Authorization) Authorization(Uri tables)
    {
        var date = DateTimeOffset.UtcNow.ToString("r", CultureInfo.InvariantCulture);
        var text = $"{date}\n/{AzuriteProcess.AccountName}{tables.AbsolutePath}/$batch";
        var mac = HMACSHA256.HashData(Convert.FromBase64String(AzuriteProcess.AccountKey), Encoding.UTF8.GetBytes(text));
        return (date, $"SharedKeyLite {StorageOptions.DevelopmentAccount}:{Convert.ToBase64String(mac)}");
    }

    private static string Pair(Uri tables, string table, int partition, string row)
    {
        var body = new StringBuilder(4096);
        var name = "raw" + partition.ToString("D6", CultureInfo.InvariantCulture);
        Open(body);
        Part(body, $"PUT {tables.AbsoluteUri}/{table}(PartitionKey='{name}',RowKey='head')");
        body.Append($$"""{"PartitionKey":"{{name}}","RowKey":"head","V":1,"Seq@odata.type":"Edm.Int64","Seq":"1","Head@odata.type":"Edm.Binary","Head":"{{Filler(HeadBytes)}}","Mac@odata.type":"Edm.Binary","Mac":"{{Filler(MacBytes)}}"}""").Append("\r\n");
        Insert(body, tables, table, name, row);
        Close(body);
        return body.ToString();
    }

    private static void Insert(StringBuilder body, Uri tables, string table, string partition, string row)
    {
        Part(body, $"POST {tables.AbsoluteUri}/{table}");
        body.Append($$"""{"PartitionKey":"{{partition}}","RowKey":"e;{{row}}","V":1,"Op":"0123456789abcdef0123456789abcdef","Kind":1,"Time@odata.type":"Edm.DateTime","Time":"2026-11-22T04:00:00.0000000Z",""")
            .Append($$""" "Prev@odata.type":"Edm.Binary","Prev":"{{Filler(32)}}","SealedDigest@odata.type":"Edm.Binary","SealedDigest":"{{Filler(32)}}","Public":"{{new string('p', PublicCharacters)}}","Sealed@odata.type":"Edm.Binary","Sealed":"{{Filler(SealedBytes)}}"}""")
            .Append("\r\n");
    }

    private static string Filler(int bytes) => Convert.ToBase64String(new byte[bytes].AsSpan());

    private static void Open(StringBuilder body) => body.Append("--batch_raw\r\nContent-Type: multipart/mixed; boundary=changeset_raw\r\n\r\n");

    private static void Part(StringBuilder body, string line) => body
        .Append("--changeset_raw\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n").Append(line)
        .Append(" HTTP/1.1\r\nAccept: application/json;odata=minimalmetadata\r\nContent-Type: application/json\r\nPrefer: return-no-content\r\nDataServiceVersion: 3.0\r\n\r\n");

    private static void Close(StringBuilder body) => body.Append("--changeset_raw--\r\n--batch_raw--\r\n");
}
