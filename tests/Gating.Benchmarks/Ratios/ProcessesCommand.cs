namespace Gating.Benchmarks.Ratios;

/// <summary><c>processes [starts] [grants]</c>: start and memory alone. For work on one of them.</summary>
internal static class ProcessesCommand
{
    public static async Task<int> RunAsync(int starts, long grants)
    {
        var options = new RatioOptions(Quick: true, Growth: false, Json: false) { Starts = starts, MemoryGrants = grants };
        await using var stage = await Stage.StartAsync(options, Console.Error.WriteLine);
        foreach (var row in await ProcessRows.MeasureAsync(stage, options, Console.Error.WriteLine))
        {
            await Console.Out.WriteLineAsync($"{row.What}: {Row.Number(row.Measured)}{row.Unit} ({row.Note})");
        }

        return 0;
    }
}
