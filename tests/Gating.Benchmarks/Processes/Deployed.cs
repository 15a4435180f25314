using System.Globalization;

namespace Gating.Benchmarks.Processes;

/// <summary>The product and a bare Kestrel as an instance runs them: with their own runtime and compiled ahead of time (ReadyToRun), published from this source tree.</summary>
internal sealed class Deployed
{
    private static readonly Dictionary<string, string> Nothing = [];

    private readonly string _folder;

    private Deployed(string folder) => _folder = folder;

    /// <summary>What is deployed of the product, all files together.</summary>
    public double GateMegabytes => Megabytes("Gating.Functions");

    public double BareMegabytes => Megabytes("Gating.BareKestrel");

    /// <summary>Publishes both below bin; what is there already and still current is not compiled again.</summary>
    public static async Task<Deployed> PublishAsync(string source, Action<string> say)
    {
        var folder = Path.Combine(source, "tests", "Gating.Benchmarks", "bin", "deployed");
        foreach (var project in new[] { Path.Combine("src", "Gating.Functions"), Path.Combine("tests", "Gating.BareKestrel") })
        {
            say($"publishing {project} as it is deployed (the first time up to a minute)");
            await PublishAsync(Path.Combine(source, project), folder);
        }

        return new(folder);
    }

    /// <summary>Returns before it serves.</summary>
    public (Child Process, int Port) StartBare()
    {
        var port = Ports.Free();
        return (Start("Gating.BareKestrel", Nothing, port.ToString(CultureInfo.InvariantCulture)), port);
    }

    /// <summary>Returns before it serves.</summary>
    /// <param name="environment">The gate's settings for the port that it is to serve on.</param>
    public (Child Process, int Port) StartGate(Func<int, Dictionary<string, string>> environment)
    {
        var port = Ports.Free();
        var settings = environment(port);
        settings["ASPNETCORE_URLS"] = $"http://127.0.0.1:{port}";
        var gate = Start("Gating.Functions", settings);
        gate.Drain();
        return (gate, port);
    }

    // No build server stays behind: it would run, and take memory, beside what is measured next.
    private static async Task PublishAsync(string project, string folder)
    {
        var output = Path.Combine(folder, Path.GetFileName(project));
        if (Directory.Exists(output))
        {
            Directory.Delete(output, recursive: true);
        }

        await using var publish = Child.Start("dotnet", ["publish", project, "-c", "Release", "-o", output, "--disable-build-servers", "-v", "quiet"], project, Nothing);
        var said = await publish.ReadToEndAsync();
        if (publish.ExitCode != 0)
        {
            throw new InvalidOperationException($"{project} could not be published: {said}");
        }
    }

    private double Megabytes(string name) => new DirectoryInfo(Path.Combine(_folder, name)).EnumerateFiles("*", SearchOption.AllDirectories).Sum(static file => file.Length) / 1_000_000.0;

    private Child Start(string name, Dictionary<string, string> environment, params string[] arguments) =>
        Child.Start(Path.Combine(_folder, name, name), arguments, Path.Combine(_folder, name), environment);
}
