using System.Collections;

namespace Gating.Local;

/// <summary>
/// Development keys and a real storage account never meet. This program always uses the Azurite that it starts; an environment that names
/// other storage was meant for something else, and whoever set it should hear of it before anything runs.
/// </summary>
internal static class OwnStorageOnly
{
    private const string HostStorage = "AzureWebJobsStorage";

    public static void Demand(IDictionary environment)
    {
        foreach (DictionaryEntry entry in environment)
        {
            var (name, value) = ((string)entry.Key, (string?)entry.Value);
            if (NamesStorage(name) && !IsLocal(value))
            {
                throw new SetupException($"{name} points to storage other than this machine's; unset it: this program runs against its own local storage only.");
            }
        }
    }

    private static bool NamesStorage(string name) =>
        name.StartsWith(HostStorage, StringComparison.OrdinalIgnoreCase)
        || (name.StartsWith("Gating", StringComparison.OrdinalIgnoreCase) && name.Contains("Storage", StringComparison.OrdinalIgnoreCase));

    private static bool IsLocal(string? value)
    {
        if (string.IsNullOrWhiteSpace(value) || string.Equals(value.Trim().TrimEnd(';'), "UseDevelopmentStorage=true", StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        var endpoints = value.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Where(part => part.Contains("://", StringComparison.Ordinal))
            .Select(part => part[(part.IndexOf('=', StringComparison.Ordinal) + 1)..])
            .ToArray();
        return endpoints.Length > 0 && Array.TrueForAll(endpoints, text => Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.IsLoopback);
    }
}
