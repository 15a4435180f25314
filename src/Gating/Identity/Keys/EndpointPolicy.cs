using System.Net;
using System.Net.Sockets;

namespace Gating.Identity.Keys;

/// <summary>
/// Where a provider, or a receiver of events, may be: https, and never an address that only this machine or its hosting can reach. Private networks are allowed, because
/// an organisation's own live there.
/// </summary>
public sealed class EndpointPolicy(bool allowLoopback)
{
    // Azure's platform address and Alibaba's metadata service lie outside the link-local block.
    private static readonly IPAddress[] Metadata =
    [
        new([168, 63, 129, 16]), new([100, 100, 100, 200]), IPAddress.Parse("fd00:ec2::254"),
    ];

    private static readonly IPNetwork[] Forbidden =
    [
        IPNetwork.Parse("0.0.0.0/8"), IPNetwork.Parse("169.254.0.0/16"), IPNetwork.Parse("224.0.0.0/3"), IPNetwork.Parse("::/128"),
        IPNetwork.Parse("fe80::/10"), IPNetwork.Parse("ff00::/8"),
    ];

    private static readonly IPNetwork Nat64 = IPNetwork.Parse("64:ff9b::/96");

    /// <summary>Whether the text of the address may be fetched at all. The name in it is judged when it is resolved, by <see cref="Permits(IPAddress)"/>.</summary>
    public bool Permits(Uri uri)
    {
        if (!uri.IsAbsoluteUri || uri.UserInfo.Length > 0 || uri.Fragment.Length > 0 || uri.HostNameType is UriHostNameType.Unknown or UriHostNameType.Basic)
        {
            return false;
        }

        var schemeFits = string.Equals(uri.Scheme, Uri.UriSchemeHttps, StringComparison.Ordinal)
            || (allowLoopback && uri.IsLoopback && string.Equals(uri.Scheme, Uri.UriSchemeHttp, StringComparison.Ordinal));
        return schemeFits && (!IPAddress.TryParse(uri.IdnHost, out var address) || Permits(address));
    }

    public bool Permits(IPAddress address)
    {
        var plain = Plain(address);
        if (IPAddress.IsLoopback(plain))
        {
            return allowLoopback;
        }

        return !Array.Exists(Forbidden, network => network.BaseAddress.AddressFamily == plain.AddressFamily && network.Contains(plain))
            && !Array.Exists(Metadata, plain.Equals);
    }

    /// <summary>A client that connects to what is permitted and nowhere else. No redirects, cookies, decompression (a bomb is small on the wire) or proxy (it would resolve the name in our place, unjudged); its caller sets the time and the size.</summary>
    public HttpClient NewClient()
    {
#pragma warning disable CA2000 // The client disposes its handler.
        var handler = new SocketsHttpHandler
#pragma warning restore CA2000
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectCallback = ConnectAsync,
            MaxResponseHeadersLength = 16,
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            UseCookies = false,
            UseProxy = false,
        };
        return new HttpClient(handler, disposeHandler: true) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>
    /// Opens the connection to an address that was itself judged: a name that resolves to a permitted address once and to another one the next
    /// time gains nothing.
    /// </summary>
    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var resolved = await Dns.GetHostAddressesAsync(context.DnsEndPoint.Host, cancellation);
        var permitted = Array.FindAll(resolved, Permits);
        if (permitted.Length == 0)
        {
            throw new HttpRequestException(HttpRequestError.ConnectionError, "No address of that name may be connected to.");
        }

#pragma warning disable CA2000 // The stream that is returned owns the socket.
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
#pragma warning restore CA2000
        try
        {
            await socket.ConnectAsync(permitted, context.DnsEndPoint.Port, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    // An IPv4 address in an IPv6 coat is that IPv4 address.
    private static IPAddress Plain(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
        {
            return address.MapToIPv4();
        }

        return address.AddressFamily == AddressFamily.InterNetworkV6 && Nat64.Contains(address)
            ? new IPAddress(address.GetAddressBytes().AsSpan(12))
            : address;
    }
}
