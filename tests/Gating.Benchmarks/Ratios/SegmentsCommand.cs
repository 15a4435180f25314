using System.Globalization;

namespace Gating.Benchmarks.Ratios;

/// <summary><c>segments name,name [rounds] [seconds]</c>: a few segments alone, interleaved, as plain numbers. For work on one of them, and to attach a profiler.</summary>
internal static class SegmentsCommand
{
    public static async Task<int> RunAsync(string names, int rounds, double seconds)
    {
        var options = new RatioOptions(Quick: true, Growth: false, Json: false);
        await using var stage = await Stage.StartAsync(options, Console.Error.WriteLine);
        var chosen = names.Split(',');
        var segments = (await Segments.CreateAsync(stage, options, Console.Error.WriteLine)).Where(segment => chosen.Contains(segment.Name, StringComparer.Ordinal)).ToList();
        var measured = new Rounds(stage, segments);
        await Console.Out.WriteLineAsync($"servers: process {stage.Servers.Id.ToString(CultureInfo.InvariantCulture)}");
        await measured.WarmUpAsync(seconds * 2);
        for (var round = 0; round < rounds; round++)
        {
            await measured.RunAsync(round, seconds);
            await Console.Error.WriteLineAsync($"round {(round + 1).ToString(CultureInfo.InvariantCulture)}: "
                + string.Join(", ", segments.Select(segment => string.Create(CultureInfo.InvariantCulture, $"{segment.Name} {measured.Of(segment.Name)[round].Rate:F0}/s"))));
        }

        foreach (var segment in segments)
        {
            var (cpu, rate) = (measured.Values(segment.Name, sample => sample.CpuMicroseconds), measured.Values(segment.Name, sample => sample.Rate));
            await Console.Out.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"{segment.Name,-14} {rate.Median,8:F0}/s  {cpu.Median,7:F1} µs CPU ({cpu.Least:F1} to {cpu.Most:F1})  {cpu.Median / measured.Values(segments[0].Name, sample => sample.CpuMicroseconds).Median:F2}x of {segments[0].Name}"));
        }

        return 0;
    }
}
