using System.Globalization;
using Microsoft.Extensions.Logging.Console;

namespace Gating.Functions.Hosting;

/// <summary>
/// The Azure Functions host, where it started this process as its custom handler: it proxies HTTP to us and posts messages and timers, all to one port of 127.0.0.1. It ends us with SIGKILL, and starts us again after
/// any exit but 0.
/// </summary>
internal sealed record FunctionsHost(int Port)
{
    /// <summary>How the host tells its handler where to listen.</summary>
    public const string PortVariable = "FUNCTIONS_CUSTOMHANDLER_PORT";

    /// <summary>Where App Service says which origins it lets in (CORS), a list with commas: it answers preflights itself, so that we never see them.</summary>
    public const string OriginsVariable = "WEBSITE_CORS_ALLOWED_ORIGINS";

    /// <summary>Any site's pages may ask with what their visitor's browser has.</summary>
    public bool LetsEveryOriginIn { get; private init; }

    /// <summary>Null where nobody but ourselves drives. Read from the configuration, which has the environment in it.</summary>
    public static FunctionsHost? From(IConfiguration configuration)
    {
        if (configuration[PortVariable] is not { } value)
        {
            return null;
        }

        return int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= ushort.MaxValue
            ? new(port) { LetsEveryOriginIn = (configuration[OriginsVariable] ?? string.Empty).Split(',', StringSplitOptions.TrimEntries).Contains("*", StringComparer.Ordinal) }
            : throw new ConfigurationException([$"{PortVariable} is '{value}', not a port"]);
    }

    /// <summary>
    /// Listens where the host looks for us and nowhere else: its images say <c>ASPNETCORE_URLS=http://+:80</c>, which we inherit. It takes each line of standard error for an error: those alone go there, a line each.
    /// </summary>
    public void Configure(WebApplicationBuilder builder)
    {
        // The last word on it: an empty one would let the inherited address through again.
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal) { [WebHostDefaults.ServerUrlsKey] = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Port}") });
        builder.Services.Configure<ConsoleLoggerOptions>(static console =>
        {
            console.FormatterName = ConsoleFormatterNames.Simple;
            console.LogToStandardErrorThreshold = LogLevel.Error;
        });
        builder.Services.Configure<SimpleConsoleFormatterOptions>(static lines => lines.SingleLine = true);
    }

    /// <summary>
    /// Whether somebody outside sent it and the host passed it on: it writes these fields on every request that it proxies, over whatever the caller wrote there, and on none of its own. Where a path is the name of a
    /// function, this tells the host from everybody else.
    /// </summary>
    public static bool HasProxied(HttpRequest request) =>
        request.Headers.Keys.Any(static name => name.StartsWith("X-Forwarded-", StringComparison.OrdinalIgnoreCase)
            || name.Equals("Forwarded", StringComparison.OrdinalIgnoreCase)
            || name.Equals("x-ms-invocation-id", StringComparison.OrdinalIgnoreCase));

    /// <summary>Who asks, as the host says: the host writes the field, so a caller cannot choose it. It bounds what one address may ask, and decides nothing else.</summary>
    public static string AddressOf(HttpContext context) => context.Request.Headers["X-Forwarded-For"].ToString();
}
