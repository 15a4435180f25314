using System.Globalization;
using System.Net;
using Gating.Benchmarks.Processes;

namespace Gating.Benchmarks.Servers;

/// <summary>The least that answers HTTP here: Kestrel, one route, eleven bytes. What start, memory and requests per second are held against.</summary>
internal static class BareKestrel
{
    public const string Role = "hello";

    private static readonly byte[] Hello = "Hello World"u8.ToArray();

    public static async Task<int> RunAsync(string port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, int.Parse(port, CultureInfo.InvariantCulture)));
        await using var app = builder.Build();
        app.MapGet("/", (RequestDelegate)(static context =>
        {
            context.Response.ContentLength = Hello.Length;
            return context.Response.Body.WriteAsync(Hello).AsTask();
        }));
        await app.StartAsync();
        await Lifeline.EndedAsync();
        return 0;
    }
}
