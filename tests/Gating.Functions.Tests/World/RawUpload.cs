using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Gating.Functions.Tests.World;

/// <summary>A PUT as a broken client sends it, byte by byte: what its head says of its length need not be true.</summary>
internal static class RawUpload
{
    /// <summary>Sends the bytes and no more, and waits for what comes back. The connection stays open: to the gate, a client that closes its side is gone.</summary>
    public static async Task<string> SendAsync(Uri gate, string address, string length, byte[] bytes)
    {
        using var client = await ConnectAsync(gate, address, length, bytes);
        using var reader = new StreamReader(client.GetStream(), Encoding.ASCII);
        return await reader.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(20));
    }

    /// <summary>Sends the bytes and is gone, without a farewell.</summary>
    public static async Task CutAsync(Uri gate, string address, long length, byte[] bytes)
    {
        using var client = await ConnectAsync(gate, address, length.ToString(CultureInfo.InvariantCulture), bytes);
        await Task.Delay(TimeSpan.FromMilliseconds(200));
        client.Client.LingerState = new(enable: true, seconds: 0);
    }

    private static async Task<TcpClient> ConnectAsync(Uri gate, string address, string length, byte[] bytes)
    {
        var client = new TcpClient();
        await client.ConnectAsync(gate.Host, gate.Port);
        var credentials = TokenCall.Basic(TestRegistry.App, TestRegistry.Secret);
        var head = $"PUT {address} HTTP/1.1\r\nHost: {gate.Authority}\r\nAuthorization: {credentials.Scheme} {credentials.Parameter}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n";
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head));
        await client.GetStream().WriteAsync(bytes);
        return client;
    }
}
