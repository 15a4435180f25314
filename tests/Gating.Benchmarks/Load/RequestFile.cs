using System.Buffers.Binary;
using System.Text;

namespace Gating.Benchmarks.Load;

/// <summary>One raw HTTP/1.1 request. Each <see cref="Slot"/> in it is overwritten with a number of twelve digits that no other request gets.</summary>
internal sealed record RawRequest(byte[] Bytes, int[] Slots)
{
    public const string Slot = "000000000000";

    public static RawRequest Of(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var slots = new List<int>();
        var slot = Encoding.ASCII.GetBytes(Slot);
        for (var from = 0; bytes.AsSpan(from).IndexOf(slot) is >= 0 and var at; from += at + slot.Length)
        {
            slots.Add(from + at);
        }

        return new(bytes, [.. slots]);
    }

    public static RawRequest Post(string path, string headers, string contentType, string body) =>
        Of($"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{headers}Content-Type: {contentType}\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}");
}

/// <summary>A file of raw requests: what the generator sends is made beforehand, so that it spends its CPU on sending.</summary>
internal static class RequestFile
{
    public static async Task WriteAsync(string path, IEnumerable<RawRequest> requests)
    {
        await using var file = File.Create(path);
        var number = new byte[4];
        foreach (var request in requests)
        {
            await WriteAsync(request.Slots.Length);
            foreach (var slot in request.Slots)
            {
                await WriteAsync(slot);
            }

            await WriteAsync(request.Bytes.Length);
            await file.WriteAsync(request.Bytes);
        }

        async Task WriteAsync(int value)
        {
            BinaryPrimitives.WriteInt32LittleEndian(number, value);
            await file.WriteAsync(number);
        }
    }

    public static RawRequest[] Read(string path)
    {
        var rest = File.ReadAllBytes(path).AsSpan();
        var requests = new List<RawRequest>();
        while (!rest.IsEmpty)
        {
            var slots = new int[Number(ref rest)];
            for (var i = 0; i < slots.Length; i++)
            {
                slots[i] = Number(ref rest);
            }

            var length = Number(ref rest);
            requests.Add(new(rest[..length].ToArray(), slots));
            rest = rest[length..];
        }

        return [.. requests];
    }

    private static int Number(ref Span<byte> rest)
    {
        var number = BinaryPrimitives.ReadInt32LittleEndian(rest);
        rest = rest[4..];
        return number;
    }
}
