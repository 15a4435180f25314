using Gating.Local.Drill;
using Gating.Local.Processes;
using Gating.Local.Walk;
using Spectre.Console;

namespace Gating.Local;

/// <summary>The program: start, walk, serve, end. What stands in the way is said in one sentence, with exit code 1.</summary>
internal static class LocalProgram
{
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, IAnsiConsole console, TextWriter errors, CancellationToken cancellation)
    {
        try
        {
            var options = LocalOptions.Parse(arguments);
            var report = new WalkReport(console);
            if (options.Help)
            {
                report.Verbatim(LocalOptions.Usage);
                return 0;
            }

            if (options.Drill)
            {
                OwnStorageOnly.Demand(Environment.GetEnvironmentVariables());
                return await new RestoreDrill(options, report).RunAsync(cancellation) ? 0 : 1;
            }

            return options.Setup ? await SetUpAsync(cancellation) : await WalkAndServeAsync(options, report, cancellation);
        }
        catch (SetupException e)
        {
            await errors.WriteLineAsync(e.Message.AsMemory(), CancellationToken.None);
            return 1;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return 1;
        }
    }

    private static async Task<int> SetUpAsync(CancellationToken cancellation)
    {
        await NodePackages.EnsureAsync(new PlainLines(), cancellation);
        return 0;
    }

    private static async Task<int> WalkAndServeAsync(LocalOptions options, WalkReport report, CancellationToken cancellation)
    {
        OwnStorageOnly.Demand(Environment.GetEnvironmentVariables());
        await using var world = await LocalWorld.StartAsync(options, report, cancellation);
        var held = await new MainJob(world, report).WalkAsync(cancellation);
        if (options.Once)
        {
            return held ? 0 : 1;
        }

        WhatNext.Print(world, report);
        await world.WaitAsync(cancellation);
        report.Doing("Ending the gate, the provider and storage …");
        return held ? 0 : 1;
    }

    /// <summary>A build reads us through a pipe: plain lines, each at once.</summary>
    private sealed class PlainLines : IProgress<string>
    {
        public void Report(string value) => Console.Out.WriteLine(value);
    }
}
