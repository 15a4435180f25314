using System.Buffers.Text;
using Azure;

namespace Gating.Azure.Tables;

/// <summary>
/// The answer to a transaction, read by searching for the few bytes that matter: the status lines, the first ETag, and for a refusal its code and the index of the
/// operation that caused it. Anything that is neither whole nor understood is "unknown", never success.
/// </summary>
internal readonly record struct TableTransactionReply(int Status, int Index, string? Code, ETag ETag)
{
    /// <summary>What <see cref="Status"/> is when the answer could not be understood.</summary>
    public const int NotUnderstood = 0;

    public static TableTransactionReply Parse(ReadOnlySpan<byte> body, int operations)
    {
        var statusLine = "HTTP/1.1 "u8;
        var first = body.IndexOf(statusLine);
        if (first < 0 || !Utf8Parser.TryParse(body[(first + statusLine.Length)..], out int status, out _))
        {
            return default;
        }

        var rest = body[(first + statusLine.Length)..];
        if (status is < 200 or > 299)
        {
            return new(status, FailingIndex(rest), TableError.Code(rest), default);
        }

        var etag = FirstETag(rest);
        for (var seen = 1; seen < operations; seen++)
        {
            var next = rest.IndexOf(statusLine);
            if (next < 0 || rest[next + statusLine.Length] != (byte)'2')
            {
                return default;
            }

            rest = rest[(next + statusLine.Length)..];
        }

        // The closing boundary says that nothing was cut off after the last status line.
        return rest.TrimEnd("\r\n"u8).EndsWith("--"u8) ? new(status, 0, null, etag) : default;
    }

    private static ETag FirstETag(ReadOnlySpan<byte> part)
    {
        var end = part.IndexOf("HTTP/1.1 "u8);
        part = end < 0 ? part : part[..end];
        var name = "\nETag:"u8;
        var start = part.IndexOf(name);
        if (start < 0)
        {
            return default;
        }

        var value = part[(start + name.Length)..];
        value = value[..Math.Max(0, value.IndexOf((byte)'\n'))].Trim(" \r"u8);
        return value.IsEmpty ? default : new(System.Text.Encoding.ASCII.GetString(value));
    }

    /// <summary>Azure starts the message with the index of the operation: <c>"value":"3:The specified entity already exists…"</c>; -1 where it does not.</summary>
    private static int FailingIndex(ReadOnlySpan<byte> part)
    {
        var name = "\"value\":"u8;
        var start = part.IndexOf(name);
        if (start < 0)
        {
            return -1;
        }

        var text = part[(start + name.Length)..].TrimStart(" \""u8);
        return Utf8Parser.TryParse(text, out int index, out var length) && length < text.Length && text[length] == (byte)':' ? index : -1;
    }
}

/// <summary>The code in a Table error (<c>{"odata.error":{"code":"…"}}</c>).</summary>
internal static class TableError
{
    public const string TableAlreadyExists = "TableAlreadyExists";
    public const string EntityAlreadyExists = "EntityAlreadyExists";
    public const string ResourceNotFound = "ResourceNotFound";
    public const string EntityNotFound = "EntityNotFound";

    public static string? Code(ReadOnlySpan<byte> body)
    {
        var name = "\"code\":"u8;
        var start = body.IndexOf(name);
        if (start < 0)
        {
            return null;
        }

        var text = body[(start + name.Length)..].TrimStart(" \""u8);
        var end = text.IndexOf((byte)'"');
        return end is > 0 and <= 64 ? System.Text.Encoding.ASCII.GetString(text[..end]) : null;
    }
}
