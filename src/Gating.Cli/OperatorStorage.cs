using Azure.Identity;
using Gating.Azure;
using Gating.Ledger;
using Spectre.Console;

namespace Gating.Cli;

/// <summary>Storage as the operator's commands reach it: by the settings of the gate itself, from the environment, and with the operator's own log-in (<c>az login</c>).</summary>
internal static class OperatorStorage
{
    private const string LastKnown = "Gating__Log__LastKnownBlobServiceUri";

    public const string Help =
        "Storage is found by the gate's own settings in the environment: Gating__Storage__TableServiceUri, …QueueServiceUri, …BlobServiceUri, Gating__Storage__Prefix (may be empty), Gating__Log__LastKnownBlobServiceUri where the log's last known checkpoint is kept, and "
        + "Gating__Development=true for Azurite. On a real account the commands run under your own log-in (az login).";

    /// <summary>Runs a command on storage and says in words what keeps it from running.</summary>
    /// <param name="data">The data key, for commands that judge what they read; null for those that do not.</param>
    public static async Task<int> RunAsync(IAnsiConsole console, Func<string, string?> setting, OperatorKey? data, Func<AzureStorage, Task<int>> run)
    {
        var errors = new List<string>();
        using var storage = Open(setting, data, errors);
        if (storage is null)
        {
            errors.ForEach(console.WriteLine);
            console.WriteLine(Help);
            return ExitCode.WrongUsage;
        }

        try
        {
            return await run(storage);
        }
        catch (StorageUnavailableException silence)
        {
            console.WriteLine($"{silence.Message} Nothing is lost: try again.");
            return ExitCode.Refused;
        }
    }

    private static AzureStorage? Open(Func<string, string?> setting, OperatorKey? data, List<string> errors)
    {
        var tables = Address(setting, "Gating__Storage__TableServiceUri", errors);
        var queues = Address(setting, "Gating__Storage__QueueServiceUri", errors);
        var blobs = Address(setting, "Gating__Storage__BlobServiceUri", errors);
        if (tables is null || queues is null || blobs is null)
        {
            return null;
        }

        var isDevelopment = bool.TryParse(setting("Gating__Development"), out var on) && on;
        var prefix = setting("Gating__Storage__Prefix") ?? string.Empty;
        var lastKnown = setting(LastKnown) is null ? null : Address(setting, LastKnown, errors);
        var options = isDevelopment
            ? StorageOptions.Development(tables, queues, blobs, prefix)
            : new(tables, queues, blobs, new StorageCredential.Token(new AzureCliCredential()), prefix);
        errors.AddRange(options.Errors());
        if (options.MismatchWith(isDevelopment) is { } mismatch)
        {
            errors.Add(mismatch);
        }

        return errors.Count == 0 ? new(options with { LastKnownBlobs = lastKnown }, TimeProvider.System, data) : null;
    }

    private static Uri? Address(Func<string, string?> setting, string name, List<string> errors)
    {
        if (Uri.TryCreate(setting(name), UriKind.Absolute, out var address) && address.Scheme is "http" or "https")
        {
            return address;
        }

        errors.Add($"{name} is '{setting(name)}', not the address of a storage service.");
        return null;
    }
}
