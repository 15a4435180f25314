using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Gating.Ledger;

namespace Gating.Registry;

/// <summary>What the MACs over the registry are of: each row by itself, and, with the stamp, all of them together, so that none can be changed, put in, taken away or put back by who has no data key.</summary>
public static class RegistryDigest
{
    /// <summary>A row: kind, name and JSON as UTF-8, each after its length, and the change.</summary>
    public static byte[] BytesOf(RegistryRow row)
    {
        string[] texts = [row.Kind, row.Name, row.Json];
        var bytes = new byte[texts.Sum(static text => sizeof(int) + Encoding.UTF8.GetByteCount(text)) + sizeof(long)];
        var rest = bytes.AsSpan();
        foreach (var text in texts)
        {
            var written = Encoding.UTF8.GetBytes(text, rest[sizeof(int)..]);
            BinaryPrimitives.WriteInt32BigEndian(rest, written);
            rest = rest[(sizeof(int) + written)..];
        }

        BinaryPrimitives.WriteInt64BigEndian(rest, row.Change);
        return bytes;
    }

    /// <summary>SHA-256 over all rows, whatever order they come in.</summary>
    public static EntryHash Of(IEnumerable<RegistryRow> rows)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var row in rows.OrderBy(static row => row.Kind, StringComparer.Ordinal).ThenBy(static row => row.Name, StringComparer.Ordinal))
        {
            hash.AppendData(BytesOf(row));
        }

        return EntryHash.FromBytes(hash.GetHashAndReset());
    }

    /// <summary>The stamp: the version, the digest of the rows that it stands for, and the operation that wrote it.</summary>
    public static byte[] StampOf(long version, EntryHash rows, string operation)
    {
        var bytes = new byte[sizeof(long) + EntryHash.Size + Encoding.UTF8.GetByteCount(operation)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, version);
        rows.Write(bytes.AsSpan(sizeof(long)));
        Encoding.UTF8.GetBytes(operation, bytes.AsSpan(sizeof(long) + EntryHash.Size));
        return bytes;
    }
}
