using System.Net;
using System.Net.Sockets;

namespace Gating.Benchmarks.Processes;

/// <summary>Ports of 127.0.0.1 that were free a moment ago.</summary>
internal static class Ports
{
    public static int Free()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    /// <summary>Waits until something accepts connections there: polled closely, since starts are measured with it.</summary>
    public static async Task OpenAsync(int port)
    {
        for (var attempt = 0; ; attempt++)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(IPAddress.Loopback, port);
                return;
            }
            catch (SocketException) when (attempt < 30_000)
            {
                await Task.Delay(1);
            }
        }
    }
}
