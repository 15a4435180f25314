using Gating.Registry;

namespace Gating.Functions.Background;

/// <summary>
/// Writes the seed file into the registry before the first request. A file that is not valid, and a store that cannot be reached,
/// end the start with everything that is wrong: whoever configured a seed does not want to serve without it.
/// </summary>
/// <param name="path">The seed file.</param>
internal sealed partial class RegistrySeeding(string path, GateConfiguration configuration, IRegistryStore store, ILogger<RegistrySeeding> logger) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var document = RegistryReader.ReadDocument(await File.ReadAllBytesAsync(path, cancellationToken), configuration.RegistryMode) switch
        {
            RegistryReading.Valid valid => valid.Document,
            RegistryReading.Invalid invalid => throw new ConfigurationException([.. invalid.Errors.Select(error => $"{path}{error}")]),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        switch (await new RegistrySeeder(store, configuration.RegistryMode).SeedAsync(document, SeedMode.Merge, cancellationToken))
        {
            case SeedOutcome.Seeded seeded:
                Log.Seeded(logger, seeded.Version, seeded.Written);
                break;
            case SeedOutcome.Refused refused:
                throw new ConfigurationException([.. refused.Errors.Select(error => $"registry{error}")]);
            case SeedOutcome.Contended:
                throw new ConfigurationException([$"{path} could not be written: others keep changing the registry"]);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static partial class Log
    {
        [LoggerMessage(20, LogLevel.Information, "Registry is at version {Version}; {Written} rows were written from the seed")]
        public static partial void Seeded(ILogger logger, long version, int written);
    }
}
