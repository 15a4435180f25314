using Gating.Benchmarks.Processes;

namespace Gating.Benchmarks.Ratios;

/// <summary>One thing under load for a while.</summary>
/// <param name="Server">Whose CPU is counted; null: nobody's (storage is not ours).</param>
internal sealed record Segment(string Name, string Requests, int Port, int Connections, Child? Server);

/// <summary>What one segment of one round came to.</summary>
/// <param name="CpuMicroseconds">Of the server, for each request.</param>
internal sealed record Sample(double Rate, double CpuMicroseconds, double Median, double P99);

/// <summary>All samples of all rounds: the segments of a round are run one after the other, so that whatever disturbs the machine disturbs all of them.</summary>
internal sealed class Rounds(Stage stage, IReadOnlyList<Segment> segments)
{
    private readonly Dictionary<string, List<Sample>> _samples = segments.ToDictionary(segment => segment.Name, _ => new List<Sample>(), StringComparer.Ordinal);

    public async Task WarmUpAsync(double seconds)
    {
        foreach (var segment in segments)
        {
            await RunAsync(segment, seconds);
        }

        await stage.DrainQueueAsync();
    }

    /// <summary>Every second round runs backwards: nobody is always first.</summary>
    public async Task RunAsync(int round, double seconds)
    {
        foreach (var segment in round % 2 == 0 ? segments : segments.Reverse())
        {
            _samples[segment.Name].Add(await RunAsync(segment, seconds));
        }

        await stage.DrainQueueAsync();
    }

    public IReadOnlyList<Sample> Of(string segment) => _samples[segment];

    /// <summary>The ratio of two segments in each round: its median, and how far it ranges.</summary>
    public Spread Ratio(string of, string to, Func<Sample, double> value) =>
        Spread.Of(Of(of).Zip(Of(to), (above, below) => value(above) / value(below)));

    public Spread Values(string segment, Func<Sample, double> value) => Spread.Of(Of(segment).Select(value));

    private async Task<Sample> RunAsync(Segment segment, double seconds)
    {
        var before = segment.Server?.Cpu ?? TimeSpan.Zero;
        var report = await stage.LoadAsync(new(segment.Requests, [segment.Port], segment.Connections, seconds, 0, 0));
        var cpu = (segment.Server?.Cpu ?? TimeSpan.Zero) - before;
        return report.IsClean
            ? new(report.Rate, cpu.TotalMicroseconds / report.Ok, report.Median, report.P99)
            : throw new InvalidOperationException($"{segment.Name} did not answer cleanly: {report}.");
    }
}

/// <summary>A median with the range around it.</summary>
internal readonly record struct Spread(double Median, double Least, double Most)
{
    /// <summary>The range as a part of the median.</summary>
    public double Relative => (Most - Least) / Median;

    public static Spread Of(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        var middle = sorted.Length / 2;
        var median = sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new(median, sorted[0], sorted[^1]);
    }
}
