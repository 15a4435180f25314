using System.Buffers.Text;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Gating.Benchmarks.Load;

/// <summary>One keep-alive connection without pipelining: a raw socket, since HttpClient would cost more than the server under test.</summary>
internal sealed class LoadConnection : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private byte[] _send = new byte[64 * 1024];
    private byte[] _receive = new byte[16 * 1024];
    private int _received;

    public static async Task<LoadConnection> OpenAsync(int port)
    {
        var connection = new LoadConnection();
        await connection._socket.ConnectAsync(IPAddress.Loopback, port);
        return connection;
    }

    /// <summary>Sends, reads the whole answer and returns its status.</summary>
    public async ValueTask<int> ExchangeAsync(RawRequest request, long number)
    {
        await _socket.SendAsync(Fill(request, number), SocketFlags.None);
        var length = 0;
        while (true)
        {
            if (length == _receive.Length)
            {
                Array.Resize(ref _receive, length * 2);
            }

            var read = await _socket.ReceiveAsync(_receive.AsMemory(length), SocketFlags.None);
            if (read == 0)
            {
                throw new IOException("The server closed the connection.");
            }

            _received = length += read;
            if (IsWhole(_receive.AsSpan(0, length), out var status))
            {
                return status;
            }
        }
    }

    public string LastAnswer => Encoding.UTF8.GetString(_receive, 0, _received);

    public void Dispose() => _socket.Dispose();

    private ReadOnlyMemory<byte> Fill(RawRequest request, long number)
    {
        if (request.Slots.Length == 0)
        {
            return request.Bytes;
        }

        if (_send.Length < request.Bytes.Length)
        {
            _send = new byte[request.Bytes.Length];
        }

        request.Bytes.CopyTo(_send, 0);
        foreach (var slot in request.Slots)
        {
            number.TryFormat(_send.AsSpan(slot), out _, "D12", CultureInfo.InvariantCulture);
        }

        return _send.AsMemory(0, request.Bytes.Length);
    }

    private static bool IsWhole(ReadOnlySpan<byte> answer, out int status)
    {
        status = 0;
        var end = answer.IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            return false;
        }

        status = Number(answer[9..]);
        var head = answer[..(end + 2)];
        var body = answer.Length - end - 4;
        if (ValueOf(head, "\r\nContent-Length: "u8, "\r\ncontent-length: "u8) is { IsEmpty: false } length)
        {
            return body >= Number(length);
        }

        var isChunked = !ValueOf(head, "\r\nTransfer-Encoding: chunked"u8, "\r\ntransfer-encoding: chunked"u8).IsEmpty;
        return isChunked ? answer.EndsWith("\r\n0\r\n\r\n"u8) || answer[(end + 4)..].SequenceEqual("0\r\n\r\n"u8) : status is 204 or 304;
    }

    private static int Number(ReadOnlySpan<byte> text) =>
        Utf8Parser.TryParse(text, out int number, out _) ? number : throw new FormatException("An answer that is not HTTP.");

    private static ReadOnlySpan<byte> ValueOf(ReadOnlySpan<byte> head, ReadOnlySpan<byte> name, ReadOnlySpan<byte> lowerName)
    {
        var at = head.IndexOf(name);
        at = at < 0 ? head.IndexOf(lowerName) : at;
        return at < 0 ? default : head[(at + name.Length)..];
    }
}
