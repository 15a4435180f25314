using System.Globalization;
using System.Text.Json;
using Gating.Local.Processes;

namespace Gating.Local.Storage;

/// <summary>Azurite on 127.0.0.1 for as long as this object, or the process that made it, lives.</summary>
public sealed class AzuriteProcess : IAsyncDisposable
{
    /// <summary>The development account that every Azure tool knows; it is no secret.</summary>
    public const string AccountName = "devstoreaccount1";

    /// <summary>The key of <see cref="AccountName"/>, as published in Azurite's documentation.</summary>
    public const string AccountKey = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private readonly NodeProcess _process;

    private AzuriteProcess(NodeProcess process, JsonElement ports)
    {
        _process = process;
        Blob = Endpoint(ports, "blob");
        Queue = Endpoint(ports, "queue");
        Table = Endpoint(ports, "table");
    }

    /// <summary>The blob endpoint with the account in its path, without a final slash; likewise the others.</summary>
    public Uri Blob { get; }

    public Uri Queue { get; }

    public Uri Table { get; }

    public string ConnectionString =>
        $"DefaultEndpointsProtocol=http;AccountName={AccountName};AccountKey={AccountKey};BlobEndpoint={Blob};QueueEndpoint={Queue};TableEndpoint={Table};";

    public int ProcessId => _process.Id;

    /// <summary>Completes when it has ended, with one sentence that says how.</summary>
    public Task<string> Ending => _process.EndingAsync();

    /// <summary>Starts it and returns when all three services answer. Throws <see cref="SetupException"/> (a port in use, a folder that cannot be written).</summary>
    public static async Task<AzuriteProcess> StartAsync(NodeRuntime runtime, AzuriteOptions options, CancellationToken cancellation)
    {
        var process = NodeProcess.Start("Azurite", runtime, "azurite.mjs", Arguments(options));
        try
        {
            return new AzuriteProcess(process, await process.NextEventAsync(StartLimit, cancellation));
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private static IEnumerable<string> Arguments(AzuriteOptions options) =>
    [
        "--silent", "--skipApiVersionCheck", "--disableTelemetry",
        "--blobHost", "127.0.0.1", "--blobPort", options.BlobPort.ToString(CultureInfo.InvariantCulture),
        "--queueHost", "127.0.0.1", "--queuePort", options.QueuePort.ToString(CultureInfo.InvariantCulture),
        "--tableHost", "127.0.0.1", "--tablePort", options.TablePort.ToString(CultureInfo.InvariantCulture),
        .. options.DataFolder is { } folder ? ["--location", Path.GetFullPath(folder)] : new[] { "--inMemoryPersistence" },
    ];

    private static Uri Endpoint(JsonElement ports, string service) =>
        new($"http://127.0.0.1:{ports.GetProperty(service).GetInt32()}/{AccountName}");
}
