using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Gating.Local;

/// <summary>Kestrel on 127.0.0.1 and nothing else: no configuration files, no environment, no log on the console.</summary>
internal static class LocalKestrel
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(3);

    public static WebApplication Build(int port)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        builder.Services.AddRoutingCore();
        return builder.Build();
    }

    /// <summary>Starts it and returns its address. Throws <see cref="SetupException"/> when the port is in use.</summary>
    public static async Task<Uri> StartAsync(WebApplication app, string name, int port, CancellationToken cancellation)
    {
        try
        {
            await app.StartAsync(cancellation);
        }
        catch (IOException e)
        {
            await app.DisposeAsync();
            throw new SetupException(PortInUse.Sentence(port.ToString(CultureInfo.InvariantCulture), name), e);
        }

        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        return new Uri(addresses.First());
    }

    /// <summary>Lets requests that are under way finish, for a few seconds.</summary>
    public static async ValueTask StopAsync(WebApplication app)
    {
        using var limit = new CancellationTokenSource(StopLimit);
        await app.StopAsync(limit.Token);
        await app.DisposeAsync();
    }
}
