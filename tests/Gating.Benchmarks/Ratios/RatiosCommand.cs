using System.Diagnostics;
using System.Globalization;

namespace Gating.Benchmarks.Ratios;

/// <summary><c>ratios</c>: every ratio in one run.</summary>
internal static class RatiosCommand
{
    public static async Task<int> RunAsync(string[] arguments)
    {
        if (RatioOptions.Parse(arguments) is not { } options)
        {
            await Console.Error.WriteLineAsync("ratios knows --quick, --growth and --json.");
            return 2;
        }

        var started = Stopwatch.GetTimestamp();
        Say(started, "starting Azurite, the servers, the peers and the load generator");
        await using var stage = await Stage.StartAsync(options, line => Say(started, line));
        var table = options.Growth
            ? await GrowthRows.MeasureAsync(stage, options, line => Say(started, line))
            : await MeasureAsync(stage, options, line => Say(started, line));
        await Console.Out.WriteLineAsync(options.Json ? table.ToJson() : table.ToMarkdown());
        return 0;
    }

    private static async Task<Table> MeasureAsync(Stage stage, RatioOptions options, Action<string> say)
    {
        var interleaved = await InterleavedRows.MeasureAsync(stage, options, say);
        say($"so far:{Environment.NewLine}{interleaved.ToMarkdown()}");
        var instances = await TryAsync("one hot person on several instances", () => InstanceRows.MeasureAsync(stage, options, say));
        var processes = await TryAsync("start and memory", () => ProcessRows.MeasureAsync(stage, options, say));
        return interleaved with { Rows = [.. interleaved.Rows, .. instances, .. processes] };
    }

    // What took minutes to measure is not thrown away because something else could not be.
    private static async Task<IReadOnlyList<Row>> TryAsync(string what, Func<Task<IReadOnlyList<Row>>> measure)
    {
        try
        {
            return await measure();
        }
        catch (Exception error) when (error is InvalidOperationException or IOException or System.Net.Sockets.SocketException)
        {
            return [new(what, "", double.NaN, "", IsMet: false, IsTiming: false, $"not measured: {error.Message.Split('\n')[0]}")];
        }
    }

    // On standard error: standard output is the result's.
    private static void Say(long started, string line) =>
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"[{Stopwatch.GetElapsedTime(started).TotalSeconds,6:F1} s] {line}"));
}
