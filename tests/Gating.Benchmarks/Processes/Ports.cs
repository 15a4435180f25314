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

    /// <summary>Waits until something accepts connections there: polled closely, since starts are measured with it, and without exceptions, which would take the core that a start can use.</summary>
    public static async Task OpenAsync(int port)
    {
        for (var attempt = 0; attempt < 30_000; attempt++)
        {
            if (await IsOpenAsync(port))
            {
                return;
            }

            await Task.Delay(1);
        }

        throw new InvalidOperationException($"Nothing accepts connections at port {port}.");
    }

    private static async Task<bool> IsOpenAsync(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        using var connecting = new SocketAsyncEventArgs { RemoteEndPoint = new IPEndPoint(IPAddress.Loopback, port) };
        var connected = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        connecting.Completed += (_, _) => connected.SetResult();
        if (socket.ConnectAsync(connecting))
        {
            await connected.Task;
        }

        return connecting.SocketError is SocketError.Success;
    }
}
